-- 登録のまちがい: an identity, a 担当 or an ending that was recorded of the wrong person ----------------------------------

-- A confirmation that was another person's. What holds rests on those that are left; a card bound by it is unbound.
CREATE FUNCTION gate.correct_confirmation(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_card bigint;
    v_first date;
    v_method text;
BEGIN
    UPDATE care.confirmation AS x SET mistaken_at = c.now
     WHERE x.insured_key = p_key AND x.id = p_number AND x.organisation_id = c.organisation_id
       AND x.mistaken_at IS NULL
    RETURNING x.card_id INTO v_card;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE care.card AS k SET mistaken_at = c.now
     WHERE k.insured_key = p_key AND k.id = v_card
       AND NOT EXISTS (SELECT 1 FROM care.confirmation AS x
                        WHERE x.insured_key = p_key AND x.card_id = v_card AND x.mistaken_at IS NULL);
    SELECT min(x.confirmed_on), min(x.method) INTO v_first, v_method  -- 'card' comes first, and counts most
      FROM care.confirmation AS x
     WHERE x.insured_key = p_key AND x.organisation_id = c.organisation_id AND x.mistaken_at IS NULL;
    -- What the municipality itself said in a file stays.
    UPDATE care.identity AS d
       SET confirmed_on = coalesce(v_first, d.confirmed_on), method = coalesce(v_method, d.method),
           mistaken_at = CASE WHEN v_first IS NULL THEN c.now END
     WHERE d.insured_key = p_key AND d.organisation_id = c.organisation_id AND d.load_id IS NULL;
    RETURN true;
END $$;

-- Whether a 担当 is the organisation's own act: what the insurer granted or sent in a file is the insurer's.
CREATE FUNCTION gate.is_own_registration(l care.assignment, p_organisation bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN l.organisation_id = p_organisation AND l.recorded_by IS NOT NULL AND l.rule <> 'insurer';

-- A 担当 that never was. Those it had put an end to are in force again.
CREATE FUNCTION gate.correct_assignment(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE care.assignment AS l
       SET mistaken_at = c.now, ended_at = least(l.ended_at, c.now), ended_by = coalesce(l.ended_by, c.account_id),
           ended_org = coalesce(l.ended_org, c.organisation_id), end_reason = coalesce(l.end_reason, 'mistake')
     WHERE l.insured_key = p_key AND l.id = p_number AND gate.is_own_registration(l, c.organisation_id)
       AND l.mistaken_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE care.assignment AS l
       SET viewing_to = l.viewing_to_before, viewing_to_before = NULL, ended_at = NULL, ended_by = NULL,
           end_reason = NULL, ended_for = NULL
     WHERE l.insured_key = p_key AND l.ended_for = p_number AND l.mistaken_at IS NULL;
    RETURN true;
END $$;

-- An end that the own organisation recorded by hand, of all the 担当 that act ended. Not where, under an exclusive
-- policy, another office has taken the place since.
CREATE FUNCTION gate.correct_ending(c gate.context, p_key bigint, p_number bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_policy public.assignment_policy := gate.assignment_policy(care.insurer_no(p_key), c.today);
BEGIN
    UPDATE care.assignment AS l SET ended_at = NULL, ended_by = NULL, ended_org = NULL, end_reason = NULL
     WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id
       AND l.ended_at = (SELECT x.ended_at FROM care.assignment AS x WHERE x.insured_key = p_key AND x.id = p_number)
       AND l.ended_org = c.organisation_id AND l.mistaken_at IS NULL
       AND NOT (coalesce(v_policy.exclusivity = 'groups', false) AND EXISTS (
           SELECT 1 FROM care.assignment AS o
            WHERE o.insured_key = p_key AND o.organisation_id <> c.organisation_id AND o.ended_at IS NULL
              AND (o.viewing_to IS NULL OR o.viewing_to > c.today)
              AND gate.group_of(v_policy, o.organisation_id, o.capacity, c.today)
                  = gate.group_of(v_policy, l.organisation_id, l.capacity, c.today)));
    RETURN FOUND;
END $$;

-- p: subject (assignment, ending), number (of an ending also NULL: the last one), reason. The 担当 need
-- not be in force: an ending is taken back afterwards.
CREATE FUNCTION gate.decide_assignment_correct(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                               INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_subject text := p ->> 'subject';
    p_number bigint := (p ->> 'number')::bigint;
    v_reason text := gate.written(p ->> 'reason');
    v_was jsonb;
    v_done boolean;
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    IF p_number IS NULL AND p_subject = 'ending' THEN
        SELECT l.id INTO p_number FROM care.assignment AS l
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.ended_org = c.organisation_id
           AND l.mistaken_at IS NULL AND l.ended_at IS NOT NULL
         ORDER BY l.ended_at DESC, l.id DESC LIMIT 1;
    END IF;
    v_was := (SELECT jsonb_build_object('ended_at', l.ended_at, 'end_reason', l.end_reason, 'ended_by', l.ended_by)
                FROM care.assignment AS l
               WHERE l.insured_key = p_key AND l.id = p_number AND l.organisation_id = c.organisation_id);
    IF v_was IS NULL THEN
        refusal := 'assignment:none';
    ELSIF v_reason = '' THEN
        refusal := 'assignment:no_reason';
    ELSE
        v_done := CASE p_subject WHEN 'assignment' THEN gate.correct_assignment(c, p_key, p_number)
                                 WHEN 'ending'     THEN gate.correct_ending(c, p_key, p_number)
                                 ELSE false END;
        IF v_done THEN
            PERFORM gate.note_correction(p_key, p_subject, p_number, v_reason, v_was, c.organisation_id, c.account_id);
        ELSE
            refusal := 'assignment:not_correctable';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
    d.assignment_id := CASE WHEN refusal IS NULL THEN p_number END;
END $$;

-- p: number (of the confirmation), reason.
CREATE FUNCTION gate.decide_identity_correct(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_number bigint := (p ->> 'number')::bigint;
    v_reason text := gate.written(p ->> 'reason');
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), CASE WHEN v_reason = '' THEN 'assignment:no_reason' END);
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        d.assignment_id := gate.basis(c, p_key);
        IF gate.correct_confirmation(c, p_key, p_number) THEN
            PERFORM gate.note_correction(p_key, 'identity', p_number, v_reason, NULL, c.organisation_id, c.account_id);
        ELSE
            refusal := 'assignment:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
END $$;
