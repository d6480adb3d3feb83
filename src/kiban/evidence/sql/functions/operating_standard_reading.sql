-- 運営基準: what is known of a person, and of everybody the office makes the plan of ----------------------------------

-- From which day on the office makes the person's plan.
CREATE FUNCTION gate.standard_since(p_key bigint, p_organisation bigint) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT min(l.viewing_from) FROM care.assignment AS l
         WHERE l.insured_key = p_key AND l.organisation_id = p_organisation AND l.capacity = 'plan'
           AND l.mistaken_at IS NULL);

-- When, and by whom, something about a plan was first registered as it stands now: {"at", "account"}. p_fact: agreed_on
-- or delivered_on. (A later version repeats it: its own moment says nothing of it.)
CREATE FUNCTION gate.standard_registered(p_key bigint, p_entry text, p_fact text, p_day text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('at', e.registered_at, 'account', a.name)
  FROM care.record AS e
  LEFT JOIN public.staff_account AS a ON a.id = e.recorded_by
 WHERE e.insured_key = p_key AND e.item = 'careplan.plan' AND e.entry = p_entry AND e.content ->> p_fact = p_day
 ORDER BY e.history_no, e.version
 LIMIT 1
$$;

-- The plans of an office as far as the rules look at them: the versions in force, without what stands in them.
CREATE FUNCTION gate.standard_plans(p_key bigint, p_organisation bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'made_on', e.valid_from, 'first_made_on', e.content ->> 'first_made_on',
           'agreed_on', e.content ->> 'agreed_on', 'agreed_by', e.content ->> 'agreed_by',
           'agreed', gate.standard_registered(p_key, e.entry, 'agreed_on', e.content ->> 'agreed_on'),
           'delivered_on', e.content ->> 'delivered_on', 'delivered_to', e.content ->> 'delivered_to',
           'delivered', gate.standard_registered(p_key, e.entry, 'delivered_on', e.content ->> 'delivered_on'))
           ORDER BY e.valid_from), '[]')
  FROM public.registry_organisation AS o
  JOIN care.record AS e ON e.insured_key = p_key AND e.item = 'careplan.plan' AND e.superseded_at IS NULL
                       AND e.entry = o.number || '/' || to_char(e.valid_from, 'YYYY-MM-DD')
 WHERE o.id = p_organisation
$$;

CREATE FUNCTION gate.standard_facts(p_key bigint, p_organisation bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'number', x.id, 'kind', x.kind, 'way', x.way, 'ticks', x.ticks, 'on', x.happened_on,
           'written_on', x.written_on, 'recorded_at', x.recorded_at, 'account', a.name, 'mistaken_at', x.mistaken_at)
           ORDER BY x.happened_on, x.id), '[]')
  FROM care.standard_fact AS x
  LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
 WHERE x.insured_key = p_key AND x.organisation_id = p_organisation
$$;

-- Some persons with all of it, as an office knows them.
CREATE FUNCTION gate.standard_people(p_keys bigint[], p_organisation bigint) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'key', p.insured_key, 'name', p.name, 'kana', p.kana, 'insurer_name', n.name,
           'since', gate.standard_since(p.insured_key, p_organisation), 'responsible', a.name,
           'plans', gate.standard_plans(p.insured_key, p_organisation),
           'facts', gate.standard_facts(p.insured_key, p_organisation)) ORDER BY p.kana_key, p.insured_key), '[]')
  FROM unnest(p_keys) AS k(key)
  JOIN care.person AS p ON p.insured_key = k.key
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
  LEFT JOIN care.responsible AS r
         ON r.insured_key = p.insured_key AND r.organisation_id = p_organisation AND r.ended_at IS NULL
  LEFT JOIN public.staff_account AS a ON a.id = r.account_id
$$;

