-- The rules of 担当: how long one may look, and who takes whose place -------------------------------------------------

-- The policy an insurer's people fall under on a day: its own newest, else the installation's.
CREATE FUNCTION gate.assignment_policy(p_insurer_no text, p_today date) RETURNS public.assignment_policy
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.*
  FROM public.assignment_policy AS x
  LEFT JOIN public.registry_insurer AS n ON n.id = x.insurer_id
 WHERE x.starts_on <= p_today AND (x.insurer_id IS NULL OR n.number = p_insurer_no)
 ORDER BY x.insurer_id IS NULL, x.version DESC
 LIMIT 1
$$;

-- The first day on which nothing is shown any more, when the service was last known to go on in that month.
CREATE FUNCTION gate.viewing_end(p_month date, p_months integer) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN (date_trunc('month', p_month::timestamp) + make_interval(months => p_months + 1))::date;

-- Services whose offices make a person's plan: 居宅介護支援, 介護予防支援, 介護予防ケアマネジメント.
CREATE FUNCTION gate.plan_services() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN ARRAY['43', '46', 'AF'];

CREATE FUNCTION gate.makes_plans(p_organisation bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT EXISTS (SELECT 1 FROM public.registry_organisationservice AS s
                WHERE s.organisation_id = p_organisation AND s.service_id = ANY (gate.plan_services())
                  AND s.starts_on <= p_day AND (s.ends_on IS NULL OR s.ends_on > p_day))
$$;

-- In which group (居宅介護支援・施設, 地域包括支援センター) a 担当 takes the one place; NULL: in none. An office that makes
-- plans takes it with the plan only, a facility whenever the person is in its care.
CREATE FUNCTION gate.group_of(p_policy public.assignment_policy, p_organisation bigint, p_capacity text,
                              p_today date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT g.key
  FROM jsonb_each(p_policy.groups) AS g
  JOIN public.registry_organisationservice AS s ON g.value ? s.service_id::text
 WHERE s.organisation_id = p_organisation AND s.starts_on <= p_today AND (s.ends_on IS NULL OR s.ends_on > p_today)
   AND p_capacity IN ('plan', 'service')
   AND (p_capacity = 'plan' OR s.service_id <> ALL (gate.plan_services()))
 ORDER BY g.key LIMIT 1
$$;

-- Others' 担当 ends on the day the new one (p_for) begins: now, or later and then not before.
CREATE FUNCTION gate.end_from(c gate.context, p_key bigint, p_numbers bigint[], p_on date, p_reason text,
                              p_for bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
UPDATE care.assignment AS l
   SET ended_for = p_for, viewing_to_before = l.viewing_to,
       viewing_to = CASE WHEN f.later THEN least(l.viewing_to, p_on) ELSE l.viewing_to END,
       ended_at = CASE WHEN NOT f.later THEN c.now END, ended_by = c.account_id, end_reason = p_reason
  FROM (SELECT x.id, p_on > c.today AND x.viewing_from < p_on AS later
          FROM care.assignment AS x WHERE x.insured_key = p_key AND x.id = ANY (p_numbers)) AS f
 WHERE l.insured_key = p_key AND l.id = f.id AND l.ended_at IS NULL
   AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
$$;

-- Under an exclusive policy the new office takes the place of the one of its group. The other group keeps its right,
-- unless 要介護度 now belongs to the new office's group: the side that lost keeps the right until the side that gained
-- has it. p_spared: organisations whose end was settled already, by a hand-over.
CREATE FUNCTION gate.apply_policy(c gate.context, p_key bigint, p_organisation bigint, p_capacity text, p_from date,
                                  p_spared bigint[], p_for bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_policy public.assignment_policy := gate.assignment_policy(care.insurer_no(p_key), c.today);
    v_group text;
    v_level text;
BEGIN
    IF v_policy.exclusivity IS DISTINCT FROM 'groups' THEN
        RETURN;
    END IF;
    v_group := gate.group_of(v_policy, p_organisation, p_capacity, c.today);
    IF v_group IS NULL THEN
        RETURN;
    END IF;
    SELECT k.content ->> 'care_level' INTO v_level
      FROM gate.current_content(p_key, 'insurance_card.card', c.today) AS k;
    PERFORM gate.end_from(c, p_key, array_agg(l.id), p_from, 'policy', p_for)
       FROM care.assignment AS l
      WHERE l.insured_key = p_key AND l.organisation_id <> p_organisation AND l.organisation_id <> ALL (p_spared)
        AND l.ended_at IS NULL
        AND CASE gate.group_of(v_policy, l.organisation_id, l.capacity, c.today)
                WHEN v_group   THEN true
                WHEN 'support' THEN v_group = 'care' AND v_level BETWEEN '21' AND '25'
                WHEN 'care'    THEN v_group = 'support' AND v_level IN ('06', '12', '13')
                ELSE false END;
END $$;
