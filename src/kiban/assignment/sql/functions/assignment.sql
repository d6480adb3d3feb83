-- 本人確認 and 担当: registering, going on, handing over, ending -----------------------------------------------------------

-- The policy an insurer's people fall under on a day: its own newest, else the installation's.
CREATE FUNCTION gate.assignment_policy(p_insurer_no text, p_today date) RETURNS public.assignment_policy
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.*
  FROM public.assignment_policy AS x
  LEFT JOIN public.registry_insurer AS n ON n.id = x.insurer_id
 WHERE x.starts_on <= p_today AND (x.insurer_id IS NULL OR n.number = p_insurer_no)
 ORDER BY x.insurer_id IS NULL, x.version DESC
 LIMIT 1
$$;

-- The first day on which nothing is shown any more, when the service was last known to go on in that month.
CREATE FUNCTION gate.viewing_end(p_month date, p_months integer) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN (date_trunc('month', p_month::timestamp) + make_interval(months => p_months + 1))::date;

-- Services whose offices make a person's plan: 居宅介護支援, 介護予防支援, 介護予防ケアマネジメント.
CREATE FUNCTION gate.plan_services() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN ARRAY['43', '46', 'AF'];

CREATE FUNCTION gate.makes_plans(p_organisation bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM public.registry_organisationservice AS s
                WHERE s.organisation_id = p_organisation AND s.service_id = ANY (gate.plan_services())
                  AND s.starts_on <= p_day AND (s.ends_on IS NULL OR s.ends_on > p_day))
$$;