-- One person ('standard:read').
CREATE FUNCTION gate.decide_standard_read(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.standard_hindrance(c, p_key);
END $$;

CREATE FUNCTION gate.answer_standard_read(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', gate.standard_people(ARRAY[q.insured_key], q.organisation_id) -> 0,
    'corrections', gate.corrections_of(q.insured_key, ARRAY['standard'], q.organisation_id, q.organisation_kind))
$$;

-- Everybody whose plan the office makes in a month ('standard:list'). p: month (its first day), whose (own, all). The
-- decision names them all.
CREATE FUNCTION gate.decide_standard_list(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_month date := gate.day(p ->> 'month');
    v_keys bigint[];
BEGIN
    IF v_month IS NULL OR extract(day FROM v_month) <> 1 THEN
        RAISE EXCEPTION 'not a month' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT gate.is_standard_office(c.organisation_id, c.today) THEN
        refusal := 'standard:other_office';
        RETURN;
    END IF;
    v_keys := gate.listable_of(c, '', coalesce(p ->> 'whose', 'all'));
    SELECT coalesce(array_agg(k.key ORDER BY k.key), '{}') INTO d.persons
      FROM unnest(v_keys) AS k(key)
     WHERE gate.plan_hindrance(k.key, c.organisation_id, c.now) IS NULL
       AND gate.standard_since(k.key, c.organisation_id) < (v_month + interval '1 month')::date;
    d.total := cardinality(d.persons);
    d.day := v_month;
END $$;

CREATE FUNCTION gate.answer_standard_list(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('people', gate.standard_people(d.persons, q.organisation_id));

-- How many wait, never who: numbers need no log row. Of whom no monitoring of the month is entered, from its 20th day
-- on. p_accounts: of whose persons; NULL: everybody's.
CREATE FUNCTION gate.standard_due(p_organisation bigint, p_accounts bigint[], p_today date) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT count(DISTINCT l.insured_key)::integer
  FROM care.assignment AS l
 WHERE extract(day FROM p_today) >= 20 AND gate.is_standard_office(p_organisation, p_today)
   AND l.organisation_id = p_organisation AND l.capacity = 'plan' AND l.viewing_from <= p_today
   AND (l.viewing_to IS NULL OR l.viewing_to > p_today) AND l.ended_at IS NULL AND l.mistaken_at IS NULL
   AND EXISTS (SELECT 1 FROM care.identity AS i
                WHERE i.insured_key = l.insured_key AND i.organisation_id = p_organisation
                  AND i.confirmed_on <= p_today AND i.mistaken_at IS NULL)
   AND (p_accounts IS NULL
        OR EXISTS (SELECT 1 FROM care.responsible AS r
                    WHERE r.insured_key = l.insured_key AND r.organisation_id = p_organisation
                      AND r.ended_at IS NULL AND r.account_id = ANY (p_accounts)))
   AND NOT EXISTS (SELECT 1 FROM care.standard_fact AS x
                    WHERE x.insured_key = l.insured_key AND x.organisation_id = p_organisation
                      AND x.kind = 'monitoring' AND x.mistaken_at IS NULL
                      AND x.happened_on >= date_trunc('month', p_today::timestamp)::date AND x.happened_on <= p_today)
$$;

-- Of the caller's own organisation, or of the caller's own persons; no row for somebody whose standing is not right.
CREATE FUNCTION gate.own_standard_due(p_session text, p_certificate text, p_purpose text, p_own boolean)
RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_absent bigint;
BEGIN
    PERFORM gate.must_have_written_nothing();
    IF c.standing <> '{}' THEN
        RETURN NULL;
    END IF;
    v_absent := (SELECT x.absent_id FROM public.staff_delegation AS x WHERE x.id = c.delegation_id);
    RETURN gate.standard_due(c.organisation_id, CASE WHEN p_own THEN ARRAY[c.account_id, v_absent] END, c.today);
END $$;

-- Of every organisation in which something waits: for the daily e-mail, which the worker sends.
CREATE FUNCTION gate.all_standard_due(p_today date) RETURNS TABLE (organisation_id bigint, persons integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT o.id, n.persons
  FROM public.registry_organisation AS o
 CROSS JOIN LATERAL gate.standard_due(o.id, NULL, p_today) AS n(persons)
 WHERE o.kind = 'office' AND n.persons > 0
$$;
