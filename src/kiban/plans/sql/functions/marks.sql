-- A plan agreed to, delivered, taken back -----------------------------------------------------------------------------

-- 同意・確認用登録 (p_act 'agree': on which day who agreed) and 交付用登録 ('deliver': on which day to whom), each a version
-- of its own. What is delivered is the plan that was agreed to.
CREATE FUNCTION gate.mark_plan(c gate.context, p_key bigint, p jsonb, p_is_agreement boolean,
                               INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_made_on date := gate.day(p ->> 'made_on');
    v_on date := gate.day(p ->> 'on');
    v_who text := p ->> 'who';
    v_now care.record;
BEGIN
    refusal := coalesce(gate.plan_hindrance(p_key, c.organisation_id, c.now),
                        CASE WHEN v_on IS NULL OR v_on > c.today THEN 'plan:bad_date'
                             WHEN p_is_agreement AND coalesce(v_who, '') NOT IN ('self', 'agent', 'family')
                                                         THEN 'plan:unknown_signer'
                             WHEN length(v_who) > 400    THEN 'plan:bad_content' END);
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        v_now := gate.plan_in_force(p_key, c.organisation_number, v_made_on);
        refusal := CASE
            WHEN v_now.version IS NULL                                            THEN 'plan:none'
            WHEN p ->> 'base' IS DISTINCT FROM v_now.history_no || '.' || v_now.version THEN 'plan:changed'
            WHEN NOT p_is_agreement AND NOT v_now.content ? 'agreed_on'           THEN 'plan:not_agreed'
            WHEN NOT p_is_agreement AND v_now.content ->> 'agreed_on' > to_char(v_on, 'YYYY-MM-DD')
                                                                                  THEN 'plan:bad_date' END;
    END IF;
    IF refusal IS NULL THEN
        PERFORM gate.write_plan(
            p_key, c.organisation_number, c.account_id,
            v_now.content || CASE
                WHEN p_is_agreement THEN jsonb_build_object('agreed_on', to_char(v_on, 'YYYY-MM-DD'),
                                                            'agreed_by', v_who)
                WHEN gate.written(v_who) = '' THEN jsonb_build_object('delivered_on', to_char(v_on, 'YYYY-MM-DD'))
                ELSE jsonb_build_object('delivered_on', to_char(v_on, 'YYYY-MM-DD'),
                                        'delivered_to', gate.written(v_who)) END,
            v_made_on, CASE WHEN p_is_agreement THEN '同意・確認用登録' ELSE '交付用登録' END, false);
    END IF;
    d.day := CASE WHEN refusal IS NULL THEN v_made_on END;
END $$;

CREATE FUNCTION gate.decide_plan_agree(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                       INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
BEGIN
    f := gate.mark_plan(c, p_key, p, true, d);
    d := f.d;
    refusal := f.refusal;
END $$;

CREATE FUNCTION gate.decide_plan_deliver(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
BEGIN
    f := gate.mark_plan(c, p_key, p, false, d);
    d := f.d;
    refusal := f.refusal;
END $$;

-- The own plan is taken back: nobody is shown it any more as a plan in force. Its versions stay.
CREATE FUNCTION gate.decide_plan_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_made_on date := gate.day(p ->> 'made_on');
    p_reason text := p ->> 'reason';
BEGIN
    IF refusal IS NULL THEN
        refusal := nullif(gate.remove_plan(p_key, c.organisation_id, c.organisation_number, c.account_id, p_made_on,
                                             p_reason, c.now), 'removed');
    END IF;
    d.day := CASE WHEN refusal IS NULL THEN p_made_on END;
END $$;
