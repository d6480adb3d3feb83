-- What waits, in numbers ----------------------------------------------------------------------------------------------
-- How many, never who: numbers need no log row. The pages behind the numbers name persons, and are logged.

CREATE FUNCTION gate.due(p_organisation bigint, p_kind text, p_number text, p_today date, p_now timestamptz)
RETURNS TABLE (certification integer, consent integer, lapsing integer, offers integer, emergencies integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH mine AS MATERIALIZED (
    SELECT l.insured_key,
           bool_or(gate.goes_on(l, p_today)
                   AND l.viewing_to <= (date_trunc('month', p_today::timestamp) + interval '1 month')::date) AS lapses,
           -- Asked and not answered: who said no, or took it back, is not asked again by an e-mail.
           bool_or(NOT EXISTS (SELECT 1 FROM care.consent AS g WHERE g.insured_key = l.insured_key)
                   AND NOT EXISTS (SELECT 1 FROM care.refusal AS x
                                    WHERE x.insured_key = l.insured_key AND x.ended_at IS NULL)) AS is_unasked,
           bool_or(EXISTS (SELECT 1 FROM care.consent AS g
                            WHERE g.insured_key = l.insured_key AND g.withdrawn_at IS NULL AND g.given_on <= p_today)
                   AND NOT EXISTS (SELECT 1 FROM care.refusal AS x
                                    WHERE x.insured_key = l.insured_key AND x.ended_at IS NULL)) AS consents
      FROM care.assignment AS l
     WHERE p_kind <> 'municipality' AND l.organisation_id = p_organisation AND l.viewing_from <= p_today
       AND (l.viewing_to IS NULL OR l.viewing_to > p_today) AND (l.ended_at IS NULL OR l.ended_at > p_now)
       AND l.capacity <> 'opinion'
       AND EXISTS (SELECT 1 FROM care.identity AS d
                    WHERE d.insured_key = l.insured_key AND d.organisation_id = p_organisation
                      AND d.confirmed_on <= p_today)
     GROUP BY l.insured_key
)
SELECT (SELECT count(*)::integer FROM mine AS m
         CROSS JOIN LATERAL gate.current_content(m.insured_key, 'insurance_card.card', p_today) AS k
          JOIN public.registry_insurer AS n ON n.number = care.insurer_no(m.insured_key) AND n.started_on <= p_today
         WHERE m.consents AND k.valid_to <= p_today + 61),
       (SELECT count(*)::integer FROM mine AS m WHERE m.is_unasked),
       (SELECT count(*)::integer FROM mine AS m WHERE m.lapses),
       (SELECT count(*)::integer FROM care.handover AS h
         WHERE h.to_id = p_organisation AND h.withdrawn_at IS NULL AND h.done_at IS NULL),
       (SELECT count(*)::integer FROM care.emergency AS e
         WHERE e.reviewed_at IS NULL AND e.organisation_id = p_organisation AND p_kind <> 'municipality')
       + (SELECT count(*)::integer FROM care.emergency AS e
           WHERE e.reviewed_at IS NULL AND p_kind = 'municipality' AND care.insurer_no(e.insured_key) = p_number)
$$;

-- Of the caller's own organisation; no row for somebody whose standing is not right.
CREATE FUNCTION gate.own_due(p_session text, p_certificate text, p_purpose text)
RETURNS TABLE (certification integer, consent integer, lapsing integer, offers integer, emergencies integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
BEGIN
    IF c.standing = '{}' THEN
        RETURN QUERY SELECT * FROM gate.due(c.organisation_id, c.organisation_kind, c.organisation_number,
                                            c.today, c.now);
    END IF;
END $$;

-- Of every organisation in which something waits: for the digest, which the worker sends.
CREATE FUNCTION gate.all_due(p_today date)
RETURNS TABLE (organisation_id bigint, certification integer, consent integer, lapsing integer, offers integer,
               emergencies integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, d.*
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.due(o.id, o.kind, o.number, p_today, clock_timestamp()) AS d
 WHERE d.certification + d.consent + d.lapsing + d.offers + d.emergencies > 0
$$;
