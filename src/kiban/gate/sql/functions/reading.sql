-- Smaller readings: each decides, is logged, committed and only then answered, as an opening is ---------------------
-- Each room brings its own pair. For the reading 'consent:read' these are
--   gate.ask_consent_read(c, p_key, p, r)   decides: completes the row of the log, and says what stands in the way
--                                           (NULL: nothing). p: the parameters of this reading.
--   gate.answer_consent_read(r)             gives what the row speaks of, as JSON.

-- The room's own function of a reading; NULL: there is no such reading.
CREATE FUNCTION gate.of_reading(p_step text, p_action text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT format('gate.%I', p.proname) FROM pg_catalog.pg_proc AS p
         WHERE p.pronamespace = 'gate'::regnamespace AND p_action ~ '^[a-z_]+:[a-z_]+$'
           AND p.proname = p_step || '_' || replace(p_action, ':', '_'));

CREATE FUNCTION gate.ask_read(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint, p jsonb)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_ask text := gate.of_reading('ask', p_action);
    r care.access_log;
    f record;
BEGIN
    IF v_ask IS NULL THEN
        RAISE EXCEPTION 'not a reading' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM gate.touch(c);
    EXECUTE format('SELECT * FROM %s($1, $2, $3, $4)', v_ask)
       INTO f USING c, p_key, p, gate.log_row(p_action, c, coalesce(p_key, 0));
    r := f.r;
    r.decisions := ARRAY[CASE WHEN f.refusal IS NULL THEN '+' ELSE '-' END || p_action || '|'
                         || coalesce(f.refusal, '')];
    r.outcome := CASE WHEN f.refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    IF f.refusal IS NULL AND p_key > 0 THEN
        r.assignment_id := gate.basis(c, p_key);
    END IF;
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.answer_read(t gate.ticket, p_action text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, p_action);
    v_answer json;
BEGIN
    IF r.outcome = 'allowed' THEN
        EXECUTE format('SELECT %s($1)', gate.of_reading('answer', p_action)) INTO v_answer USING r;
    END IF;
    RETURN json_build_object('log', r.id, 'at', r.at, 'outcome', r.outcome, 'standing', r.standing,
                             'refusal', split_part(r.decisions[1], '|', 2), 'answer', v_answer)::text;
END $$;

CREATE PROCEDURE gate.read(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint, p jsonb,
                           INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_read(p_session, p_certificate, p_purpose, p_action, p_key, p);
    COMMIT;
    answer := gate.answer_read(t, p_action);
END $$;
