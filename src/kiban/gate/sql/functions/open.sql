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

-- {"log":…, "at":…, "standing":[…], "caller":{…}|null, "person":{…}|null, "basis":{…},
--  "items":[{item, allowed, answers, decision, records}]}.
-- Without standing nothing was decided: the four answers about the person are 'not_asked'.
CREATE FUNCTION gate.answer_open(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d care.access_log := gate.redeem(t);
    q care.access_log;
    v_known boolean;
    v_head text;
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
    v_head := json_build_object(
        'log', q.id, 'at', d.at, 'outcome', d.outcome, 'purpose', q.purpose, 'standing', q.standing,
        'caller', CASE WHEN d.step = 'decision' THEN gate.viewer(q) END,
        'person', CASE WHEN v_known THEN gate.person(q.insured_key) END,
        'basis', gate.basis_of(q, d, v_known))::text;
    RETURN substr(v_head, 1, length(v_head) - 1)
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
