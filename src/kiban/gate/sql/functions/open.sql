-- Opening the records of one person -------------------------------------------------------------------------------

-- Asking and answering use one generic plan for every call: planning anew costs more than the work itself.
CREATE FUNCTION gate.ask_open(p_session text, p_certificate text, p_key bigint, p_items text[], p_purpose text,
                              p_attempt uuid) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context;
    q care.access_log;
BEGIN
    IF p_key IS NULL OR p_key <= 0 OR coalesce(cardinality(p_items), 0) NOT BETWEEN 1 AND 100
       OR array_position(p_items, NULL) IS NOT NULL
       -- (A pattern would cost as much as a third of the question.)
       OR translate(array_to_string(p_items, ''), 'abcdefghijklmnopqrstuvwxyz_.', '') <> ''
       OR length(array_to_string(p_items, '')) > 61 * cardinality(p_items) THEN
        RAISE EXCEPTION 'not a person and a list of items' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    c := gate.context(p_session, p_certificate, p_purpose);
    PERFORM gate.touch(c);
    q := gate.question_of(CASE WHEN gate.is_too_fast(c) THEN gate.stop(c) ELSE c END, 'record:open', p_key);
    q.items := p_items;
    q.attempt := p_attempt;
    RETURN gate.write_log(q);
END $$;

CREATE FUNCTION gate.decide_open(t gate.ticket) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q care.access_log := gate.redeem(t);
    d care.access_log;
    f record;
    v_today date := (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date;
    v_needs text[];
    v_shown integer;
BEGIN
    IF q.step <> 'question' OR q.action <> 'record:open' OR q.outcome <> 'asked' THEN
        RETURN t;  -- there is nothing to decide
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('question', q.id));
    d := gate.decision_of(q);
    IF d.id IS NOT NULL THEN
        RETURN ROW(d.shard, d.insured_key, d.at, d.id, d.salt)::gate.ticket;
    END IF;
    d := gate.decision_on(q);
    SELECT * INTO f FROM gate.facts_of(q.insured_key, q.organisation_id, q.account_id, v_today, clock_timestamp());
    SELECT array_agg(gate.word(j.item, j.role, j.assignment, j.consent, j.municipality, j.decision_id)),
           count(*) FILTER (WHERE j.role = 'ok' AND j.assignment IN ('ok', 'emergency')
                              AND j.consent IN ('ok', 'not_needed', 'emergency') AND j.municipality = 'ok'),
           array_agg(DISTINCT CASE WHEN j.needs IN ('own', 'any') THEN f.capacities[1] ELSE j.needs END)
      INTO d.decisions, v_shown, v_needs
      FROM gate.judge(q.items, q.organisation_kind, q.organisation_number, q.parties, q.job_type, q.matrix, v_today,
                      f.insurer_no, f.insurer_id, f.started_on, f.migrated, f.is_assigned, f.starts_later, f.capacities,
                      f.is_identified,
                      gate.consent_answer(f.has_refused, f.consent_id, f.consents_later, f.has_consented),
                      f.emergency_id IS NOT NULL) AS j;
    d.assignment_id := (SELECT max(f.assignments[array_position(f.capacities, n)]) FROM unnest(v_needs) AS n);
    d.consent_id := f.consent_id;
    d.emergency_id := f.emergency_id;
    d.outcome := CASE v_shown WHEN 0 THEN 'denied' WHEN cardinality(d.decisions) THEN 'allowed' ELSE 'partly' END;
    RETURN gate.write_log(d);
END $$;

-- Who asked, as what and where.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.viewer(q care.access_log) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('name', a.name, 'job', j.name, 'job_type', j.code, 'level', e.level,
           'organisation', o.name, 'number', o.number, 'kind', o.kind, 'terminal', m.name,
           'acting', CASE WHEN q.delegation_id IS NOT NULL THEN (
               SELECT json_build_object('for', b.name, 'reason', x.reason, 'until', x.ends_at)
                 FROM public.staff_delegation AS x
                 JOIN public.staff_account AS b ON b.id = x.absent_id
                WHERE x.id = q.delegation_id) END)
  FROM public.staff_account AS a
  JOIN public.staff_employment AS e ON e.id = q.employment_id
  JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
  JOIN public.registry_organisation AS o ON o.id = q.organisation_id
  JOIN public.terminals_certificate AS f ON f.fingerprint = q.certificate
  JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
 WHERE a.id = q.account_id
$$;

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.person(p_key bigint) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth, 'sex', p.sex,
                         'insurer_no', care.insurer_no(p.insured_key), 'insured_no', care.insured_no(p.insured_key),
                         'insurer_name', n.name, 'died_on', p.died_on)
  FROM care.person AS p
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
 WHERE p.insured_key = p_key
$$;

