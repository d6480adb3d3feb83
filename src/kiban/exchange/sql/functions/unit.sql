-- One unit and its neighbours -----------------------------------------------------------------------------------------

-- The units between the same two offices that speak of the same records: what a unit replaces, or what replaced it.
CREATE FUNCTION gate.exchange_others(u care.exchange_unit, p_organisation bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(gate.exchange_told(v, p_organisation) ORDER BY v.sequence, v.tie), '[]')
  FROM care.exchange_unit AS v
 WHERE v.sender_id = u.sender_id AND v.receiver_id = u.receiver_id AND v.id <> u.id
   AND v.record = u.record AND v.month = u.month AND v.sent_at IS NOT NULL AND v.withdrawn_at IS NULL
   AND EXISTS (SELECT 1 FROM care.exchange_entry AS a
                JOIN care.exchange_entry AS b ON b.insured_key = a.insured_key AND b.key = a.key
               WHERE a.unit_id = u.id AND b.unit_id = v.id)
$$;

-- A unit of the caller's office, sent or received or still a draft, as the lists tell it; and those it speaks of the
-- same records with. NULL: there is none for this office. Nobody is named: it needs no log row.
CREATE FUNCTION gate.exchange_unit(p_session text, p_certificate text, p_purpose text, p_unit bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
    u care.exchange_unit;
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF gate.exchange_hindrance(c) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT x.* INTO u FROM care.exchange_unit AS x
     WHERE x.id = p_unit
       AND (x.sender_id = c.organisation_id OR (x.receiver_id = c.organisation_id AND x.sent_at IS NOT NULL));
    IF u.id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('unit', gate.exchange_told(u, c.organisation_id),
                             'others', gate.exchange_others(u, c.organisation_id));
END $$;
