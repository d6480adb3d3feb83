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

CREATE FUNCTION gate.decide_emergency_open(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_reason text := p ->> 'reason';
    v_key bigint;
    v_rule public.assignment_emergencyrule;
BEGIN
    IF c.organisation_kind = 'municipality' OR NOT EXISTS (
            SELECT 1 FROM public.assignment_emergencyswitch AS s
             WHERE s.organisation_id = c.organisation_id AND s.turned_off_at IS NULL) THEN
        refusal := 'emergency:off_office';
    END IF;
    IF refusal IS NULL AND length(gate.written(p_reason)) NOT BETWEEN 10 AND 500 THEN
        refusal := 'emergency:no_reason';
    END IF;
    IF refusal IS NULL THEN
        -- By the number alone: whether there is such a person is not told where nothing may be opened.
        v_rule := gate.emergency_rule(p ->> 'insurer_no', c.today);
        refusal := CASE WHEN v_rule.id IS NULL THEN 'emergency:off_insurer' END;
    END IF;
    IF refusal IS NULL AND gate.too_many_misses(c) THEN
        refusal := 'assignment:too_many_misses';
    END IF;
    IF refusal IS NULL THEN
        v_key := gate.person_of(p ->> 'insurer_no', p ->> 'insured_no', p ->> 'birth', p ->> 'sex');
        refusal := CASE WHEN v_key IS NULL THEN 'assignment:no_match' END;
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.emergency AS e (insured_key, organisation_id, account_id, terminal, reason, opened_at, ends_at,
                                         review_by)
        VALUES (v_key, c.organisation_id, c.account_id, c.certificate, gate.written(p_reason), c.now,
                c.now + make_interval(hours => v_rule.hours), c.today + v_rule.review_days)
        RETURNING e.id INTO d.emergency_id;
        d.persons := ARRAY[v_key];
    END IF;
    -- Of a miss the log keeps no person, as for a registration.
    IF refusal IS DISTINCT FROM 'assignment:no_match' THEN
        PERFORM gate.was_no_miss(c);
    END IF;
END $$;

CREATE FUNCTION gate.answer_emergency_open(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('insured_key', d.persons[1]);

-- The administrators of the organisation look through what was opened so. Nobody passes judgement on the own act, nor
-- on that of somebody in whose place they stand.
CREATE FUNCTION gate.decide_emergency_review(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_number bigint := (p ->> 'number')::bigint;
    p_verdict text := p ->> 'verdict';
    p_note text := p ->> 'note';
BEGIN
    refusal := gate.not_administrator(c);
    IF refusal IS NULL AND (p_verdict IS NULL OR p_verdict NOT IN ('proper', 'improper', 'unclear')
                              OR length(gate.written(p_note)) NOT BETWEEN 1 AND 500) THEN
        refusal := 'emergency:no_verdict';
    END IF;
    IF refusal IS NULL AND EXISTS (SELECT 1 FROM care.emergency AS e
                                      WHERE e.insured_key = p_key AND e.id = p_number
                                        AND (e.account_id = c.account_id
                                             OR e.account_id IN (SELECT x.absent_id FROM public.staff_delegation AS x
                                                                  WHERE x.id = c.delegation_id))) THEN
        refusal := 'emergency:own_act';
    END IF;
    IF refusal IS NULL THEN
        UPDATE care.emergency AS e
           SET reviewed_at = c.now, reviewed_by = c.account_id, verdict = p_verdict, note = gate.written(p_note)
         WHERE e.insured_key = p_key AND e.id = p_number AND e.reviewed_at IS NULL
           AND (e.organisation_id = c.organisation_id
                OR (c.organisation_kind = 'municipality' AND c.organisation_number = care.insurer_no(e.insured_key)));
        IF NOT FOUND THEN
            refusal := 'emergency:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
END $$;

CREATE FUNCTION gate.decide_emergency_switch(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_on boolean := (p ->> 'on')::boolean;
BEGIN
    refusal := gate.not_administrator(c);
    IF refusal IS NULL AND p_on THEN
        INSERT INTO public.assignment_emergencyswitch (organisation_id, turned_on_at, turned_on_by)
        VALUES (c.organisation_id, c.now, c.account_id) ON CONFLICT DO NOTHING;
    ELSIF refusal IS NULL THEN
        UPDATE public.assignment_emergencyswitch SET turned_off_at = c.now, turned_off_by = c.account_id
         WHERE organisation_id = c.organisation_id AND turned_off_at IS NULL;
    END IF;
    d.numbers := ARRAY[coalesce(p_on, false)::integer];
END $$;

-- The openings of the own organisation; for a municipality those about its insured, by whomever.
CREATE FUNCTION gate.answer_emergency_list(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('emergencies', coalesce(json_agg(json_build_object(
           'number', e.id, 'key', e.insured_key, 'name', p.name, 'account', a.name, 'terminal', m.name,
           'organisation', o.name, 'reason', e.reason, 'opened_at', e.opened_at, 'ends_at', e.ends_at,
           'review_by', e.review_by, 'reviewed_at', e.reviewed_at, 'reviewer', b.name, 'verdict', e.verdict,
           'note', e.note, 'refused', EXISTS (
               SELECT 1 FROM care.refusal AS x
                WHERE x.insured_key = e.insured_key AND x.recorded_at <= e.opened_at
                  AND (x.ended_at IS NULL OR x.ended_at > e.opened_at)),
           'own_act', e.account_id = q.account_id) ORDER BY e.opened_at DESC), '[]'))
  FROM care.emergency AS e
  JOIN care.person AS p ON p.insured_key = e.insured_key
  JOIN public.staff_account AS a ON a.id = e.account_id
  JOIN public.registry_organisation AS o ON o.id = e.organisation_id
  LEFT JOIN public.staff_account AS b ON b.id = e.reviewed_by
  LEFT JOIN public.terminals_certificate AS f ON f.fingerprint = e.terminal
  LEFT JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
 WHERE e.insured_key = ANY (d.persons)
   AND e.id = ANY (d.numbers)
$$;

CREATE FUNCTION gate.decide_emergency_list(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.not_administrator(c);
    IF refusal IS NULL THEN
        SELECT coalesce(array_agg(DISTINCT e.insured_key), '{}'), coalesce(array_agg(e.id), '{}')
          INTO d.persons, d.numbers
          FROM care.emergency AS e
         WHERE (NOT (p ->> 'pending')::boolean OR e.reviewed_at IS NULL)
           AND CASE c.organisation_kind
                   WHEN 'municipality' THEN care.insurer_no(e.insured_key) = c.organisation_number
                   ELSE e.organisation_id = c.organisation_id END;
    END IF;
END $$;
