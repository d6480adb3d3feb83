-- ケアプランデータ連携: sending, fetching, receipts -----------------------------------------------------------------------------
-- docs/algorithms/boxes.md. Contents come encrypted and go encrypted; these functions see who, to whom, and whose.

-- Who is asking: a person at a screen, or a terminal with a key of the exchange ('sync-…').
CREATE FUNCTION gate.exchange_context(p_session text, p_certificate text, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(CASE WHEN p_session LIKE 'sync-%' THEN '' ELSE p_session END, p_certificate,
                                   p_purpose);
    f record;
BEGIN
    IF p_session IS NULL OR p_session NOT LIKE 'sync-%' THEN
        RETURN c;
    END IF;
    SELECT k.id, k.ends_on, k.revoked_at, k.terminal_id, e.id AS employment_id, e.account_id,
           e.starts_on AS employed_from,
           e.ends_on AS employed_to, e.job_type_id, e.level, a.is_active, o.id AS organisation_id, o.kind, o.number,
           o.enrolled_on, o.ended_on, t.terminal_id AS at_terminal, t.organisation_id AS owner,
           t.not_before, t.not_after,
           t.revoked_at AS certificate_revoked_at, t.id AS certificate_id
      INTO f
      FROM public.exchange_synckey AS k
      JOIN public.staff_employment AS e ON e.id = k.employment_id
      JOIN public.staff_account AS a ON a.id = e.account_id
      JOIN public.registry_organisation AS o ON o.id = k.organisation_id AND o.id = e.organisation_id
      LEFT JOIN public.terminals_certificate AS t ON t.fingerprint = p_certificate
     WHERE k.secret_hash = encode(sha256(convert_to(p_session, 'UTF8')), 'hex');
    c.account := CASE
        WHEN f.id IS NULL OR f.revoked_at <= c.now             THEN 'no_session'
        WHEN f.ends_on <= c.today                              THEN 'session_expired'
        WHEN NOT f.is_active                                   THEN 'inactive'
        WHEN f.employed_from > c.today                         THEN 'not_yet_employed'
        WHEN f.employed_to <= c.today                          THEN 'left'
        WHEN f.enrolled_on > c.today OR f.ended_on <= c.today  THEN 'organisation_not_in_use'
        ELSE 'ok' END;
    c.terminal := CASE
        WHEN c.certificate IS NULL                             THEN 'none'
        WHEN f.id IS NULL                                      THEN c.terminal
        WHEN f.certificate_id IS NULL                          THEN 'unknown'
        WHEN f.certificate_revoked_at <= c.now                 THEN 'revoked'
        WHEN f.not_before > c.now                              THEN 'not_yet_valid'
        WHEN f.not_after <= c.now                              THEN 'expired'
        WHEN f.owner <> f.organisation_id                      THEN 'other_organisation'
        WHEN f.at_terminal <> f.terminal_id                    THEN 'other_terminal'
        ELSE 'ok' END;
    c.delegation := 'ok';
    c.standing := array_remove(ARRAY[
        CASE WHEN c.account        <> 'ok' THEN 'account:' || c.account END,
        CASE WHEN c.terminal       <> 'ok' THEN 'terminal:' || c.terminal END,
        CASE WHEN c.purpose_answer <> 'ok' THEN 'purpose:' || c.purpose_answer END], NULL);
    c.account_id := f.account_id;           c.employment_id := f.employment_id;
    c.organisation_id := f.organisation_id; c.organisation_kind := f.kind;
    c.organisation_number := f.number;      c.job_type := f.job_type_id;
    c.level := f.level;                     c.delegation_id := NULL;
    c.session := NULL;                      c.machine := f.id;
    RETURN c;
END $$;

-- What stands in the way of using the exchange at all: only offices take part.
CREATE FUNCTION gate.exchange_hindrance(c gate.context) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN c.standing <> '{}' THEN c.standing[1]
            WHEN c.organisation_kind <> 'office' THEN 'exchange:no_office' END;

CREATE FUNCTION gate.exchange_note(p_action text, c gate.context, p_unit bigint, p_refusal text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_refusal IS NULL THEN
        UPDATE public.exchange_synckey SET last_used_at = c.now WHERE id = c.machine;
    END IF;
    RETURN gate.note(p_action, c, 0, p_refusal,
                     concat_ws(' ', 'unit=' || p_unit, 'machine=' || c.machine),
                     CASE WHEN p_refusal IS NULL THEN
                         coalesce((SELECT array_agg(DISTINCT e.insured_key) FROM care.exchange_entry AS e
                                    WHERE e.unit_id = p_unit), '{}') ELSE '{}' END);
END $$;

-- What holds between two offices for each user and key: the newest unit's word, by ファイル連番; a deletion's word is
-- "nothing". Withdrawing a unit brings back what it had replaced.
CREATE FUNCTION gate.exchange_in_force(p_sender bigint, p_receiver bigint, p_month text)
RETURNS TABLE (unit_id bigint, insured_key bigint, key text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.unit_id, x.insured_key, x.key
  FROM (SELECT DISTINCT ON (e.insured_key, e.key) e.unit_id, e.insured_key, e.key, u.is_deletion
          FROM care.exchange_unit AS u
          JOIN care.exchange_entry AS e ON e.unit_id = u.id
         WHERE u.sender_id = p_sender AND u.receiver_id = p_receiver AND (p_month IS NULL OR u.month = p_month)
           AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL
         ORDER BY e.insured_key, e.key, u.sequence DESC, u.tie DESC) AS x
 WHERE NOT x.is_deletion
$$;

-- Keep a unit of files for the sender's last look. The same unit again is the one that is there.
-- p_head: receiver, sender_service, receiver_service, sequence, tie, record, is_deletion, month, sender, digest (hex).
-- p_files: [{name, kind, size, rows, sha256 (hex)}], contents beside them. p_entries: [[key, entry key, names both]].
CREATE FUNCTION gate.exchange_stage(p_session text, p_certificate text, p_purpose text, p_head jsonb, p_files jsonb,
                                    p_contents bytea[], p_entries jsonb, OUT result text, OUT unit bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_receiver public.registry_organisation;
    v_digest bytea := decode(p_head ->> 'digest', 'hex');
    v_known care.exchange_unit;
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NULL AND p_head ->> 'sender' IS DISTINCT FROM c.organisation_number THEN
        v_refusal := 'exchange:not_own';
    END IF;
    IF v_refusal IS NULL THEN
        SELECT o.* INTO v_receiver FROM public.registry_organisation AS o
         WHERE o.kind = 'office' AND o.number = p_head ->> 'receiver';
        v_refusal := CASE
            WHEN v_receiver.id IS NULL OR v_receiver.enrolled_on > c.today THEN 'exchange:receiver_not_here'
            WHEN v_receiver.ended_on <= c.today                            THEN 'exchange:receiver_closed'
            WHEN v_receiver.id = c.organisation_id                         THEN 'exchange:to_itself' END;
    END IF;
    IF v_refusal IS NULL THEN
        -- Two PCs with the same unit: the second one finds what the first has brought.
        PERFORM gate.one_at_a_time('exchange ' || c.organisation_id);
        SELECT u.* INTO v_known FROM care.exchange_unit AS u
         WHERE u.sender_id = c.organisation_id AND u.receiver_id = v_receiver.id AND u.sequence = p_head ->> 'sequence'
           AND u.record = p_head ->> 'record' AND u.is_deletion = (p_head ->> 'is_deletion')::boolean
           AND u.month = p_head ->> 'month'
           FOR UPDATE;  -- it may be sent at this moment
        IF v_known.digest = v_digest THEN
            result := CASE WHEN v_known.withdrawn_at IS NOT NULL THEN 'exchange:withdrawn'
                           WHEN v_known.sent_at IS NOT NULL THEN 'already' ELSE 'ok' END;
            unit := v_known.id;
            RETURN;
        END IF;
        IF v_known.sent_at IS NOT NULL THEN
            v_refusal := 'exchange:sequence_used';
        END IF;
    END IF;
    IF v_refusal IS NOT NULL THEN
        result := gate.exchange_note('exchange:stage', c, NULL, v_refusal);
        RETURN;
    END IF;
    IF v_known.id IS NOT NULL THEN
        PERFORM gate.exchange_forget(v_known.id);
    END IF;
    INSERT INTO care.exchange_unit (sender_id, receiver_id, sender_service, receiver_service, sequence, tie, record,
                                    is_deletion, month, users, digest, staged_by)
    VALUES (c.organisation_id, v_receiver.id, p_head ->> 'sender_service', p_head ->> 'receiver_service',
            p_head ->> 'sequence', p_head ->> 'tie', p_head ->> 'record', (p_head ->> 'is_deletion')::boolean,
            p_head ->> 'month', (SELECT count(DISTINCT e -> 0) FROM jsonb_array_elements(p_entries) AS e), v_digest,
            c.account_id)
    RETURNING id INTO unit;
    INSERT INTO care.exchange_file (unit_id, name, kind, size, rows, sha256, content)
    SELECT unit, f ->> 'name', f ->> 'kind', (f ->> 'size')::integer, (f ->> 'rows')::integer,
           decode(f ->> 'sha256', 'hex'), p_contents[n]
      FROM jsonb_array_elements(p_files) WITH ORDINALITY AS x(f, n);
    INSERT INTO care.exchange_entry (insured_key, unit_id, key, names_both)
    SELECT (e ->> 0)::bigint, unit, e ->> 1, (e ->> 2)::boolean FROM jsonb_array_elements(p_entries) AS e;
    result := gate.exchange_note('exchange:stage', c, unit, NULL);
END $$;

CREATE FUNCTION gate.exchange_forget(p_unit bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
DELETE FROM care.exchange_file AS f WHERE f.unit_id = p_unit;
DELETE FROM care.exchange_entry AS e WHERE e.unit_id = p_unit;
DELETE FROM care.exchange_unit AS u WHERE u.id = p_unit AND u.sent_at IS NULL;
$$;

-- Whose plans must not go to the receiver: the files do not name both offices as theirs, no 担当 of the receiver is in
-- force, and nothing about the user was ever sent between the two.
-- A deletion speaks of something that holds; anything else has nothing to delete.
CREATE FUNCTION gate.exchange_strangers(p_unit bigint, p_today date) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT DISTINCT e.insured_key
  FROM care.exchange_unit AS u
  JOIN care.exchange_entry AS e ON e.unit_id = u.id
 WHERE u.id = p_unit AND NOT e.names_both AND NOT u.is_deletion
   AND NOT (EXISTS (SELECT 1 FROM care.assignment AS l
                     WHERE l.insured_key = e.insured_key AND l.organisation_id = u.receiver_id
                       AND gate.goes_on(l, p_today))
            AND EXISTS (SELECT 1 FROM care.assignment AS l
                         WHERE l.insured_key = e.insured_key AND l.organisation_id = u.sender_id
                           AND gate.goes_on(l, p_today)))
   AND NOT EXISTS (SELECT 1 FROM care.exchange_entry AS b
                     JOIN care.exchange_unit AS v ON v.id = b.unit_id
                    WHERE b.insured_key = e.insured_key AND b.names_both
                      AND v.sent_at IS NOT NULL AND v.withdrawn_at IS NULL
                      AND (v.sender_id, v.receiver_id) IN ((u.sender_id, u.receiver_id), (u.receiver_id, u.sender_id)))
   AND NOT (u.record IN ('basic', 'prevention')
            AND EXISTS (SELECT 1 FROM care.exchange_vouch AS w
                         WHERE w.insured_key = e.insured_key AND w.sender_id = u.sender_id
                           AND w.receiver_id = u.receiver_id))
$$;

-- The files of 介護予防 name no office. A person at a screen, never a machine, may say that users are the receiver's; it
-- stands in the log with their name, and counts for such files between the two offices only.
CREATE FUNCTION gate.exchange_vouch(p_session text, p_certificate text, p_purpose text, p_unit bigint, p_keys bigint[])
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.exchange_hindrance(c);
    u care.exchange_unit;
BEGIN
    IF v_refusal IS NULL THEN
        SELECT x.* INTO u FROM care.exchange_unit AS x
         WHERE x.id = p_unit AND x.sender_id = c.organisation_id AND x.sent_at IS NULL;
        v_refusal := CASE
            WHEN c.machine IS NOT NULL                       THEN 'exchange:not_a_person'
            WHEN u.id IS NULL                                THEN 'exchange:no_unit'
            WHEN u.record NOT IN ('basic', 'prevention')     THEN 'exchange:not_to_vouch'
            WHEN cardinality(p_keys) IS NULL OR cardinality(p_keys) = 0
                 OR NOT p_keys <@ ARRAY(SELECT gate.exchange_strangers(u.id, c.today)) THEN 'exchange:not_to_vouch' END;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.exchange_vouch (insured_key, sender_id, receiver_id, account_id)
        SELECT DISTINCT k, u.sender_id, u.receiver_id, c.account_id FROM unnest(p_keys) AS k
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM gate.touch(c);
    RETURN gate.note('exchange:vouch', c, 0, v_refusal, coalesce('unit=' || u.id, ''),
                     CASE WHEN v_refusal IS NULL THEN p_keys ELSE '{}' END);
END $$;

CREATE FUNCTION gate.exchange_without_object(p_unit bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT DISTINCT e.insured_key
  FROM care.exchange_unit AS u
  JOIN care.exchange_entry AS e ON e.unit_id = u.id
 WHERE u.id = p_unit AND u.is_deletion
   AND NOT EXISTS (SELECT 1 FROM gate.exchange_in_force(u.sender_id, u.receiver_id, nullif(u.month, '')) AS f
                    WHERE f.insured_key = e.insured_key AND f.key = e.key)
$$;

-- The sender's own drafts with what stands in the way of sending each, users named by key (the sender has the files).
CREATE FUNCTION gate.exchange_drafts(p_session text, p_certificate text, p_purpose text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
BEGIN
    IF gate.exchange_hindrance(c) IS NOT NULL THEN
        RETURN json_build_object('refusal', gate.exchange_hindrance(c), 'units', json_build_array());
    END IF;
    RETURN json_build_object('refusal', NULL, 'units', coalesce((
        SELECT json_agg(gate.exchange_told(u, c.organisation_id) ORDER BY o.number, u.sequence, u.tie)
          FROM care.exchange_unit AS u
          JOIN public.registry_organisation AS o ON o.id = u.receiver_id
         WHERE u.sender_id = c.organisation_id AND u.sent_at IS NULL), '[]'));
END $$;

CREATE FUNCTION gate.exchange_objections(p_session text, p_certificate text, p_purpose text, p_unit bigint)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
BEGIN
    IF gate.exchange_hindrance(c) IS NOT NULL
       OR NOT EXISTS (SELECT 1 FROM care.exchange_unit AS u
                       WHERE u.id = p_unit AND u.sender_id = c.organisation_id) THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'strangers', coalesce((SELECT json_agg(x) FROM gate.exchange_strangers(p_unit, c.today) AS x), '[]'),
        'without_object', coalesce((SELECT json_agg(x) FROM gate.exchange_without_object(p_unit) AS x), '[]'));
END $$;

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

-- A unit as the lists show it: offices, numbers and states, nobody's name or number.
CREATE FUNCTION gate.exchange_told(u care.exchange_unit, p_for bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'id', u.id, 'number', o.number, 'name', o.name, 'is_mine', u.sender_id = p_for,
    'sender_service', u.sender_service, 'receiver_service', u.receiver_service, 'sequence', u.sequence,
    'record', u.record, 'is_deletion', u.is_deletion, 'month', u.month, 'users', u.users, 'staged_at', u.staged_at,
    'sent_at', u.sent_at, 'sent_by', a.name, 'by_machine', u.machine_id IS NOT NULL, 'opened_at', u.opened_at,
    'settled_at', u.settled_at, 'outcome', u.outcome, 'withdrawn_at', u.withdrawn_at,
    'state', CASE WHEN u.sent_at IS NULL THEN 'draft' WHEN u.withdrawn_at IS NOT NULL THEN 'withdrawn'
                  WHEN u.outcome IS NOT NULL THEN u.outcome
                  WHEN u.opened_at IS NOT NULL THEN 'opened' ELSE 'unread' END,
    'files', (SELECT json_agg(json_build_object('name', f.name, 'kind', f.kind, 'size', f.size, 'rows', f.rows,
                                                'sha256', encode(f.sha256, 'hex')) ORDER BY f.name)
                FROM care.exchange_file AS f WHERE f.unit_id = u.id))
  FROM public.registry_organisation AS o
  LEFT JOIN public.staff_account AS a ON a.id = u.sent_by AND u.sender_id = p_for
 WHERE o.id = CASE WHEN u.sender_id = p_for THEN u.receiver_id ELSE u.sender_id END
$$;

-- The units of one box: 'in' in the order they are to be taken in (ファイル連番, then the rest of the name), 'out' newest
-- first. p_after: only units with a greater number (what a machine has not seen yet).
CREATE FUNCTION gate.exchange_box(p_session text, p_certificate text, p_purpose text, p_box text, p_month text,
                                  p_after bigint, p_limit integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NOT NULL THEN
        RETURN json_build_object('refusal', v_refusal, 'units', json_build_array(), 'more', false);
    END IF;
    RETURN (
        WITH found AS (
            SELECT u, row_number() OVER (ORDER BY CASE WHEN p_box = 'in' THEN u.sequence || u.tie END,
                                                  CASE WHEN p_box = 'out' THEN u.sent_at END DESC, u.id) AS place
              FROM care.exchange_unit AS u
             WHERE CASE p_box WHEN 'in' THEN u.receiver_id ELSE u.sender_id END = c.organisation_id
               AND u.sent_at IS NOT NULL AND (p_month IS NULL OR u.month = p_month) AND u.id > coalesce(p_after, 0)
               AND p_box IN ('in', 'out'))
        SELECT json_build_object(
            'refusal', NULL, 'more', count(*) > p_limit,
            'units', coalesce(json_agg(gate.exchange_told(u, c.organisation_id) ORDER BY place)
                              FILTER (WHERE place <= p_limit), '[]'))
          FROM found);
END $$;

-- Fetch files: of units the caller's office has sent or was sent. The first fetch by the receiver is 受領; for a 実績 it
-- shows that the service goes on, so the 担当 of both offices is renewed.
CREATE FUNCTION gate.ask_exchange(p_session text, p_certificate text, p_purpose text, p_units bigint[])
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    r care.access_log;
    v_refusal text;
    v_mine bigint[];
BEGIN
    r := gate.log_row('exchange:open', c, 0);
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NULL THEN
        SELECT array_agg(u.id ORDER BY u.id) INTO v_mine FROM care.exchange_unit AS u
         WHERE u.id = ANY (p_units)
           AND (u.sender_id = c.organisation_id
                OR (u.receiver_id = c.organisation_id AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL));
        IF v_mine IS NULL OR cardinality(v_mine) <> (SELECT count(DISTINCT n) FROM unnest(p_units) AS n) THEN
            v_refusal := 'exchange:no_unit';
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.exchange_received(c, v_mine);
        SELECT coalesce(array_agg(DISTINCT e.insured_key), '{}') INTO r.persons
          FROM care.exchange_entry AS e WHERE e.unit_id = ANY (v_mine);
        r.detail := concat_ws(' ', 'units=' || array_to_string(v_mine, ','), 'machine=' || c.machine);
        UPDATE public.exchange_synckey SET last_used_at = c.now WHERE id = c.machine;
    END IF;
    PERFORM gate.touch(c);
    r.decisions := ARRAY[CASE WHEN v_refusal IS NULL THEN '+' ELSE '-' END
                         || 'exchange:open|' || coalesce(v_refusal, '')];
    r.outcome := CASE WHEN v_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.exchange_received(c gate.context, p_units bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u care.exchange_unit;
BEGIN
    FOR u IN UPDATE care.exchange_unit AS x SET opened_at = c.now
              WHERE x.id = ANY (p_units) AND x.receiver_id = c.organisation_id AND x.opened_at IS NULL
             RETURNING x.*
    LOOP
        CONTINUE WHEN u.record <> 'actual' OR u.is_deletion;
        PERFORM gate.renew_assignment(k.key, o.id, to_date(u.month, 'YYYYMM'), 'actuals', NULL, c.today)
           FROM (SELECT DISTINCT e.insured_key AS key FROM care.exchange_entry AS e
                  WHERE e.unit_id = u.id ORDER BY 1) AS k,
                unnest(ARRAY[u.sender_id, u.receiver_id]) AS o(id)
          WHERE to_date(u.month, 'YYYYMM') <= c.today;
    END LOOP;
END $$;

-- The units a row of the log speaks of, when it speaks of any that may be read.
CREATE FUNCTION gate.exchange_units(r care.access_log) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN r.outcome = 'allowed'
            THEN string_to_array(substring(r.detail FROM 'units=([0-9,]+)'), ',')::bigint[] ELSE '{}' END;

CREATE FUNCTION gate.answer_exchange(t gate.ticket)
RETURNS TABLE (unit_id bigint, name text, sha256 bytea, content bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(gate.redeem(t, 'exchange:open'));
BEGIN
    RETURN QUERY SELECT f.unit_id, f.name, f.sha256, f.content FROM care.exchange_file AS f
                  WHERE f.unit_id = ANY (v_units) ORDER BY f.unit_id, f.name;
END $$;

-- What holds of the units a ticket speaks of.
CREATE FUNCTION gate.answer_exchange_state(t gate.ticket)
RETURNS TABLE (unit_id bigint, insured_key bigint, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(gate.redeem(t, 'exchange:open'));
BEGIN
    RETURN QUERY
        SELECT f.unit_id, f.insured_key, f.key
          FROM (SELECT DISTINCT u.sender_id, u.receiver_id
                  FROM care.exchange_unit AS u WHERE u.id = ANY (v_units)) AS p,
               gate.exchange_in_force(p.sender_id, p.receiver_id, NULL) AS f
         WHERE f.unit_id = ANY (v_units);
END $$;

CREATE FUNCTION gate.answer_exchange_receipts(t gate.ticket)
RETURNS TABLE (unit_id bigint, outcome text, rows bytea, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(gate.redeem(t, 'exchange:open'));
BEGIN
    RETURN QUERY SELECT x.unit_id, x.outcome, x.rows, x.at FROM care.exchange_receipt AS x
                  WHERE x.unit_id = ANY (v_units) ORDER BY x.unit_id, x.id;
END $$;

-- The month with each other office, in numbers: what was sent and came, what holds, whose 実績 are still out.
CREATE FUNCTION gate.exchange_month(p_session text, p_certificate text, p_purpose text, p_month text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    v_refusal text;
BEGIN
    v_refusal := gate.exchange_hindrance(c);
    IF v_refusal IS NOT NULL THEN
        RETURN json_build_object('refusal', v_refusal, 'offices', json_build_array());
    END IF;
    RETURN (
        WITH pair AS (
            SELECT CASE WHEN u.sender_id = c.organisation_id THEN u.receiver_id ELSE u.sender_id END AS other,
                   count(*) FILTER (WHERE u.receiver_id = c.organisation_id AND u.opened_at IS NULL
                                      AND u.withdrawn_at IS NULL) AS unread,
                   count(*) FILTER (WHERE u.outcome = 'error' AND u.withdrawn_at IS NULL) AS errors,
                   max(u.sent_at) AS last_at
              FROM care.exchange_unit AS u
             WHERE c.organisation_id IN (u.sender_id, u.receiver_id) AND u.sent_at IS NOT NULL AND u.month = p_month
             GROUP BY 1
        ), held AS (
            SELECT p.other, f.mine, f.unit_id, f.insured_key, split_part(f.key, ':', 1) AS record
              FROM pair AS p,
                   LATERAL (SELECT true AS mine, x.*
                              FROM gate.exchange_in_force(c.organisation_id, p.other, p_month) AS x
                            UNION ALL
                            SELECT false, x.*
                              FROM gate.exchange_in_force(p.other, c.organisation_id, p_month) AS x) AS f
        ), waiting AS (  -- planned, and no 実績 the other way
            SELECT h.other, h.mine, h.insured_key FROM held AS h WHERE h.record = 'schedule'
            EXCEPT
            SELECT h.other, NOT h.mine, h.insured_key FROM held AS h WHERE h.record = 'actual'
        )
        SELECT json_build_object('refusal', NULL, 'offices', coalesce(json_agg(json_build_object(
                   'number', o.number, 'name', o.name, 'unread', p.unread, 'errors', p.errors, 'last_at', p.last_at,
                   'schedules_out', n.schedules_out, 'schedules_in', n.schedules_in,
                   'actuals_out', n.actuals_out, 'actuals_in', n.actuals_in, 'units', n.units,
                   'we_wait', (SELECT count(*) FROM waiting AS w WHERE w.other = p.other AND w.mine),
                   'they_wait', (SELECT count(*) FROM waiting AS w WHERE w.other = p.other AND NOT w.mine)
               ) ORDER BY o.number), '[]'))
          FROM pair AS p
          JOIN public.registry_organisation AS o ON o.id = p.other
          CROSS JOIN LATERAL (
               SELECT count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'schedule' AND h.mine) AS schedules_out,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'schedule' AND NOT h.mine) AS schedules_in,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'actual' AND h.mine) AS actuals_out,
                      count(DISTINCT h.insured_key) FILTER (WHERE h.record = 'actual' AND NOT h.mine) AS actuals_in,
                      coalesce(json_agg(DISTINCT h.unit_id) FILTER (WHERE h.unit_id IS NOT NULL), '[]') AS units
                 FROM held AS h WHERE h.other = p.other) AS n);
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
