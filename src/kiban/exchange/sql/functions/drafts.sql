-- Units that wait for the sender's last look --------------------------------------------------------------------------

CREATE FUNCTION gate.exchange_forget(p_unit bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
DELETE FROM care.exchange_file AS f WHERE f.unit_id = p_unit;
DELETE FROM care.exchange_entry AS e WHERE e.unit_id = p_unit;
DELETE FROM care.exchange_unit AS u WHERE u.id = p_unit AND u.sent_at IS NULL;
$$;

-- The rows of a draft: the unit, its files, and of whom it speaks.
CREATE FUNCTION gate.exchange_keep(c gate.context, p_receiver bigint, p_head jsonb, p_files jsonb, p_contents bytea[],
                                   p_entries jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_unit bigint;
BEGIN
    INSERT INTO care.exchange_unit (sender_id, receiver_id, sender_service, receiver_service, sequence, tie, record,
                                    is_deletion, month, users, digest, staged_by)
    VALUES (c.organisation_id, p_receiver, p_head ->> 'sender_service', p_head ->> 'receiver_service',
            p_head ->> 'sequence', p_head ->> 'tie', p_head ->> 'record', (p_head ->> 'is_deletion')::boolean,
            p_head ->> 'month', (SELECT count(DISTINCT e -> 0) FROM jsonb_array_elements(p_entries) AS e),
            decode(p_head ->> 'digest', 'hex'),
            c.account_id)
    RETURNING id INTO v_unit;
    INSERT INTO care.exchange_file (unit_id, name, kind, size, rows, sha256, content)
    SELECT v_unit, f ->> 'name', f ->> 'kind', (f ->> 'size')::integer, (f ->> 'rows')::integer,
           decode(f ->> 'sha256', 'hex'), p_contents[n]
      FROM jsonb_array_elements(p_files) WITH ORDINALITY AS x(f, n);
    INSERT INTO care.exchange_entry (insured_key, unit_id, key, names_both)
    SELECT (e ->> 0)::bigint, v_unit, e ->> 1, (e ->> 2)::boolean FROM jsonb_array_elements(p_entries) AS e;
    RETURN v_unit;
END $$;

-- Keep a unit of files for the sender's last look. The same unit again is the one that is there. p_files: their
-- contents.
-- p: head: receiver, sender_service, receiver_service, sequence, tie, record, is_deletion, month, sender, digest (hex);
-- files: [{name, kind, size, rows, sha256 (hex)}]; entries: [[key, entry key, names both]].
CREATE FUNCTION gate.decide_exchange_stage(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_head jsonb := p -> 'head';
    v_receiver public.registry_organisation;
    v_known care.exchange_unit;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL AND v_head ->> 'sender' IS DISTINCT FROM c.organisation_number THEN
        refusal := 'exchange:not_own';
    END IF;
    IF refusal IS NULL THEN
        SELECT o.* INTO v_receiver FROM public.registry_organisation AS o
         WHERE o.kind = 'office' AND o.number = v_head ->> 'receiver';
        refusal := CASE
            WHEN v_receiver.id IS NULL OR v_receiver.enrolled_on > c.today THEN 'exchange:receiver_not_here'
            WHEN v_receiver.ended_on <= c.today                            THEN 'exchange:receiver_closed'
            WHEN v_receiver.id = c.organisation_id                         THEN 'exchange:to_itself' END;
    END IF;
    IF refusal IS NULL THEN
        -- Two PCs with the same unit: the second one finds what the first has brought.
        PERFORM gate.one_at_a_time('exchange ' || c.organisation_id);
        SELECT u.* INTO v_known FROM care.exchange_unit AS u
         WHERE u.sender_id = c.organisation_id AND u.receiver_id = v_receiver.id AND u.sequence = v_head ->> 'sequence'
           AND u.record = v_head ->> 'record' AND u.is_deletion = (v_head ->> 'is_deletion')::boolean
           AND u.month = v_head ->> 'month'
           FOR UPDATE;  -- it may be sent at this moment
        IF v_known.digest = decode(v_head ->> 'digest', 'hex') THEN
            refusal := CASE WHEN v_known.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
                            WHEN v_known.sent_at IS NOT NULL THEN 'already' END;
            d.numbers := ARRAY[v_known.id];
            RETURN;
        END IF;
        IF v_known.sent_at IS NOT NULL THEN
            refusal := 'exchange:sequence_used';
        END IF;
    END IF;
    IF refusal IS NULL THEN
        PERFORM gate.exchange_forget(v_known.id);
        d.numbers := ARRAY[gate.exchange_keep(c, v_receiver.id, v_head, p -> 'files', p_files, p -> 'entries')];
        d.persons := gate.exchange_persons(d.numbers);
    END IF;
END $$;

CREATE FUNCTION gate.answer_exchange_stage(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('unit', d.numbers[1]);

-- The sender's own drafts with what stands in the way of sending each, users named by key (the sender has the files).
CREATE FUNCTION gate.exchange_drafts(p_session text, p_certificate text, p_purpose text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF gate.exchange_hindrance(c) IS NOT NULL THEN
        RETURN json_build_object('refusal', gate.exchange_hindrance(c), 'units', json_build_array());
    END IF;
    RETURN json_build_object('refusal', NULL, 'units', coalesce((
        SELECT json_agg(gate.exchange_told(u, c.organisation_id) ORDER BY o.number, u.sequence, u.tie)
          FROM care.exchange_unit AS u
          JOIN public.registry_organisation AS o ON o.id = u.receiver_id
         WHERE u.sender_id = c.organisation_id AND u.sent_at IS NULL), '[]'));
END $$;

-- The files of 介護予防 name no office. A person at a screen, never a machine, may say that users are the receiver's; it
-- stands in the log with their name, and counts for such files between the two offices only. p: unit, keys.
CREATE FUNCTION gate.decide_exchange_vouch(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_unit bigint := (p ->> 'unit')::bigint;
    p_keys bigint[] := gate.numbers(p -> 'keys');
    u care.exchange_unit;
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id AND x.sent_at IS NULL;
        refusal := CASE
            WHEN c.machine IS NOT NULL                       THEN 'exchange:not_a_person'
            WHEN u.id IS NULL                                THEN 'exchange:no_unit'
            WHEN u.record NOT IN ('basic', 'prevention')     THEN 'exchange:not_to_vouch'
            WHEN cardinality(p_keys) IS NULL OR cardinality(p_keys) = 0
                 OR NOT p_keys <@ ARRAY(SELECT gate.exchange_strangers(u.id, c.today)) THEN 'exchange:not_to_vouch' END;
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.exchange_vouch (insured_key, sender_id, receiver_id, account_id)
        SELECT DISTINCT k, u.sender_id, u.receiver_id, c.account_id FROM unnest(p_keys) AS k
        ON CONFLICT DO NOTHING;
    END IF;
    d.numbers := ARRAY[u.id];
    d.persons := CASE WHEN refusal IS NULL THEN p_keys ELSE '{}' END;
END $$;

-- Drafts nobody sent for a week, thrown away by the worker's daily step.
CREATE FUNCTION gate.tidy_exchange(p_days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ids bigint[];
BEGIN
    SELECT coalesce(array_agg(x.id), '{}') INTO v_ids
      FROM (SELECT u.id FROM care.exchange_unit AS u
             WHERE u.sent_at IS NULL AND u.staged_at < clock_timestamp() - make_interval(days => p_days)
               FOR UPDATE SKIP LOCKED) AS x;  -- one that is being sent at this moment stays
    PERFORM gate.exchange_forget(n) FROM unnest(v_ids) AS n;
    RETURN cardinality(v_ids);
END $$;
