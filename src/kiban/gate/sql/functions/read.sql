-- Smaller readings: each decides, is logged, committed and only then answered, as an opening is -----------------------
-- One door for all of them: consents and papers of a person, 担当, what lapses, what is offered, emergencies.

CREATE FUNCTION gate.ask_read(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint,
                              p_argument text) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row(p_action, c, coalesce(p_key, 0));
    v_refusal text := c.standing[1];
    v_administers boolean := gate.administers(c.level);
    v_ids bigint[];
BEGIN
    PERFORM gate.touch(c);
    CASE p_action
        WHEN 'consent:read', 'assignment:read' THEN
            v_refusal := gate.hindrance(c, p_key);
            r.detail := CASE WHEN c.organisation_kind = 'municipality' THEN 'all' ELSE '' END;
        WHEN 'scan:open' THEN
            v_refusal := gate.hindrance(c, p_key);
            IF v_refusal IS NULL AND NOT EXISTS (
                    SELECT 1 FROM care.scan AS x
                     WHERE x.insured_key = p_key AND x.id = p_argument::bigint
                       AND x.organisation_id = c.organisation_id) THEN
                v_refusal := 'consent:none';
            END IF;
            r.detail := 'number=' || p_argument::bigint;
        WHEN 'assignment:lapsing' THEN
            r.detail := 'until=' || p_argument::date;
            IF v_refusal IS NULL THEN
                SELECT coalesce(array_agg(DISTINCT l.insured_key), '{}') INTO r.persons FROM care.assignment AS l
                 WHERE l.organisation_id = c.organisation_id AND l.viewing_to <= p_argument::date
                   AND gate.goes_on(l, c.today);
            END IF;
        WHEN 'plan:read' THEN
            v_refusal := coalesce(v_refusal, gate.plan_hindrance(p_key, c.organisation_id, c.now));
        WHEN 'handover:list' THEN
            NULL;  -- names no person
        WHEN 'emergency:list' THEN
            v_refusal := coalesce(v_refusal, CASE WHEN NOT v_administers THEN 'role:not_administrator' END);
            IF v_refusal IS NULL THEN
                SELECT coalesce(array_agg(DISTINCT e.insured_key), '{}'), coalesce(array_agg(e.id), '{}')
                  INTO r.persons, v_ids
                  FROM care.emergency AS e
                 WHERE (p_argument <> 'pending' OR e.reviewed_at IS NULL)
                   AND CASE c.organisation_kind
                           WHEN 'municipality' THEN care.insurer_no(e.insured_key) = c.organisation_number
                           ELSE e.organisation_id = c.organisation_id END;
                r.detail := 'emergencies=' || array_to_string(v_ids, ',');
            END IF;
        ELSE
            RAISE EXCEPTION 'not a reading' USING ERRCODE = 'invalid_parameter_value';
    END CASE;
    r.decisions := ARRAY[CASE WHEN v_refusal IS NULL THEN '+' ELSE '-' END || p_action || '|'
                         || coalesce(v_refusal, '')];
    r.outcome := CASE WHEN v_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    IF v_refusal IS NULL AND p_key > 0 THEN
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
        v_answer := CASE r.action
            WHEN 'consent:read'     THEN gate.answer_consents(r)
            WHEN 'scan:open'        THEN gate.answer_scan(r)
            WHEN 'assignment:read'    THEN gate.answer_assignment(r)
            WHEN 'assignment:lapsing' THEN gate.answer_lapsing(r)
            WHEN 'plan:read'        THEN gate.answer_plans(r)
            WHEN 'handover:list'    THEN gate.answer_offers(r)
            WHEN 'emergency:list'   THEN gate.answer_emergencies(r) END;
    END IF;
    RETURN json_build_object('log', r.id, 'at', r.at, 'outcome', r.outcome, 'standing', r.standing,
                             'refusal', split_part(r.decisions[1], '|', 2), 'answer', v_answer)::text;
END $$;

CREATE PROCEDURE gate.read(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint,
                           p_argument text, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_read(p_session, p_certificate, p_purpose, p_action, p_key, p_argument);
    COMMIT;
    answer := gate.answer_read(t, p_action);
END $$;
