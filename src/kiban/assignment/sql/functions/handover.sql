-- 引き継ぎ ------------------------------------------------------------------------------------------------------------

CREATE FUNCTION gate.decide_handover_offer(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_to_number text := p ->> 'to_number';
    p_starts_on date := gate.day(p ->> 'starts_on');
    p_note text := p ->> 'note';
    v_to bigint;
BEGIN
    refusal := gate.hindrance(c, p_key);
    IF refusal IS NULL AND NOT EXISTS (
            SELECT 1 FROM care.assignment AS l
             WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.capacity = 'plan'
               AND l.ended_at IS NULL AND l.viewing_from <= c.today
               AND (l.viewing_to IS NULL OR l.viewing_to > c.today)) THEN
        refusal := 'assignment:other_capacity';
    END IF;
    IF refusal IS NULL AND (p_starts_on IS NULL OR p_starts_on < c.today
                              OR p_starts_on > c.today + interval '3 months') THEN
        refusal := 'assignment:bad_period';
    END IF;
    IF refusal IS NULL THEN
        SELECT o.id INTO v_to FROM public.registry_organisation AS o
         WHERE o.kind = 'office' AND o.number = p_to_number AND o.id <> c.organisation_id
           AND (o.ended_on IS NULL OR o.ended_on > p_starts_on) AND gate.makes_plans(o.id, p_starts_on);
        IF v_to IS NULL THEN
            refusal := 'assignment:unknown_office';
        END IF;
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.handover (insured_key, from_id, to_id, starts_on, note, offered_by)
        VALUES (p_key, c.organisation_id, v_to, p_starts_on, coalesce(p_note, ''), c.account_id)
        ON CONFLICT (insured_key, from_id) WHERE withdrawn_at IS NULL AND done_at IS NULL DO NOTHING;
        IF NOT FOUND THEN
            refusal := 'assignment:offered_already';
        END IF;
    END IF;
END $$;

CREATE FUNCTION gate.decide_handover_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                              INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE care.handover AS h SET withdrawn_at = c.now
     WHERE h.insured_key = p_key AND h.from_id = c.organisation_id AND h.withdrawn_at IS NULL
       AND h.done_at IS NULL;
    IF NOT FOUND THEN
        refusal := 'assignment:none';
    END IF;
END $$;

-- What other offices want to hand over to this one: not whom, before this office has confirmed identity itself.
CREATE FUNCTION gate.answer_handover_list(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('offers', coalesce(json_agg(json_build_object(
           'number', h.id, 'from_name', o.name, 'from_number', o.number, 'offered_at', h.offered_at,
           'starts_on', h.starts_on, 'insurer_name', n.name) ORDER BY h.offered_at), '[]'))
  FROM care.handover AS h
  JOIN public.registry_organisation AS o ON o.id = h.from_id
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(h.insured_key)
 WHERE h.to_id = q.organisation_id AND h.withdrawn_at IS NULL AND h.done_at IS NULL
$$;

CREATE FUNCTION gate.decide_handover_list(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := NULL;  -- names no person
END $$;
