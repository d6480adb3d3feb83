-- Units sent, taken back, settled -------------------------------------------------------------------------------------

-- Send a draft. p_plans: [{key, made_on, content}] of a plan unit, for the record kind ケアプラン.
CREATE FUNCTION gate.exchange_send(p_session text, p_certificate text, p_purpose text, p_unit bigint, p_plans jsonb)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    u care.exchange_unit;
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id FOR UPDATE;
        IF u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL THEN
            RETURN 'already';
        END IF;
        v_refusal := CASE
            WHEN u.id IS NULL              THEN 'exchange:no_unit'
            WHEN u.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
            WHEN NOT EXISTS (SELECT 1 FROM public.registry_organisation AS o
                              WHERE o.id = u.receiver_id AND o.enrolled_on <= c.today
                                AND (o.ended_on IS NULL OR o.ended_on > c.today)) THEN 'exchange:receiver_closed'
            WHEN EXISTS (SELECT 1 FROM gate.exchange_strangers(u.id, c.today)) THEN 'exchange:stranger'
            WHEN EXISTS (SELECT 1 FROM gate.exchange_without_object(u.id)) THEN 'exchange:nothing_to_delete' END;
    END IF;
    IF v_refusal IS NULL THEN
        UPDATE care.exchange_unit AS x
           SET sent_at = c.now, sent_by = c.account_id, sent_with = c.certificate, machine_id = c.machine
         WHERE x.id = u.id;
        PERFORM gate.exchange_into_records(c, u, p_plans);
    END IF;
    RETURN gate.exchange_note('exchange:send', c, u.id, v_refusal);
END $$;

-- A draft is thrown away; what was sent and not yet taken in is withdrawn: the receiver can no longer fetch it.
CREATE FUNCTION gate.exchange_withdraw(p_session text, p_certificate text, p_purpose text, p_unit bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    u care.exchange_unit;
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id FOR UPDATE;
        v_refusal := CASE WHEN u.id IS NULL THEN 'exchange:no_unit'
                          WHEN u.outcome = 'taken' THEN 'exchange:taken' END;
    END IF;
    v_refusal := gate.exchange_note('exchange:withdraw', c, u.id, v_refusal);
    IF v_refusal = 'ok' AND u.sent_at IS NULL THEN
        PERFORM gate.exchange_forget(u.id);
    ELSIF v_refusal = 'ok' AND u.withdrawn_at IS NULL THEN
        UPDATE care.exchange_unit AS x SET withdrawn_at = c.now, withdrawn_by = c.account_id WHERE x.id = u.id;
        IF u.record = 'plan' AND NOT u.is_deletion THEN
            PERFORM gate.exchange_plans_gone(c, u, '連携で送った計画を取り消した');
        END IF;
    END IF;
    RETURN v_refusal;
END $$;

-- The receiver's word on a unit: taken in, or not, with the rows it could not take.
CREATE FUNCTION gate.exchange_settle(p_session text, p_certificate text, p_purpose text, p_unit bigint, p_outcome text,
                                     p_rows bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    u care.exchange_unit;
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.receiver_id = c.organisation_id AND x.sent_at IS NOT NULL FOR UPDATE;
        v_refusal := CASE WHEN u.id IS NULL THEN 'exchange:no_unit'
                          WHEN p_outcome IS NULL OR p_outcome NOT IN ('taken', 'error') THEN 'exchange:unknown_outcome'
                          WHEN u.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
                          WHEN u.opened_at IS NULL THEN 'exchange:not_opened' END;
    END IF;
    IF v_refusal IS NULL THEN
        UPDATE care.exchange_unit AS x SET outcome = p_outcome, settled_at = c.now WHERE x.id = u.id;
        -- The same word twice (a retry) is one receipt.
        INSERT INTO care.exchange_receipt (unit_id, outcome, rows, account_id)
        SELECT u.id, p_outcome, p_rows, c.account_id
         WHERE u.outcome IS DISTINCT FROM p_outcome OR p_outcome = 'error';
    END IF;
    RETURN gate.exchange_note('exchange:settle', c, u.id, v_refusal);
END $$;
