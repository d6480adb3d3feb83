-- What waits about 担当, in numbers ---------------------------------------------------------------------------------
-- How many, never who: numbers need no log row. The pages behind the numbers name persons, and are logged.

-- lapsing: persons whose 担当 ends with this month. offers: 引き継ぎ offered to the organisation. emergencies: openings
-- nobody has looked through yet; to the municipality those of its insured.
CREATE FUNCTION gate.assignment_due(p_organisation bigint, p_kind text, p_number text, p_today date)
RETURNS TABLE (lapsing integer, offers integer, emergencies integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT (SELECT count(DISTINCT l.insured_key)::integer FROM care.assignment AS l
         WHERE p_kind <> 'municipality' AND l.organisation_id = p_organisation AND gate.goes_on(l, p_today)
           AND l.viewing_to <= (date_trunc('month', p_today::timestamp) + interval '1 month')::date),
       (SELECT count(*)::integer FROM care.handover AS h
         WHERE h.to_id = p_organisation AND h.withdrawn_at IS NULL AND h.done_at IS NULL),
       (SELECT count(*)::integer FROM care.emergency AS e
         WHERE e.reviewed_at IS NULL AND e.organisation_id = p_organisation AND p_kind <> 'municipality')
       + (SELECT count(*)::integer FROM care.emergency AS e
           WHERE e.reviewed_at IS NULL AND p_kind = 'municipality' AND care.insurer_no(e.insured_key) = p_number)
$$;

-- Of the caller's own organisation; no row for somebody whose standing is not right.
CREATE FUNCTION gate.own_assignment_due(p_session text, p_certificate text, p_purpose text)
RETURNS TABLE (lapsing integer, offers integer, emergencies integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF c.standing = '{}' THEN
        RETURN QUERY SELECT * FROM gate.assignment_due(c.organisation_id, c.organisation_kind, c.organisation_number,
                                                       c.today);
    END IF;
END $$;

-- Of every organisation in which something waits: for the daily e-mail, which the worker sends.
CREATE FUNCTION gate.all_assignment_due(p_today date)
RETURNS TABLE (organisation_id bigint, lapsing integer, offers integer, emergencies integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, d.*
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.assignment_due(o.id, o.kind, o.number, p_today) AS d
 WHERE d.lapsing + d.offers + d.emergencies > 0
$$;
