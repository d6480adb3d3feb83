-- 担当: registering and ending ----------------------------------------------------------------------------------------

-- The assignment itself: one that goes on is lengthened, else one is made. Then what hangs on it: hand-over and policy.
CREATE FUNCTION gate.set_assignment(c gate.context, p_key bigint, p_capacity text, p_from date, p_to date, p_rule text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_is_new boolean;
    v_number bigint;
    v_handed bigint[] := '{}';
    h record;
BEGIN
    UPDATE care.assignment AS l SET viewing_to = greatest(l.viewing_to, p_to), rule = p_rule
     WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.capacity = p_capacity
       AND l.ended_at IS NULL AND l.end_reason IS NULL AND l.viewing_to > c.today AND l.viewing_to >= p_from
       AND l.viewing_from <= p_from;
    v_is_new := NOT FOUND AND NOT EXISTS (
        SELECT 1 FROM care.assignment AS l
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.capacity = p_capacity
           AND l.ended_at IS NULL AND l.viewing_to IS NULL AND l.viewing_from <= p_from);
    IF v_is_new THEN
        -- Begun on the same day before and ended: what had been allowed then counts no more.
        INSERT INTO care.assignment AS l (insured_key, organisation_id, capacity, viewing_from, viewing_to, recorded_by,
                                        rule)
        VALUES (p_key, c.organisation_id, p_capacity, p_from, p_to, c.account_id, p_rule)
        ON CONFLICT (insured_key, organisation_id, capacity, viewing_from)
        DO UPDATE SET viewing_to = excluded.viewing_to, ended_at = NULL, ended_by = NULL, end_reason = NULL,
                      ended_org = NULL, ended_for = NULL, mistaken_at = NULL,
                      recorded_by = excluded.recorded_by, rule = excluded.rule
        RETURNING l.id INTO v_number;
    END IF;
    IF p_capacity = 'plan' THEN
        FOR h IN UPDATE care.handover AS x SET done_at = c.now
                  WHERE x.insured_key = p_key AND x.to_id = c.organisation_id
                    AND x.withdrawn_at IS NULL AND x.done_at IS NULL
                 RETURNING x.from_id, x.starts_on
        LOOP
            v_handed := v_handed || h.from_id;
            PERFORM gate.end_from(c, p_key, array_agg(l.id), h.starts_on, 'handover', v_number)
               FROM care.assignment AS l
              WHERE l.insured_key = p_key AND l.organisation_id = h.from_id AND l.capacity = 'plan';
        END LOOP;
    END IF;
    IF v_is_new THEN
        PERFORM gate.apply_policy(c, p_key, c.organisation_id, p_capacity, p_from, v_handed, v_number);
    END IF;
END $$;

-- The first entry of the form that cannot be; NULL when all can.
CREATE FUNCTION gate.registration_fault(c gate.context, p_method text, p_place text, p_capacity text, p_from date,
                                        p_to date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN c.organisation_kind IS DISTINCT FROM 'office' OR p_capacity IS NULL OR p_capacity NOT IN ('plan', 'service')
         OR (p_capacity = 'plan' AND NOT gate.makes_plans(c.organisation_id, c.today)) THEN 'assignment:other_capacity'
    WHEN p_method IS NULL OR p_method NOT IN ('card', 'four_items', 'visual')
         OR p_place IS NULL OR p_place NOT IN ('office', 'visit', 'facility', 'other') THEN 'assignment:unknown_method'
    WHEN p_from IS NULL OR p_from > c.today + interval '3 months' OR p_to <= p_from OR p_to <= c.today
                                                                                    THEN 'assignment:bad_period'
END;

-- 本人確認 as it was done: the confirmation, that identity holds, and with a card the binding of the card.
CREATE FUNCTION gate.confirm_identity(c gate.context, p_key bigint, p_method text, p_place text, p_document text,
                                      p_proof public.assignment_cardproof) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_card bigint;
BEGIN
    IF p_method = 'card' THEN
        UPDATE public.assignment_cardproof SET used_at = c.now WHERE nonce = p_proof.nonce;
        INSERT INTO care.card (insured_key, issuer, serial, organisation_id, bound_by)
        VALUES (p_key, p_proof.issuer, p_proof.serial, c.organisation_id, c.account_id)
        ON CONFLICT (insured_key, issuer, serial)
        DO UPDATE SET organisation_id = excluded.organisation_id, bound_by = excluded.bound_by, mistaken_at = NULL
            WHERE care.card.mistaken_at IS NOT NULL;
        SELECT x.id INTO v_card FROM care.card AS x
         WHERE x.insured_key = p_key AND x.issuer = p_proof.issuer AND x.serial = p_proof.serial;
    END IF;
    INSERT INTO care.confirmation (insured_key, organisation_id, confirmed_on, method, place, document, revocation,
                                   recorded_by, card_id)
    VALUES (p_key, c.organisation_id, c.today, p_method, p_place, coalesce(p_document, ''), p_proof.revocation,
            c.account_id, v_card);
    INSERT INTO care.identity AS d (insured_key, organisation_id, confirmed_on, method, recorded_by)
    VALUES (p_key, c.organisation_id, c.today, p_method, c.account_id)
    ON CONFLICT (insured_key, organisation_id) DO UPDATE
        SET method = CASE WHEN d.method = 'card' AND d.mistaken_at IS NULL THEN d.method ELSE excluded.method END,
            confirmed_on = CASE WHEN d.mistaken_at IS NULL THEN least(d.confirmed_on, excluded.confirmed_on)
                                ELSE excluded.confirmed_on END,
            mistaken_at = NULL;
END $$;

CREATE FUNCTION gate.decide_assignment_register(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                                INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_insurer_no text := p ->> 'insurer_no';
    p_insured_no text := p ->> 'insured_no';
    p_method text := p ->> 'method';
    p_capacity text := p ->> 'capacity';
    p_viewing_from date := gate.day(p ->> 'viewing_from');
    p_viewing_to date := gate.day(p ->> 'viewing_to');
    v_by_card boolean := p_method = 'card' AND p_insured_no IS NULL;
    v_key bigint;
    v_proof public.assignment_cardproof;
    v_policy public.assignment_policy;
    v_end date;
BEGIN
    refusal := gate.registration_fault(c, p_method, p ->> 'place', p_capacity, p_viewing_from, p_viewing_to);
    IF refusal IS NULL AND p_method = 'card' THEN
        v_proof := gate.proof(c, p ->> 'proof');
        PERFORM gate.one_at_a_time('card ' || v_proof.serial || ' ' || v_proof.issuer);  -- NULL: nothing is locked
        refusal := CASE WHEN v_proof.nonce IS NULL THEN 'assignment:no_proof' END;
    END IF;
    IF refusal IS NULL AND v_by_card THEN
        SELECT x.insured_key INTO v_key FROM care.card AS x
         WHERE x.serial = v_proof.serial AND x.issuer = v_proof.issuer AND x.mistaken_at IS NULL;
        refusal := CASE WHEN v_key IS NULL THEN 'assignment:card_unknown' END;
    END IF;
    IF refusal IS NULL THEN
        -- Before the items are compared: a period that cannot be must not tell whether they were right.
        v_policy := gate.assignment_policy(coalesce(care.insurer_no(v_key), p_insurer_no), c.today);
        v_end := gate.viewing_end(greatest(p_viewing_from, c.today), v_policy.months);
        IF v_end IS NULL OR p_viewing_to > v_end THEN
            refusal := 'assignment:period_too_long';
        END IF;
    END IF;
    IF refusal IS NULL AND NOT v_by_card THEN
        IF gate.too_many_misses(c) THEN
            refusal := 'assignment:too_many_misses';
        ELSE
            v_key := gate.person_of(p_insurer_no, p_insured_no, p ->> 'birth', p ->> 'sex');
            refusal := CASE
                WHEN v_key IS NULL THEN 'assignment:no_match'
                WHEN EXISTS (SELECT 1 FROM care.card AS x
                              WHERE x.serial = v_proof.serial AND x.issuer = v_proof.issuer
                                AND x.insured_key <> v_key AND x.mistaken_at IS NULL)
                THEN 'assignment:card_of_other' END;
        END IF;
    END IF;
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || v_key);
        PERFORM gate.confirm_identity(c, v_key, p_method, p ->> 'place', p ->> 'document', v_proof);
        PERFORM gate.set_assignment(c, v_key, p_capacity, p_viewing_from, coalesce(p_viewing_to, v_end),
                                    v_policy.id::text);
        PERFORM gate.look_after(c, v_key, p_capacity);
        d.persons := ARRAY[v_key];
    END IF;
    PERFORM gate.was_no_miss(c)
      WHERE coalesce(refusal, '') NOT IN ('assignment:no_match', 'assignment:card_of_other');
END $$;

CREATE FUNCTION gate.answer_assignment_register(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('insured_key', d.persons[1]);

CREATE FUNCTION gate.decide_assignment_end(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_reason text := p ->> 'reason';
BEGIN
    IF p_reason IS NULL OR p_reason NOT IN ('ended', 'moved', 'facility', 'died', 'mistake') THEN
        refusal := 'assignment:unknown_reason';
    ELSE
        UPDATE care.assignment AS l
           SET ended_at = c.now, ended_by = c.account_id, ended_org = c.organisation_id, end_reason = p_reason
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.ended_at IS NULL
           AND (l.viewing_to IS NULL OR l.viewing_to > c.today);
        IF NOT FOUND THEN
            refusal := 'assignment:none';
        END IF;
    END IF;
END $$;
