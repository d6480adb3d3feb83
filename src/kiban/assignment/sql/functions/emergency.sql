-- 緊急時の閲覧 --------------------------------------------------------------------------------------------------------------
-- Off unless the insurer decided it and the organisation switched it on. It stands in for assignment and consent only:
-- role, municipality and the caller's standing are asked as ever. It ends by itself and has to be reviewed.

CREATE FUNCTION gate.emergency_rule(p_insurer_no text, p_today date) RETURNS public.assignment_emergencyrule
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.*
  FROM public.assignment_emergencyrule AS x
  JOIN public.registry_insurer AS n ON n.id = x.insurer_id
 WHERE n.number = p_insurer_no AND x.starts_on <= p_today AND (x.ends_on IS NULL OR x.ends_on > p_today)
 ORDER BY x.id DESC LIMIT 1
$$;

CREATE FUNCTION gate.open_emergency(p_session text, p_certificate text, p_purpose text, p_insurer_no text,
                                    p_insured_no text, p_birth date, p_sex text, p_reason text,
                                    OUT result text, OUT insured_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
    v_key bigint;
    v_rule public.assignment_emergencyrule;
    v_id bigint;
BEGIN
    IF v_refusal IS NULL AND (c.organisation_kind = 'municipality' OR NOT EXISTS (
            SELECT 1 FROM public.assignment_emergencyswitch AS s
             WHERE s.organisation_id = c.organisation_id AND s.turned_off_at IS NULL)) THEN
        v_refusal := 'emergency:off_office';
    END IF;
    IF v_refusal IS NULL AND length(gate.written(p_reason)) NOT BETWEEN 10 AND 500 THEN
        v_refusal := 'emergency:no_reason';
    END IF;
    IF v_refusal IS NULL THEN
        -- By the number alone: whether there is such a person is not told where nothing may be opened.
        v_rule := gate.emergency_rule(p_insurer_no, c.today);
        v_refusal := CASE WHEN v_rule.id IS NULL THEN 'emergency:off_insurer' END;
    END IF;
    IF v_refusal IS NULL AND gate.too_many_misses(c) THEN
        v_refusal := 'assignment:too_many_misses';
    END IF;
    IF v_refusal IS NULL THEN
        v_key := gate.person_of(p_insurer_no, p_insured_no, p_birth, p_sex);
        v_refusal := CASE WHEN v_key IS NULL THEN 'assignment:no_match' END;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.emergency AS e (insured_key, organisation_id, account_id, terminal, reason, opened_at, ends_at,
                                         review_by)
        VALUES (v_key, c.organisation_id, c.account_id, c.certificate, gate.written(p_reason), c.now,
                c.now + make_interval(hours => v_rule.hours), c.today + v_rule.review_days)
        RETURNING e.id INTO v_id;
    END IF;
    -- Of a miss the log keeps no person, as for a registration.
    result := gate.note('emergency:open', c, CASE WHEN v_refusal IS NULL THEN v_key ELSE 0 END, v_refusal,
                        coalesce('emergency=' || v_id, ''));
    insured_key := CASE WHEN v_refusal IS NULL THEN v_key END;
END $$;

-- The administrators of the organisation look through what was opened so. Nobody passes judgement on the own act, nor
-- on that of somebody in whose place they stand.
CREATE FUNCTION gate.review_emergency(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                      p_number bigint, p_verdict text, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(c.standing[1],
                               CASE WHEN NOT gate.administers(c.level) THEN 'role:not_administrator' END);
BEGIN
    IF v_refusal IS NULL AND (p_verdict IS NULL OR p_verdict NOT IN ('proper', 'improper', 'unclear')
                              OR length(gate.written(p_note)) NOT BETWEEN 1 AND 500) THEN
        v_refusal := 'emergency:no_verdict';
    END IF;
    IF v_refusal IS NULL AND EXISTS (SELECT 1 FROM care.emergency AS e
                                      WHERE e.insured_key = p_key AND e.id = p_number
                                        AND (e.account_id = c.account_id
                                             OR e.account_id IN (SELECT d.absent_id FROM public.staff_delegation AS d
                                                                  WHERE d.id = c.delegation_id))) THEN
        v_refusal := 'emergency:own_act';
    END IF;
    IF v_refusal IS NULL THEN
        UPDATE care.emergency AS e
           SET reviewed_at = c.now, reviewed_by = c.account_id, verdict = p_verdict, note = gate.written(p_note)
         WHERE e.insured_key = p_key AND e.id = p_number AND e.reviewed_at IS NULL
           AND (e.organisation_id = c.organisation_id
                OR (c.organisation_kind = 'municipality' AND c.organisation_number = care.insurer_no(e.insured_key)));
        IF NOT FOUND THEN
            v_refusal := 'emergency:none';
        END IF;
    END IF;
    RETURN gate.note('emergency:review', c, p_key, v_refusal, 'emergency=' || coalesce(p_number, 0));
END $$;

CREATE FUNCTION gate.switch_emergency(p_session text, p_certificate text, p_purpose text, p_on boolean)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(c.standing[1],
                               CASE WHEN NOT gate.administers(c.level) THEN 'role:not_administrator' END);
BEGIN
    IF v_refusal IS NULL AND p_on THEN
        INSERT INTO public.assignment_emergencyswitch (organisation_id, turned_on_at, turned_on_by)
        VALUES (c.organisation_id, c.now, c.account_id) ON CONFLICT DO NOTHING;
    ELSIF v_refusal IS NULL THEN
        UPDATE public.assignment_emergencyswitch SET turned_off_at = c.now, turned_off_by = c.account_id
         WHERE organisation_id = c.organisation_id AND turned_off_at IS NULL;
    END IF;
    RETURN gate.note('emergency:switch', c, 0, v_refusal, 'on=' || coalesce(p_on, false));
END $$;

-- The openings of the own organisation; for a municipality those about its insured, by whomever.
CREATE FUNCTION gate.answer_emergency_list(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('emergencies', coalesce(json_agg(json_build_object(
           'number', e.id, 'key', e.insured_key, 'name', p.name, 'account', a.name, 'terminal', m.name,
           'organisation', o.name, 'reason', e.reason, 'opened_at', e.opened_at, 'ends_at', e.ends_at,
           'review_by', e.review_by, 'reviewed_at', e.reviewed_at, 'reviewer', b.name, 'verdict', e.verdict,
           'note', e.note, 'refused', EXISTS (
               SELECT 1 FROM care.refusal AS x
                WHERE x.insured_key = e.insured_key AND x.recorded_at <= e.opened_at
                  AND (x.ended_at IS NULL OR x.ended_at > e.opened_at)),
           'own_act', e.account_id = r.account_id) ORDER BY e.opened_at DESC), '[]'))
  FROM care.emergency AS e
  JOIN care.person AS p ON p.insured_key = e.insured_key
  JOIN public.staff_account AS a ON a.id = e.account_id
  JOIN public.registry_organisation AS o ON o.id = e.organisation_id
  LEFT JOIN public.staff_account AS b ON b.id = e.reviewed_by
  LEFT JOIN public.terminals_certificate AS f ON f.fingerprint = e.terminal
  LEFT JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
 WHERE e.insured_key = ANY (r.persons)
   AND e.id = ANY (string_to_array(substring(r.detail FROM 'emergencies=([0-9,]*)'), ',')::bigint[])
$$;

CREATE FUNCTION gate.ask_emergency_list(c gate.context, p_key bigint, p jsonb, INOUT r care.access_log,
                                        OUT refusal text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := coalesce(c.standing[1], CASE WHEN NOT gate.administers(c.level) THEN 'role:not_administrator' END);
    IF refusal IS NULL THEN
        SELECT coalesce(array_agg(DISTINCT e.insured_key), '{}'),
               'emergencies=' || coalesce(string_agg(e.id::text, ','), '')
          INTO r.persons, r.detail
          FROM care.emergency AS e
         WHERE (NOT (p ->> 'pending')::boolean OR e.reviewed_at IS NULL)
           AND CASE c.organisation_kind
                   WHEN 'municipality' THEN care.insurer_no(e.insured_key) = c.organisation_number
                   ELSE e.organisation_id = c.organisation_id END;
    END IF;
END $$;
