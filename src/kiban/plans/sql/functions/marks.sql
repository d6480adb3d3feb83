-- A plan agreed to, delivered, taken back -----------------------------------------------------------------------------

-- 同意・確認用登録 (p_act 'agree': on which day who agreed) and 交付用登録 ('deliver': on which day to whom), each a version
-- of its own. What is delivered is the plan that was agreed to.
CREATE FUNCTION gate.mark_plan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_made_on date,
                               p_base text, p_act text, p_on date, p_who text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_is_agreement boolean := p_act = 'agree';
    v_refusal text := coalesce(c.standing[1], gate.plan_hindrance(p_key, c.organisation_id, c.now),
                               CASE WHEN p_on IS NULL OR p_on > c.today THEN 'plan:bad_date'
                                    WHEN v_is_agreement AND coalesce(p_who, '') NOT IN ('self', 'agent', 'family')
                                    THEN 'plan:unknown_signer'
                                    WHEN length(p_who) > 400 THEN 'plan:bad_content' END);
    v_now care.record;
BEGIN
    IF p_act IS NULL OR p_act NOT IN ('agree', 'deliver') THEN
        RAISE EXCEPTION 'not an act' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_now := gate.plan_in_force(p_key, c.organisation_number, p_made_on);
        v_refusal := CASE
            WHEN v_now.version IS NULL                                            THEN 'plan:none'
            WHEN p_base IS DISTINCT FROM v_now.history_no || '.' || v_now.version THEN 'plan:changed'
            WHEN NOT v_is_agreement AND NOT v_now.content ? 'agreed_on'           THEN 'plan:not_agreed'
            WHEN NOT v_is_agreement AND v_now.content ->> 'agreed_on' > to_char(p_on, 'YYYY-MM-DD')
                                                                                  THEN 'plan:bad_date' END;
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.write_plan(
            p_key, c.organisation_number, c.account_id,
            v_now.content || CASE
                WHEN v_is_agreement THEN jsonb_build_object('agreed_on', to_char(p_on, 'YYYY-MM-DD'),
                                                            'agreed_by', p_who)
                WHEN gate.written(p_who) = '' THEN jsonb_build_object('delivered_on', to_char(p_on, 'YYYY-MM-DD'))
                ELSE jsonb_build_object('delivered_on', to_char(p_on, 'YYYY-MM-DD'),
                                        'delivered_to', gate.written(p_who)) END,
            p_made_on, CASE WHEN v_is_agreement THEN '同意・確認用登録' ELSE '交付用登録' END, false);
    END IF;
    RETURN gate.note('plan:' || p_act, c, p_key, v_refusal, gate.plan_detail(p_made_on, v_refusal));
END $$;

-- The own plan is taken back: nobody is shown it any more as a plan in force. Its versions stay.
CREATE FUNCTION gate.withdraw_plan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_made_on date,
                                   p_reason text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL THEN
        v_refusal := nullif(gate.remove_plan(p_key, c.organisation_id, c.organisation_number, c.account_id, p_made_on,
                                             p_reason, c.now), 'removed');
    END IF;
    RETURN gate.note('plan:withdraw', c, p_key, v_refusal, gate.plan_detail(p_made_on, v_refusal));
END $$;
