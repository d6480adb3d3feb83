-- Units sent, taken back, settled -------------------------------------------------------------------------------------

-- Send a draft. p: unit; plans: [{key, made_on, content}] of a plan unit, for the record kind ケアプラン.
CREATE FUNCTION gate.decide_exchange_send(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_unit bigint := (p ->> 'unit')::bigint;
    u care.exchange_unit;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id FOR UPDATE;
        IF u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL THEN
            d.numbers := ARRAY[u.id];
            refusal := 'already';
            RETURN;
        END IF;
        refusal := CASE
            WHEN u.id IS NULL              THEN 'exchange:no_unit'
            WHEN u.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
            WHEN NOT EXISTS (SELECT 1 FROM public.registry_organisation AS o
                              WHERE o.id = u.receiver_id AND o.enrolled_on <= c.today
                                AND (o.ended_on IS NULL OR o.ended_on > c.today)) THEN 'exchange:receiver_closed'
            WHEN EXISTS (SELECT 1 FROM gate.exchange_strangers(u.id, c.today)) THEN 'exchange:stranger'
            WHEN EXISTS (SELECT 1 FROM gate.exchange_without_object(u.id)) THEN 'exchange:nothing_to_delete' END;
    END IF;
    IF refusal IS NULL THEN
        UPDATE care.exchange_unit AS x
           SET sent_at = c.now, sent_by = c.account_id, sent_with = c.certificate, machine_id = c.machine
         WHERE x.id = u.id;
        PERFORM gate.exchange_into_records(c, u, p -> 'plans');
    END IF;
    d.numbers := ARRAY[u.id];
    d.persons := CASE WHEN refusal IS NULL THEN gate.exchange_persons(d.numbers) ELSE '{}' END;
END $$;

-- A draft is thrown away; what was sent and not yet taken in is withdrawn: the receiver can no longer fetch it.
CREATE FUNCTION gate.decide_exchange_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                              INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_unit bigint := (p ->> 'unit')::bigint;
    u care.exchange_unit;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id FOR UPDATE;
        refusal := CASE WHEN u.id IS NULL THEN 'exchange:no_unit'
                          WHEN u.outcome = 'taken' THEN 'exchange:taken' END;
    END IF;
    d.numbers := ARRAY[u.id];
    d.persons := CASE WHEN refusal IS NULL THEN gate.exchange_persons(d.numbers) ELSE '{}' END;
    IF refusal IS NULL AND u.sent_at IS NULL THEN
        PERFORM gate.exchange_forget(u.id);
    ELSIF refusal IS NULL AND u.withdrawn_at IS NULL THEN
        UPDATE care.exchange_unit AS x SET withdrawn_at = c.now, withdrawn_by = c.account_id WHERE x.id = u.id;
        IF u.record = 'plan' AND NOT u.is_deletion THEN
            PERFORM gate.exchange_plans_gone(c, u, '連携で送った計画を取り消した');
        END IF;
    END IF;
END $$;

-- The receiver's word on a unit: taken in, or not, with the rows it could not take.
CREATE FUNCTION gate.decide_exchange_settle(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                            INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_unit bigint := (p ->> 'unit')::bigint;
    p_outcome text := p ->> 'outcome';
    u care.exchange_unit;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.receiver_id = c.organisation_id AND x.sent_at IS NOT NULL FOR UPDATE;
        refusal := CASE WHEN u.id IS NULL THEN 'exchange:no_unit'
                          WHEN p_outcome IS NULL OR p_outcome NOT IN ('taken', 'error') THEN 'exchange:unknown_outcome'
                          WHEN u.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
                          WHEN u.opened_at IS NULL THEN 'exchange:not_opened' END;
    END IF;
    IF refusal IS NULL THEN
        UPDATE care.exchange_unit AS x SET outcome = p_outcome, settled_at = c.now WHERE x.id = u.id;
        -- The same word twice (a retry) is one receipt.
        INSERT INTO care.exchange_receipt (unit_id, outcome, rows, account_id)
        SELECT u.id, p_outcome, p_files[1], c.account_id
         WHERE u.outcome IS DISTINCT FROM p_outcome OR p_outcome = 'error';
    END IF;
    d.numbers := ARRAY[u.id];
    d.persons := CASE WHEN refusal IS NULL THEN gate.exchange_persons(d.numbers) ELSE '{}' END;
END $$;
