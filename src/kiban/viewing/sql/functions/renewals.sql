-- Whose 認定 is over or may be renewed now, in numbers ------------------------------------------------------------------
-- How many, never who: numbers need no log row. For the daily e-mail, which the worker sends.

-- Of every organisation that looks after such persons. Only those count whose card the list would show: they consented,
-- and their municipality has begun.
CREATE FUNCTION gate.all_renewals_due(p_today date) RETURNS TABLE (organisation_id bigint, persons integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, count(*)::integer
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.in_charge(o.id, o.kind, p_today, clock_timestamp()) AS m
 CROSS JOIN LATERAL gate.current_content(m.insured_key, 'insurance_card.card', p_today) AS k
  JOIN public.registry_insurer AS n ON n.number = care.insurer_no(m.insured_key) AND n.started_on <= p_today
 WHERE EXISTS (SELECT 1 FROM care.consent AS g
                WHERE g.insured_key = m.insured_key AND g.withdrawn_at IS NULL AND g.given_on <= p_today)
   AND NOT EXISTS (SELECT 1 FROM care.refusal AS x WHERE x.insured_key = m.insured_key AND x.ended_at IS NULL)
   AND k.valid_to <= p_today + 61
 GROUP BY o.id
$$;