-- What an opening rests on. p_known: the person may be named.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.basis_of(q care.access_log, d care.access_log, p_known boolean) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object(
    'matrix', q.matrix,
    'assignment', (SELECT json_build_object('capacity', l.capacity, 'from', l.viewing_from, 'to', l.viewing_to)
                     FROM care.assignment AS l WHERE l.insured_key = q.insured_key AND l.id = d.assignment_id),
    'consent', (SELECT json_build_object('given_on', g.given_on, 'taken_by', g.taken_by, 'organisation', o.name)
                  FROM care.consent AS g
                  LEFT JOIN public.registry_organisation AS o ON o.id = g.organisation_id
                 WHERE g.insured_key = q.insured_key AND g.id = d.consent_id AND p_known),
    'emergency', CASE WHEN d.emergency_id IS NOT NULL AND p_known THEN (
        SELECT json_build_object('number', e.id, 'reason', e.reason, 'until', e.ends_at, 'review_by', e.review_by)
          FROM care.emergency AS e WHERE e.insured_key = q.insured_key AND e.id = d.emergency_id) END)
$$;

-- One version as JSON. Put together as text: json_build_object would take each value apart and copy the whole at every
-- level, which was the larger half of an opening.
CREATE FUNCTION gate.version_text(e care.record, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN '{"entry" : ' || to_json(e.entry)::text || ', "history_no" : ' || e.history_no::text
    || ', "version" : ' || e.version::text
    || ', "valid_from" : ' || coalesce('"' || e.valid_from::text || '"', 'null')
    || ', "valid_to" : ' || coalesce('"' || e.valid_to::text || '"', 'null')
    || ', "source" : ' || to_json(e.source)::text || ', "registered_at" : ' || to_json(e.registered_at)::text
    || ', "superseded_at" : ' || CASE WHEN e.superseded_at <= p_at THEN to_json(e.superseded_at)::text ELSE 'null' END
    || ', "reason" : ' || to_json(e.reason)::text || ', "content" : ' || e.content::text || '}';

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.insurers_decision(p_id bigint) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('document', x.document_name, 'number', x.document_number, 'decided_on', x.decided_on,
                         'insurer', n.name)
  FROM public.gate_insurerdecision AS x
  JOIN public.registry_insurer AS n ON n.id = x.insurer_id
 WHERE x.id = p_id
$$;

-- The items with their answers and, where allowed, the versions there were at the moment of the decision; as JSON text.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.items_of(p_key bigint, p_words text[], p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_shown text[] := ARRAY(SELECT w.item FROM gate.words_apart(p_words) AS w WHERE w.allowed);
BEGIN
    RETURN (
        SELECT '[' || string_agg(
                   '{"item" : "' || w.item || '", "allowed" : ' || w.allowed::text || ', "answers" : "' || w.answers
                   || '", "decision" : ' || CASE WHEN w.decision_id IS NULL THEN 'null'
                                                 ELSE gate.insurers_decision(w.decision_id)::text END
                   || ', "records" : ' || coalesce('[' || v.versions || ']', 'null') || '}',
                   ', ' ORDER BY w.place) || ']'
          FROM gate.words_apart(p_words) AS w
          LEFT JOIN (SELECT e.item, string_agg(gate.version_text(e, p_at), ', '
                                ORDER BY e.superseded_at DESC NULLS FIRST, e.valid_from DESC NULLS LAST,
                                         e.history_no DESC, e.version DESC) AS versions
                       FROM care.record AS e
                      WHERE e.insured_key = p_key AND e.item = ANY (v_shown) AND e.registered_at <= p_at
                      GROUP BY e.item) AS v ON v.item = w.item);
END $$;

-- {"log":…, "at":…, "standing":[…], "caller":{…}|null, "person":{…}|null, "basis":{…},
--  "items":[{item, allowed, answers, decision, records}]}.
-- Without standing nothing was decided: the four answers about the person are 'not_asked'.
CREATE FUNCTION gate.answer_open(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d care.access_log := gate.redeem(t);
    q care.access_log;
    v_known boolean;
BEGIN
    IF d.action <> 'record:open' OR (d.step = 'question' AND d.outcome = 'asked') THEN
        RAISE EXCEPTION 'nothing was decided' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF d.step = 'question' THEN
        q := d;
        d.decisions := ARRAY(SELECT gate.word(i, 'not_asked', 'not_asked', 'not_asked', 'not_asked', NULL)
                               FROM unnest(q.items) AS i);
        v_known := false;
    ELSE
        q := gate.question_cited(d);
        -- The name is shown to those who stand before the door with an assignment in force, whatever else is missing.
        v_known := EXISTS (SELECT 1 FROM unnest(d.decisions) AS w
                            WHERE w NOT LIKE '%assignment:%' OR w LIKE '%assignment:emergency%');
    END IF;
    RETURN LEFT(json_build_object(
               'log', q.id, 'at', d.at, 'outcome', d.outcome, 'purpose', q.purpose, 'standing', q.standing,
               'caller', CASE WHEN d.step = 'decision' THEN gate.viewer(q) END,
               'person', CASE WHEN v_known THEN gate.person(q.insured_key) END,
               'basis', gate.basis_of(q, d, v_known))::text, -1)
        || ', "items" : ' || gate.items_of(q.insured_key, d.decisions, d.at) || '}';
END $$;

CREATE PROCEDURE gate.open_records(p_session text, p_certificate text, p_key bigint, p_items text[], p_purpose text,
                                   INOUT answer text, p_attempt uuid DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_open(p_session, p_certificate, p_key, p_items, p_purpose, p_attempt);
    COMMIT;  -- fails inside a transaction block: then nothing is decided
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    t := gate.decide_open(t);
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    answer := gate.answer_open(t);
END $$;
