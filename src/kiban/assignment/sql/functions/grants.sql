-- 担当 by the insurer itself ------------------------------------------------------------------------------------------

-- The insurer itself may grant or take away at any time (its own insured only).
CREATE FUNCTION gate.decide_assignment_grant(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_organisation_number text := p ->> 'organisation_number';
    p_capacity text := p ->> 'capacity';
    p_viewing_from date := gate.day(p ->> 'viewing_from');
    p_viewing_to date := gate.day(p ->> 'viewing_to');
    v_to bigint;
    v_number bigint;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key),
                        CASE WHEN c.organisation_kind <> 'municipality' THEN 'role:not_insurer' END);
    IF refusal IS NULL AND (p_viewing_from IS NULL OR p_viewing_to IS NULL OR p_viewing_to <= p_viewing_from
                              OR p_viewing_to <= c.today) THEN
        refusal := 'assignment:bad_period';
    END IF;
    IF refusal IS NULL AND (p_capacity IS NULL OR p_capacity NOT IN ('plan', 'service', 'opinion')) THEN
        refusal := 'assignment:other_capacity';
    END IF;
    IF refusal IS NULL THEN
        SELECT o.id INTO v_to FROM public.registry_organisation AS o
         WHERE o.number = p_organisation_number
           AND o.kind = CASE p_capacity WHEN 'opinion' THEN 'medical' ELSE 'office' END
           AND (o.ended_on IS NULL OR o.ended_on > c.today);
        IF v_to IS NULL THEN
            refusal := 'assignment:unknown_office';
        END IF;
    END IF;
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        INSERT INTO care.assignment AS l (insured_key, organisation_id, capacity, viewing_from, viewing_to, recorded_by,
                                        rule)
        VALUES (p_key, v_to, p_capacity, p_viewing_from, p_viewing_to, c.account_id, 'insurer')
        ON CONFLICT (insured_key, organisation_id, capacity, viewing_from)
        DO UPDATE SET viewing_to = excluded.viewing_to, ended_at = NULL, ended_by = NULL, end_reason = NULL,
                      ended_org = NULL, ended_for = NULL, mistaken_at = NULL, rule = excluded.rule
        RETURNING l.id INTO v_number;
        PERFORM gate.apply_policy(c, p_key, v_to, p_capacity, p_viewing_from, '{}', v_number);
    END IF;
END $$;

CREATE FUNCTION gate.decide_assignment_revoke(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                              INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_organisation_number text := p ->> 'organisation_number';
    p_reason text := p ->> 'reason';
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key),
                        CASE WHEN c.organisation_kind <> 'municipality' THEN 'role:not_insurer' END);
    IF refusal IS NULL AND (p_reason IS NULL
                              OR p_reason NOT IN ('ended', 'moved', 'facility', 'died', 'mistake')) THEN
        refusal := 'assignment:unknown_reason';
    END IF;
    IF refusal IS NULL THEN
        UPDATE care.assignment AS l
           SET ended_at = c.now, ended_by = c.account_id, ended_org = c.organisation_id, end_reason = p_reason
         WHERE l.insured_key = p_key AND l.ended_at IS NULL AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
           AND l.organisation_id IN (SELECT o.id FROM public.registry_organisation AS o
                                      WHERE o.number = p_organisation_number);
        IF NOT FOUND THEN
            refusal := 'assignment:none';
        END IF;
    END IF;
END $$;
