-- Opening the records of one person -------------------------------------------------------------------------------

-- Asking and answering use one generic plan for every call: planning anew costs more than the work itself.
CREATE FUNCTION gate.ask_open(p_session text, p_certificate text, p_key bigint, p_items text[], p_purpose text,
                              p_attempt uuid) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context;
    v_items text := array_to_string(p_items, '');
BEGIN
    IF p_key IS NULL OR p_key <= 0 OR coalesce(cardinality(p_items), 0) NOT BETWEEN 1 AND 100
       OR array_position(p_items, NULL) IS NOT NULL
       -- (As bytes: a pattern would cost as much as a third of the question.)
       OR ltrim(convert_to(v_items, 'UTF8'), 'abcdefghijklmnopqrstuvwxyz_.') <> ''
       OR length(v_items) > 61 * cardinality(p_items) THEN
        RAISE EXCEPTION 'not a person and a list of items' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    c := gate.counted(gate.context(p_session, p_certificate, p_purpose));
    RETURN gate.write_log(gate.question_of(c, 'record:open', p_key, p_items, p_attempt));
END $$;

CREATE FUNCTION gate.decide_open(t gate.ticket) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q care.access_log := gate.redeem(t);
    d care.access_log;
    v_before gate.ticket;
    v_now timestamptz;  -- given as clock_timestamp(), it would keep the planner from inlining
    v_today date;
    v_shown integer;
BEGIN
    IF q.step <> 'question' OR q.action <> 'record:open' OR q.outcome <> 'asked' THEN
        RETURN t;  -- there is nothing to decide
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('question', q.id));
    PERFORM gate.must_be_fresh(q.at);  -- somebody may have held the lock for long
    v_now := clock_timestamp();
    v_today := (v_now AT TIME ZONE 'Asia/Tokyo')::date;
    v_before := gate.decision_of(q);
    IF v_before.id IS NOT NULL THEN
        RETURN v_before;
    END IF;
    d := gate.decision_on(q);
    SELECT w.words, w.shown, w.assignment, f.consent_id, f.emergency_id
      INTO d.decisions, v_shown, d.assignment_id, d.consent_id, d.emergency_id
      FROM gate.facts_of(q.insured_key, q.organisation_id, q.account_id, v_today, v_now) AS f
     CROSS JOIN LATERAL (
           SELECT array_agg(v.word) AS words, count(*) FILTER (WHERE v.word LIKE '+%') AS shown,
                  max(f.assignments[array_position(f.capacities, v.needs)]) AS assignment
             FROM (SELECT gate.word(j.item, j.role, j.assignment, j.consent, j.municipality, j.decision_id) AS word,
                          CASE WHEN j.needs IN ('own', 'any') THEN f.capacities[1] ELSE j.needs END AS needs
                     FROM gate.judge(
                              q.items, q.organisation_kind, q.organisation_number, q.parties, q.job_type, q.matrix,
                              v_today, f.insurer_no, f.insurer_id, f.started_on, f.migrated, f.is_assigned,
                              f.starts_later, f.capacities, f.is_identified,
                              gate.consent_answer(f.has_refused, f.consent_id, f.consents_later, f.has_consented),
                              f.emergency_id IS NOT NULL) AS j
                   OFFSET 0) AS v) AS w;
    d.outcome := CASE v_shown WHEN 0 THEN 'denied' WHEN cardinality(d.decisions) THEN 'allowed' ELSE 'partly' END;
    RETURN gate.write_log(d);
END $$;

-- {"log":…, "at":…, "standing":[…], "caller":{…}|null, "person":{…}|null, "basis":{…},
--  "items":[{item, allowed, answers, decision, records}]}.
-- Without standing nothing was decided: the four answers about the person are 'not_asked'.
CREATE FUNCTION gate.answer_open(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d care.access_log := gate.redeem(t);
    v_decided boolean := d.step = 'decision';
    v_known boolean := false;
    v_key bigint;
    v_head text;
BEGIN
    IF d.action <> 'record:open' OR (d.step = 'question' AND d.outcome = 'asked') THEN
        RAISE EXCEPTION 'nothing was decided' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF v_decided THEN
        -- The name is shown to those who stand before the door with an assignment in force, whatever else is missing.
        v_known := EXISTS (SELECT 1 FROM unnest(d.decisions) AS w
                            WHERE w NOT LIKE '%assignment:%' OR w LIKE '%assignment:emergency%');
    ELSE
        d.decisions := ARRAY(SELECT gate.word(i, 'not_asked', 'not_asked', 'not_asked', 'not_asked', NULL)
                               FROM unnest(d.items) AS i);
        d.question_at := d.at;
        d.question_id := d.id;
    END IF;
    SELECT q.insured_key,
           json_build_object(
               'log', q.id, 'at', d.at, 'outcome', d.outcome, 'purpose', q.purpose, 'standing', q.standing,
               'caller', CASE WHEN v_decided THEN (
                   SELECT v.told FROM gate.viewer(q.account_id, q.employment_id, q.organisation_id, q.certificate,
                                                  q.delegation_id) AS v) END,
               'person', CASE WHEN v_known THEN (SELECT p.told FROM gate.person(q.insured_key) AS p) END,
               'basis', (SELECT b.told FROM gate.basis_of(q.insured_key, q.matrix, d.assignment_id, d.consent_id,
                                                          d.emergency_id, v_known) AS b))::text
      INTO v_key, v_head
      FROM care.access_log AS q  -- (the question, gate.question_cited)
     WHERE q.insured_key = d.insured_key AND q.at = d.question_at AND q.id = d.question_id;
    RETURN substr(v_head, 1, length(v_head) - 1) || ', "items" : ' || gate.items_of(v_key, d.decisions, d.at) || '}';
END $$;

CREATE PROCEDURE gate.open_records(p_session text, p_certificate text, p_key bigint, p_items text[], p_purpose text,
                                   INOUT answer text, p_attempt uuid DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_open(p_session, p_certificate, p_key, p_items, p_purpose, p_attempt);
    COMMIT;  -- fails inside a transaction block: then nothing is decided
    -- (gate.can_flush is inlined: the other function is not called where it has nothing to say.)
    IF NOT gate.can_flush() AND gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    t := gate.decide_open(t);
    COMMIT;
    IF NOT gate.can_flush() AND gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    answer := gate.answer_open(t);
END $$;