-- In which group (居宅介護支援・施設, 地域包括支援センター) a 担当 takes the one place; NULL: in none. An office that makes
-- plans takes it with the plan only, a facility whenever the person is in its care.
CREATE FUNCTION gate.group_of(p_policy public.assignment_policy, p_organisation bigint, p_capacity text,
                              p_today date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT g.key
  FROM jsonb_each(p_policy.groups) AS g
  JOIN public.registry_organisationservice AS s ON g.value ? s.service_id::text
 WHERE s.organisation_id = p_organisation AND s.starts_on <= p_today AND (s.ends_on IS NULL OR s.ends_on > p_today)
   AND p_capacity IN ('plan', 'service')
   AND (p_capacity = 'plan' OR s.service_id <> ALL (gate.plan_services()))
 ORDER BY g.key LIMIT 1
$$;

-- Others' 担当 ends on the day the new one begins: now, or later and then not before.
CREATE FUNCTION gate.end_from(c gate.context, p_key bigint, p_numbers bigint[], p_on date, p_reason text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
UPDATE care.assignment AS l
   SET viewing_to = CASE WHEN f.later THEN least(l.viewing_to, p_on) ELSE l.viewing_to END,
       ended_at = CASE WHEN NOT f.later THEN c.now END, ended_by = c.account_id, end_reason = p_reason
  FROM (SELECT x.id, p_on > c.today AND x.viewing_from < p_on AS later
          FROM care.assignment AS x WHERE x.insured_key = p_key AND x.id = ANY (p_numbers)) AS f
 WHERE l.insured_key = p_key AND l.id = f.id AND l.ended_at IS NULL
   AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
$$;

-- Under an exclusive policy the new office takes the place of the one of its group. The other group keeps its right,
-- unless 要介護度 now belongs to the new office's group: the side that lost keeps the right until the side that gained
-- has it. p_spared: organisations whose end was settled already, by a hand-over.
CREATE FUNCTION gate.apply_policy(c gate.context, p_key bigint, p_organisation bigint, p_capacity text, p_from date,
                                  p_spared bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_policy public.assignment_policy := gate.assignment_policy(care.insurer_no(p_key), c.today);
    v_group text;
    v_level text;
BEGIN
    IF v_policy.exclusivity IS DISTINCT FROM 'groups' THEN
        RETURN;
    END IF;
    v_group := gate.group_of(v_policy, p_organisation, p_capacity, c.today);
    IF v_group IS NULL THEN
        RETURN;
    END IF;
    SELECT k.content ->> 'care_level' INTO v_level
      FROM gate.current_content(p_key, 'insurance_card.card', c.today) AS k;
    PERFORM gate.end_from(c, p_key, array_agg(l.id), p_from, 'policy')
       FROM care.assignment AS l
      WHERE l.insured_key = p_key AND l.organisation_id <> p_organisation AND l.organisation_id <> ALL (p_spared)
        AND l.ended_at IS NULL
        AND CASE gate.group_of(v_policy, l.organisation_id, l.capacity, c.today)
                WHEN v_group   THEN true
                WHEN 'support' THEN v_group = 'care' AND v_level BETWEEN '21' AND '25'
                WHEN 'care'    THEN v_group = 'support' AND v_level IN ('06', '12', '13')
                ELSE false END;
END $$;

-- The assignment itself: one that goes on is lengthened, else one is made. Then what hangs on it: hand-over and policy.
CREATE FUNCTION gate.set_assignment(c gate.context, p_key bigint, p_capacity text, p_from date, p_to date, p_rule text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_is_new boolean;
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
                      recorded_by = excluded.recorded_by, rule = excluded.rule;
    END IF;
    IF p_capacity = 'plan' THEN
        FOR h IN UPDATE care.handover AS x SET done_at = c.now
                  WHERE x.insured_key = p_key AND x.to_id = c.organisation_id
                    AND x.withdrawn_at IS NULL AND x.done_at IS NULL
                 RETURNING x.from_id, x.starts_on
        LOOP
            v_handed := v_handed || h.from_id;
            PERFORM gate.end_from(c, p_key, array_agg(l.id), h.starts_on, 'handover')
               FROM care.assignment AS l
              WHERE l.insured_key = p_key AND l.organisation_id = h.from_id AND l.capacity = 'plan';
        END LOOP;
    END IF;
    IF v_is_new THEN
        PERFORM gate.apply_policy(c, p_key, c.organisation_id, p_capacity, p_from, v_handed);
    END IF;
END $$;

-- The person four identifying items or a card speak of: a miss tells nothing but that. After ten misses in ten
-- minutes an account must wait: the door is not for guessing.
CREATE FUNCTION gate.too_many_misses(c gate.context) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.one_at_a_time('misses ' || c.account_id);  -- not ten at once either
    RETURN (SELECT count(*) >= 10 FROM care.access_log AS x
             WHERE x.insured_key = 0 AND x.at > c.now - interval '10 minutes'
               AND x.action IN ('assignment:register', 'emergency:open') AND x.account_id = c.account_id
               AND x.decisions[1] ~ 'assignment:(no_match|card_of_other)$');
END $$;

CREATE FUNCTION gate.person_of(p_insurer_no text, p_insured_no text, p_birth date, p_sex text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN p_insurer_no ~ '^[0-9]{6}$' AND p_insured_no ~ '^[0-9H][0-9]{9}$' THEN
    (SELECT p.insured_key FROM care.person AS p
      WHERE p.insured_key = care.insured_key(p_insurer_no, p_insured_no) AND p.birth = p_birth AND p.sex = p_sex) END
$$;

-- A card proof of this session, not older than ten minutes and not used; held until the transaction ends.
CREATE FUNCTION gate.proof(c gate.context, p_proof text) RETURNS public.assignment_cardproof
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
SELECT x.* FROM public.assignment_cardproof AS x
 WHERE x.nonce = p_proof AND x.session = c.session AND x.used_at IS NULL AND x.made_at > c.now - interval '10 minutes'
   FOR UPDATE
$$;

CREATE FUNCTION gate.register_assignment(p_session text, p_certificate text, p_purpose text, p_insurer_no text,
                                       p_insured_no text, p_birth date, p_sex text, p_method text, p_place text,
                                       p_document text, p_proof text, p_capacity text, p_viewing_from date,
                                       p_viewing_to date, OUT result text, OUT insured_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
    v_by_card boolean := p_method = 'card' AND p_insured_no IS NULL;
    v_key bigint;
    v_proof public.assignment_cardproof;
    v_policy public.assignment_policy;
    v_end date;
BEGIN
    IF v_refusal IS NULL AND (c.organisation_kind <> 'office' OR p_capacity IS NULL
            OR p_capacity NOT IN ('plan', 'service')
            OR (p_capacity = 'plan' AND NOT gate.makes_plans(c.organisation_id, c.today))) THEN
        v_refusal := 'assignment:other_capacity';
    END IF;
    IF v_refusal IS NULL AND (p_method IS NULL OR p_method NOT IN ('card', 'four_items', 'visual')
            OR p_place IS NULL OR p_place NOT IN ('office', 'visit', 'facility', 'other')) THEN
        v_refusal := 'assignment:unknown_method';
    END IF;
    IF v_refusal IS NULL AND (p_viewing_from IS NULL OR p_viewing_from > c.today + interval '3 months'
                              OR p_viewing_to <= p_viewing_from OR p_viewing_to <= c.today) THEN
        v_refusal := 'assignment:bad_period';
    END IF;
    IF v_refusal IS NULL AND p_method = 'card' THEN
        v_proof := gate.proof(c, p_proof);
        IF v_proof.nonce IS NULL THEN
            v_refusal := 'assignment:no_proof';
        ELSE
            PERFORM gate.one_at_a_time('card ' || v_proof.serial || ' ' || v_proof.issuer);
        END IF;
    END IF;
    IF v_refusal IS NULL AND v_by_card THEN
        SELECT x.insured_key INTO v_key FROM care.card AS x
         WHERE x.serial = v_proof.serial AND x.issuer = v_proof.issuer;
        v_refusal := CASE WHEN v_key IS NULL THEN 'assignment:card_unknown' END;
    END IF;
    IF v_refusal IS NULL THEN
        -- Before the items are compared: a period that cannot be must not tell whether they were right.
        v_policy := gate.assignment_policy(coalesce(care.insurer_no(v_key), p_insurer_no), c.today);
        v_end := gate.viewing_end(greatest(p_viewing_from, c.today), v_policy.months);
        IF v_end IS NULL OR p_viewing_to > v_end THEN
            v_refusal := 'assignment:period_too_long';
        END IF;
    END IF;
    IF v_refusal IS NULL AND NOT v_by_card THEN
        IF gate.too_many_misses(c) THEN
            v_refusal := 'assignment:too_many_misses';
        ELSE
            v_key := gate.person_of(p_insurer_no, p_insured_no, p_birth, p_sex);
            v_refusal := CASE
                WHEN v_key IS NULL THEN 'assignment:no_match'
                WHEN EXISTS (SELECT 1 FROM care.card AS x
                              WHERE x.serial = v_proof.serial AND x.issuer = v_proof.issuer
                                AND x.insured_key <> v_key) THEN 'assignment:card_of_other' END;
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || v_key);
        IF p_method = 'card' THEN
            UPDATE public.assignment_cardproof SET used_at = c.now WHERE nonce = v_proof.nonce;
            INSERT INTO care.card (insured_key, issuer, serial, organisation_id, bound_by)
            VALUES (v_key, v_proof.issuer, v_proof.serial, c.organisation_id, c.account_id)
            ON CONFLICT DO NOTHING;
        END IF;
        INSERT INTO care.confirmation (insured_key, organisation_id, confirmed_on, method, place, document, revocation,
                                       recorded_by)
        VALUES (v_key, c.organisation_id, c.today, p_method, p_place, coalesce(p_document, ''), v_proof.revocation,
                c.account_id);
        INSERT INTO care.identity AS d (insured_key, organisation_id, confirmed_on, method, recorded_by)
        VALUES (v_key, c.organisation_id, c.today, p_method, c.account_id)
        ON CONFLICT (insured_key, organisation_id) DO UPDATE
            SET method = CASE d.method WHEN 'card' THEN d.method ELSE excluded.method END,
                confirmed_on = least(d.confirmed_on, excluded.confirmed_on);
        PERFORM gate.set_assignment(c, v_key, p_capacity, p_viewing_from, coalesce(p_viewing_to, v_end),
                                  v_policy.id::text);
    END IF;
    result := gate.note('assignment:register', c, CASE WHEN v_refusal IS NULL THEN v_key ELSE 0 END, v_refusal,
                        CASE WHEN v_refusal IS NULL THEN 'method=' || p_method || ';place=' || p_place ELSE '' END);
    insured_key := CASE WHEN v_refusal IS NULL THEN v_key END;
END $$;

CREATE FUNCTION gate.end_assignment(p_session text, p_certificate text, p_key bigint, p_purpose text, p_reason text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL AND (p_reason IS NULL
                              OR p_reason NOT IN ('ended', 'moved', 'facility', 'died', 'mistake')) THEN
        v_refusal := 'assignment:unknown_reason';
    END IF;
    IF v_refusal IS NULL THEN
        UPDATE care.assignment AS l SET ended_at = c.now, ended_by = c.account_id, end_reason = p_reason
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.ended_at IS NULL
           AND (l.viewing_to IS NULL OR l.viewing_to > c.today);
        IF NOT FOUND THEN
            v_refusal := 'assignment:none';
        END IF;
    END IF;
    RETURN gate.note('assignment:end', c, p_key, v_refusal);
END $$;

-- Whether a 担当 is one whose viewing period may be renewed: in force, identity confirmed, its end not settled otherwise
-- (handed over, taken by another office), and not the insurer's question for an opinion. (Without SET, so that the
-- planner inlines it.)
CREATE FUNCTION gate.goes_on(l care.assignment, p_today date) RETURNS boolean
LANGUAGE sql STABLE AS $$
SELECT l.ended_at IS NULL AND l.end_reason IS NULL AND l.capacity <> 'opinion' AND l.viewing_from <= p_today
   AND (l.viewing_to IS NULL OR l.viewing_to > p_today)
   AND EXISTS (SELECT 1 FROM care.identity AS d
                WHERE d.insured_key = l.insured_key AND d.organisation_id = l.organisation_id
                  AND d.confirmed_on <= p_today)
$$;

-- The viewing period goes on: the service was given in that month. Renewing twice changes nothing.
CREATE FUNCTION gate.renew_assignment(p_key bigint, p_organisation bigint, p_month date, p_source text,
                                      p_account bigint,
                                    p_today date) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_to date := gate.viewing_end(p_month, (gate.assignment_policy(care.insurer_no(p_key), p_today)).months);
    l care.assignment;
    v_found boolean := false;
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    FOR l IN SELECT x.* FROM care.assignment AS x
              WHERE x.insured_key = p_key AND x.organisation_id = p_organisation AND gate.goes_on(x, p_today)
    LOOP
        v_found := true;
        INSERT INTO care.continuation (insured_key, assignment_id, organisation_id, month, source, viewing_before,
                                       viewing_to, recorded_by)
        VALUES (p_key, l.id, p_organisation, p_month, p_source, l.viewing_to, greatest(l.viewing_to, v_to), p_account)
        ON CONFLICT DO NOTHING;
        IF FOUND AND l.viewing_to < v_to THEN
            UPDATE care.assignment SET viewing_to = v_to WHERE insured_key = p_key AND id = l.id;
        END IF;
    END LOOP;
    RETURN v_found;
END $$;

-- The administrator confirms, once a month, for whom the service went on. All or none.
CREATE FUNCTION gate.continue_assignments(p_session text, p_certificate text, p_purpose text, p_keys bigint[],
                                        p_month date)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(c.standing[1],
                               CASE WHEN NOT gate.administers(c.level) THEN 'role:not_administrator' END);
    v_keys bigint[] := ARRAY(SELECT DISTINCT k.key FROM unnest(p_keys) AS k(key) ORDER BY k.key);
    v_key bigint;
BEGIN
    IF v_refusal IS NULL AND (p_month IS NULL OR extract(day FROM p_month) <> 1 OR p_month > c.today
                              OR p_month < c.today - interval '3 months') THEN
        v_refusal := 'assignment:bad_period';
    END IF;
    IF v_refusal IS NULL AND cardinality(v_keys) NOT BETWEEN 1 AND 500 THEN
        v_refusal := 'assignment:none';
    END IF;
    IF v_refusal IS NULL AND EXISTS (
            SELECT 1 FROM unnest(v_keys) AS k(key)
             WHERE NOT EXISTS (SELECT 1 FROM care.assignment AS x
                                WHERE x.insured_key = k.key AND x.organisation_id = c.organisation_id
                                  AND gate.goes_on(x, c.today))) THEN
        v_refusal := 'assignment:none';
    END IF;
    IF v_refusal IS NULL THEN
        FOREACH v_key IN ARRAY v_keys LOOP
            PERFORM gate.renew_assignment(v_key, c.organisation_id, p_month, 'confirmed', c.account_id, c.today);
        END LOOP;
    END IF;
    RETURN gate.note('assignment:continue', c, 0, v_refusal, 'month=' || coalesce(to_char(p_month, 'YYYY-MM'), ''),
                     CASE WHEN v_refusal IS NULL THEN v_keys ELSE '{}' END);
END $$;

CREATE FUNCTION gate.offer_handover(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                    p_to_number text, p_starts_on date, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
    v_to bigint;
BEGIN
    IF v_refusal IS NULL AND NOT EXISTS (
            SELECT 1 FROM care.assignment AS l
             WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.capacity = 'plan'
               AND l.ended_at IS NULL AND l.viewing_from <= c.today
               AND (l.viewing_to IS NULL OR l.viewing_to > c.today)) THEN
        v_refusal := 'assignment:other_capacity';
    END IF;
    IF v_refusal IS NULL AND (p_starts_on IS NULL OR p_starts_on < c.today
                              OR p_starts_on > c.today + interval '3 months') THEN
        v_refusal := 'assignment:bad_period';
    END IF;
    IF v_refusal IS NULL THEN
        SELECT o.id INTO v_to FROM public.registry_organisation AS o
         WHERE o.kind = 'office' AND o.number = p_to_number AND o.id <> c.organisation_id
           AND (o.ended_on IS NULL OR o.ended_on > p_starts_on) AND gate.makes_plans(o.id, p_starts_on);
        IF v_to IS NULL THEN
            v_refusal := 'assignment:unknown_office';
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.handover (insured_key, from_id, to_id, starts_on, note, offered_by)
        VALUES (p_key, c.organisation_id, v_to, p_starts_on, coalesce(p_note, ''), c.account_id)
        ON CONFLICT (insured_key, from_id) WHERE withdrawn_at IS NULL AND done_at IS NULL DO NOTHING;
        IF NOT FOUND THEN
            v_refusal := 'assignment:offered_already';
        END IF;
    END IF;
    RETURN gate.note('handover:offer', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.withdraw_offer(p_session text, p_certificate text, p_key bigint, p_purpose text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.handover AS h SET withdrawn_at = c.now
         WHERE h.insured_key = p_key AND h.from_id = c.organisation_id AND h.withdrawn_at IS NULL
           AND h.done_at IS NULL;
        IF NOT FOUND THEN
            v_refusal := 'assignment:none';
        END IF;
    END IF;
    RETURN gate.note('handover:withdraw', c, p_key, v_refusal);
END $$;

-- The insurer itself may grant or take away at any time (its own insured only).
CREATE FUNCTION gate.grant_assignment(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                    p_organisation_number text, p_capacity text, p_viewing_from date,
                                    p_viewing_to date)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               CASE WHEN c.organisation_kind <> 'municipality' THEN 'role:not_insurer' END);
    v_to bigint;
BEGIN
    IF v_refusal IS NULL AND (p_viewing_from IS NULL OR p_viewing_to IS NULL OR p_viewing_to <= p_viewing_from
                              OR p_viewing_to <= c.today) THEN
        v_refusal := 'assignment:bad_period';
    END IF;
    IF v_refusal IS NULL AND (p_capacity IS NULL OR p_capacity NOT IN ('plan', 'service', 'opinion')) THEN
        v_refusal := 'assignment:other_capacity';
    END IF;
    IF v_refusal IS NULL THEN
        SELECT o.id INTO v_to FROM public.registry_organisation AS o
         WHERE o.number = p_organisation_number
           AND o.kind = CASE p_capacity WHEN 'opinion' THEN 'medical' ELSE 'office' END
           AND (o.ended_on IS NULL OR o.ended_on > c.today);
        IF v_to IS NULL THEN
            v_refusal := 'assignment:unknown_office';
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        INSERT INTO care.assignment AS l (insured_key, organisation_id, capacity, viewing_from, viewing_to, recorded_by,
                                        rule)
        VALUES (p_key, v_to, p_capacity, p_viewing_from, p_viewing_to, c.account_id, 'insurer')
        ON CONFLICT (insured_key, organisation_id, capacity, viewing_from)
        DO UPDATE SET viewing_to = excluded.viewing_to, ended_at = NULL, ended_by = NULL, end_reason = NULL,
                      rule = excluded.rule;
        PERFORM gate.apply_policy(c, p_key, v_to, p_capacity, p_viewing_from, '{}');
    END IF;
    RETURN gate.note('assignment:grant', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.revoke_assignment(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                     p_organisation_number text, p_reason text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               CASE WHEN c.organisation_kind <> 'municipality' THEN 'role:not_insurer' END);
BEGIN
    IF v_refusal IS NULL AND (p_reason IS NULL
                              OR p_reason NOT IN ('ended', 'moved', 'facility', 'died', 'mistake')) THEN
        v_refusal := 'assignment:unknown_reason';
    END IF;
    IF v_refusal IS NULL THEN
        UPDATE care.assignment AS l SET ended_at = c.now, ended_by = c.account_id, end_reason = p_reason
         WHERE l.insured_key = p_key AND l.ended_at IS NULL AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
           AND l.organisation_id IN (SELECT o.id FROM public.registry_organisation AS o
                                      WHERE o.number = p_organisation_number);
        IF NOT FOUND THEN
            v_refusal := 'assignment:none';
        END IF;
    END IF;
    RETURN gate.note('assignment:revoke', c, p_key, v_refusal);
END $$;

-- A person's 担当 as far as the caller may know it: an office sees its own, the insurer all (gate.read).
CREATE FUNCTION gate.answer_assignment(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth, 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = r.insured_key),
    'assignments', (SELECT coalesce(json_agg(json_build_object(
                      'number', l.id, 'organisation', o.name, 'organisation_number', o.number, 'capacity', l.capacity,
                      'viewing_from', l.viewing_from, 'viewing_to', l.viewing_to, 'ended_at', l.ended_at,
                      'end_reason', l.end_reason, 'account', a.name, 'recorded_at', l.recorded_at,
                      'continued', (SELECT json_agg(json_build_object('month', k.month, 'source', k.source,
                                                                      'account', b.name, 'at', k.recorded_at)
                                                    ORDER BY k.month DESC)
                                      FROM care.continuation AS k
                                      LEFT JOIN public.staff_account AS b ON b.id = k.recorded_by
                                     WHERE k.insured_key = l.insured_key AND k.assignment_id = l.id))
                      ORDER BY l.id DESC), '[]')
                    FROM care.assignment AS l
                    JOIN public.registry_organisation AS o ON o.id = l.organisation_id
                    LEFT JOIN public.staff_account AS a ON a.id = l.recorded_by
                   WHERE l.insured_key = r.insured_key
                     AND (l.organisation_id = r.organisation_id OR r.detail = 'all')),
    'confirmations', (SELECT coalesce(json_agg(json_build_object(
                      'confirmed_on', x.confirmed_on, 'method', x.method, 'place', x.place, 'document', x.document,
                      'revocation', x.revocation, 'account', a.name) ORDER BY x.id DESC), '[]')
                        FROM care.confirmation AS x
                        LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                       WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id),
    'handover', (SELECT json_build_object('to', o.name, 'to_number', o.number, 'starts_on', h.starts_on,
                                          'offered_at', h.offered_at, 'note', h.note)
                   FROM care.handover AS h JOIN public.registry_organisation AS o ON o.id = h.to_id
                  WHERE h.insured_key = r.insured_key AND h.from_id = r.organisation_id
                    AND h.withdrawn_at IS NULL AND h.done_at IS NULL),
    'policy', (SELECT json_build_object('months', x.months, 'exclusivity', x.exclusivity, 'source', x.source,
                                        'is_confirmed', x.is_confirmed)
                 FROM gate.assignment_policy(care.insurer_no(r.insured_key),
                                      (r.at AT TIME ZONE 'Asia/Tokyo')::date) AS x))
$$;

-- Whose viewing period ends before a day, with the last month it was known to go on.
CREATE FUNCTION gate.answer_lapsing(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('people', coalesce(json_agg(json_build_object(
           'key', p.insured_key, 'name', p.name, 'kana', p.kana, 'capacity', l.capacity,
           'viewing_from', l.viewing_from, 'viewing_to', l.viewing_to, 'last_month', k.month, 'source', k.source)
           ORDER BY l.viewing_to, p.kana_key, p.insured_key), '[]'))
  FROM care.assignment AS l
  JOIN care.person AS p ON p.insured_key = l.insured_key
  LEFT JOIN LATERAL (SELECT x.month, x.source FROM care.continuation AS x
                      WHERE x.insured_key = l.insured_key AND x.assignment_id = l.id
                      ORDER BY x.month DESC, x.id DESC LIMIT 1) AS k ON true
 WHERE l.organisation_id = r.organisation_id AND l.insured_key = ANY (r.persons)
   AND gate.goes_on(l, (r.at AT TIME ZONE 'Asia/Tokyo')::date)
   AND l.viewing_to <= substring(r.detail FROM 'until=([-0-9]+)')::date
$$;

-- What other offices want to hand over to this one: not whom, before this office has confirmed identity itself.
CREATE FUNCTION gate.answer_offers(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('offers', coalesce(json_agg(json_build_object(
           'number', h.id, 'from_name', o.name, 'from_number', o.number, 'offered_at', h.offered_at,
           'starts_on', h.starts_on, 'insurer_name', n.name) ORDER BY h.offered_at), '[]'))
  FROM care.handover AS h
  JOIN public.registry_organisation AS o ON o.id = h.from_id
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(h.insured_key)
 WHERE h.to_id = r.organisation_id AND h.withdrawn_at IS NULL AND h.done_at IS NULL
$$;
