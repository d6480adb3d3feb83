-- 引き継ぎ ------------------------------------------------------------------------------------------------------------

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

-- What other offices want to hand over to this one: not whom, before this office has confirmed identity itself.
CREATE FUNCTION gate.answer_handover_list(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('offers', coalesce(json_agg(json_build_object(
           'number', h.id, 'from_name', o.name, 'from_number', o.number, 'offered_at', h.offered_at,
           'starts_on', h.starts_on, 'insurer_name', n.name) ORDER BY h.offered_at), '[]'))
  FROM care.handover AS h
  JOIN public.registry_organisation AS o ON o.id = h.from_id
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(h.insured_key)
 WHERE h.to_id = r.organisation_id AND h.withdrawn_at IS NULL AND h.done_at IS NULL
$$;

CREATE FUNCTION gate.ask_handover_list(c gate.context, p_key bigint, p jsonb, INOUT r care.access_log, OUT refusal text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := c.standing[1];  -- names no person
END $$;
