-- Who has yet to be asked for the 包括的同意, in numbers ----------------------------------------------------------------
-- How many, never who: numbers need no log row. For the daily e-mail, which the worker sends.

-- Of every organisation that looks after such persons. Who said no, or took the consent back, is not asked again by an
-- e-mail.
CREATE FUNCTION gate.all_consent_due(p_today date) RETURNS TABLE (organisation_id bigint, persons integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, count(*)::integer
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.in_charge(o.id, o.kind, p_today, clock_timestamp()) AS m
 WHERE NOT EXISTS (SELECT 1 FROM care.consent AS g WHERE g.insured_key = m.insured_key AND g.mistaken_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM care.refusal AS x
                    WHERE x.insured_key = m.insured_key AND x.ended_at IS NULL AND x.mistaken_at IS NULL)
 GROUP BY o.id
$$;
