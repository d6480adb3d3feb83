-- Which kinds of a person's information have something new? --------------------------------------------------------
-- A reading of its own, with its own row of the log: whether there is anything is itself information about the person.
-- It tells only of what an opening by the same caller in the same moment would show, and no content.

-- p: items. The decision's words are those of an opening.
CREATE FUNCTION gate.decide_record_marks(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_items text[] := ARRAY(SELECT jsonb_array_elements_text(p -> 'items'));
    v_words text[];
BEGIN
    IF cardinality(v_items) NOT BETWEEN 1 AND 100 OR array_to_string(v_items, '') !~ '^[a-z_.]+$' THEN
        RAISE EXCEPTION 'not a list of items' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT w.words, f.consent_id, f.emergency_id INTO v_words, d.consent_id, d.emergency_id
      FROM gate.facts_of(p_key, c.organisation_id, c.account_id, c.today, c.now) AS f
     CROSS JOIN LATERAL (
           SELECT array_agg(gate.word(j.item, j.role, j.assignment, j.consent, j.municipality, j.decision_id)) AS words
             FROM gate.judge(v_items, c.organisation_kind, c.organisation_number, c.parties, c.job_type, c.matrix,
                             c.today, f.insurer_no, f.insurer_id, f.started_on, f.migrated, f.is_assigned,
                             f.starts_later, f.capacities, f.is_identified,
                             gate.consent_answer(f.has_refused, f.consent_id, f.consents_later, f.has_consented),
                             f.emergency_id IS NOT NULL) AS j) AS w;
    -- To a stranger one answer, whoever the person is.
    refusal := CASE WHEN d.emergency_id IS NULL THEN gate.hindrance(c, p_key) END;
    IF refusal IS NULL THEN
        d.decisions := v_words;
        IF NOT EXISTS (SELECT 1 FROM unnest(v_words) AS w WHERE w LIKE '+%') THEN
            refusal := split_part(v_words[1], '|', 2);  -- why not the first: nothing is shown
        END IF;
    ELSE
        d.consent_id := NULL;
    END IF;
END $$;

-- When the account last opened each item of the person: of its latest 200 openings of them within so long, so that it
-- costs the same however often the person was opened. (Of the log the gate keeps in two rows, since November 2026.)
-- (In plpgsql, whose plans are kept: planning the log's partitions anew costs more than reading them.)
CREATE FUNCTION gate.last_opened(p_key bigint, p_account bigint, p_since timestamptz, p_before timestamptz)
RETURNS TABLE (item text, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT w.item, max(d.at)
      FROM (SELECT x.at, x.id FROM care.access_log AS x
             WHERE x.insured_key = p_key AND x.at >= p_since AND x.at < p_before AND x.step = 'question'
               AND x.action = 'record:open' AND x.account_id = p_account AND x.outcome = 'asked'
             ORDER BY x.at DESC LIMIT 200) AS q
      JOIN care.access_log AS d
        ON d.insured_key = p_key AND d.step = 'decision' AND d.question_at = q.at AND d.question_id = q.id
       AND d.at >= q.at AND d.at < q.at + interval '10 seconds'  -- a question is decided within two
     CROSS JOIN LATERAL gate.words_apart(d.decisions) AS w
     WHERE w.allowed
     GROUP BY w.item;
END $$;

-- [{item, newest: when its newest version was registered (null: none), opened: when the caller last opened it}]
CREATE FUNCTION gate.answer_record_marks(q care.access_log, d care.access_log) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object('item', w.item, 'newest', v.newest, 'opened', o.at)
                                 ORDER BY w.place), '[]')
          FROM gate.words_apart(d.decisions) AS w
          LEFT JOIN (SELECT e.item, max(e.registered_at) AS newest FROM care.record AS e
                      WHERE e.insured_key = q.insured_key AND e.registered_at <= d.at
                      GROUP BY e.item) AS v ON v.item = w.item
          LEFT JOIN gate.last_opened(q.insured_key, q.account_id, q.at - interval '400 days', q.at) AS o
                 ON o.item = w.item
         WHERE w.allowed);
END $$;
