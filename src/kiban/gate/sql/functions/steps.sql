-- Ask, decide, answer: the three steps of everything ------------------------------------------------------------------
-- What is asked for is named by its event. Of 'consent:give' a room brings
--   gate.decide_consent_give(c, p_key, p, p_files, d, refusal)  decides, or does it: completes the decision's row d and
--                                                               says what stands in the way (NULL: nothing; a word
--                                                               without a colon is a manner of success);
--   gate.answer_consent_give(q, d)                              gives what the decision speaks of as JSON, where there
--                                                               is more to tell than that word.
-- c is the caller as the question's row has it; p and p_files are the parameters, which must be those of the question.

-- The room's own function of a step; NULL: there is none. (Nothing but a letter after the colon: or one function would
-- answer to two names, and the log would hold one that nobody knows.)
CREATE FUNCTION gate.of_event(p_step text, p_action text) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT format('gate.%I', p.proname) FROM pg_catalog.pg_proc AS p
         WHERE p.pronamespace = 'gate'::regnamespace AND p_action ~ '^[a-z_]+:[a-z]+$'
           AND p.proname = p_step || '_' || replace(p_action, ':', '_'));

-- Events in which somebody says which person it is: each try is counted before it is decided.
CREATE FUNCTION gate.guesses() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['assignment:register', 'emergency:open'];

CREATE FUNCTION gate.ask_as(c gate.context, p_action text, p_key bigint, p jsonb, p_files bytea[], p_attempt uuid)
RETURNS gate.ticket
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q care.access_log;
BEGIN
    IF gate.of_event('decide', p_action) IS NULL THEN
        RAISE EXCEPTION 'no such event' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    q := gate.question_of(gate.counted(c), p_action, p_key);
    q.parameters := gate.bound(q.salt, p, p_files);
    q.attempt := p_attempt;
    IF p_action = ANY (gate.guesses()) AND q.outcome = 'asked' THEN
        DELETE FROM gate.guess WHERE account_id = c.account_id AND at < c.now - interval '1 day';
        INSERT INTO gate.guess (question_id, account_id, at) VALUES (q.id, c.account_id, c.now);
    END IF;
    RETURN gate.write_log(q);
END $$;

CREATE FUNCTION gate.ask(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint, p jsonb,
                         p_files bytea[], p_attempt uuid) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN gate.ask_as(gate.context(p_session, p_certificate, p_purpose), p_action, p_key, p, p_files, p_attempt);
END $$;

CREATE FUNCTION gate.decide(t gate.ticket, p jsonb, p_files bytea[]) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q care.access_log := gate.redeem(t);
    c gate.context;
    d care.access_log;
    f record;
    v_before gate.ticket;
    v_refused boolean;
BEGIN
    IF q.outcome <> 'asked' OR q.step <> 'question' OR q.parameters IS NULL THEN
        RETURN t;  -- there is nothing to decide
    END IF;
    IF q.parameters <> gate.bound(q.salt, p, p_files) THEN
        RAISE EXCEPTION 'not what was asked' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM gate.one_at_a_time('question ' || coalesce(q.attempt::text, q.id::text));  -- with its twin, if it has one
    PERFORM gate.must_be_fresh(q.at);  -- somebody may have held the lock for long
    c := gate.context_of(q);
    v_before := gate.decision_of(q);
    IF v_before.id IS NULL AND q.attempt IS NOT NULL THEN
        v_before := gate.decision_of_twin(q);
    END IF;
    IF v_before.id IS NOT NULL THEN
        RETURN v_before;
    END IF;
    EXECUTE format('SELECT * FROM %s($1, $2, $3, $4, $5)', gate.of_event('decide', q.action))
       INTO f USING c, q.insured_key, p, p_files, gate.decision_on(q);
    d := f.d;
    IF q.insured_key <> 0 AND d.persons <> '{}' THEN
        -- A row that names several lies under nobody's number: under one, nobody finds it who looks for the others.
        RAISE EXCEPTION 'not about one person' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_refused := coalesce(f.refusal LIKE '%:%', false);
    d.decisions := CASE WHEN d.decisions = '{}'
                        THEN ARRAY[CASE WHEN v_refused THEN '-' ELSE '+' END || q.action || '|'
                                   || coalesce(f.refusal, '')]
                        ELSE d.decisions END;
    d.outcome := CASE WHEN v_refused THEN 'denied' ELSE 'allowed' END;
    IF NOT v_refused AND d.assignment_id IS NULL AND (q.insured_key > 0 OR q.action = ANY (gate.guesses())) THEN
        d.assignment_id := gate.basis(c, coalesce(nullif(q.insured_key, 0), d.persons[1]));
    END IF;
    RETURN gate.write_log(d);
END $$;

-- The decision a ticket speaks of and its question. Of a caller without standing there is only the question (d: it
-- too).
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.decided(t gate.ticket, OUT q care.access_log, OUT d care.access_log)
LANGUAGE plpgsql AS $$
BEGIN
    d := gate.redeem(t);
    IF d.step = 'question' AND d.outcome = 'denied' THEN
        q := d;
    ELSIF d.step = 'decision' THEN
        q := gate.question_cited(d);
    ELSE
        RAISE EXCEPTION 'nothing was decided' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- {"log":…, "at":…, "outcome":…, "standing":[…], "result": 'ok', a manner of success, or what stood in the way,
--  "answer":…}
CREATE FUNCTION gate.answer(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    d care.access_log;
    v_function text;
    v_answer json;
BEGIN
    SELECT x.q, x.d INTO f FROM gate.decided(t) AS x;
    d := f.d;
    v_function := gate.of_event('answer', d.action);
    IF d.outcome = 'allowed' AND v_function IS NOT NULL THEN
        EXECUTE format('SELECT %s($1, $2)', v_function) INTO v_answer USING f.q, f.d;
    END IF;
    RETURN json_build_object(
        'log', (f.q).id, 'at', d.at, 'outcome', d.outcome, 'standing', (f.q).standing,
        'result', coalesce((f.q).standing[1], nullif(split_part(d.decisions[1], '|', 2), ''), 'ok'),
        'answer', v_answer)::text;
END $$;

CREATE PROCEDURE gate.act(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint, p jsonb,
                          p_files bytea[], p_attempt uuid, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask(p_session, p_certificate, p_purpose, p_action, p_key, p, p_files, p_attempt);
    COMMIT;  -- fails inside a transaction block: then nothing is decided
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    t := gate.decide(t, p, p_files);
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    answer := gate.answer(t);
END $$;
