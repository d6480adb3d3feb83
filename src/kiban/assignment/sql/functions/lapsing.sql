-- 担当 whose viewing period ends, and going on ------------------------------------------------------------------------

-- Whether a 担当 is one whose viewing period may be renewed: in force, identity confirmed, its end not settled otherwise
-- (handed over, taken by another office), and not the insurer's question for an opinion. (Without SET, so that the
-- planner inlines it.)
CREATE FUNCTION gate.goes_on(l care.assignment, p_today date) RETURNS boolean
LANGUAGE sql STABLE AS $$
SELECT l.ended_at IS NULL AND l.end_reason IS NULL AND l.capacity <> 'opinion' AND l.viewing_from <= p_today
   AND (l.viewing_to IS NULL OR l.viewing_to > p_today)
   AND EXISTS (SELECT 1 FROM care.identity AS d
                WHERE d.insured_key = l.insured_key AND d.organisation_id = l.organisation_id
                  AND d.confirmed_on <= p_today AND d.mistaken_at IS NULL)
$$;

-- The viewing period goes on: the service was given in that month. Renewing twice changes nothing.
CREATE FUNCTION gate.renew_assignment(p_key bigint, p_organisation bigint, p_month date, p_source text,
                                      p_account bigint,
                                    p_today date) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_to date := gate.viewing_end(p_month, (gate.assignment_policy(care.insurer_no(p_key), p_today)).months);
    l care.assignment;
    v_found boolean := false;
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    FOR l IN SELECT x.* FROM care.assignment AS x
              WHERE x.insured_key = p_key AND x.organisation_id = p_organisation AND gate.goes_on(x, p_today)
    LOOP
        v_found := true;
        INSERT INTO care.continuation (insured_key, assignment_id, organisation_id, month, source, viewing_before,
                                       viewing_to, recorded_by)
        VALUES (p_key, l.id, p_organisation, p_month, p_source, l.viewing_to, greatest(l.viewing_to, v_to), p_account)
        ON CONFLICT DO NOTHING;
        IF FOUND AND l.viewing_to < v_to THEN
            UPDATE care.assignment SET viewing_to = v_to WHERE insured_key = p_key AND id = l.id;
        END IF;
    END LOOP;
    RETURN v_found;
END $$;

-- The administrator confirms, once a month, for whom the service went on. All or none.
CREATE FUNCTION gate.decide_assignment_continue(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                                INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_keys bigint[] := gate.numbers(p -> 'keys');
    p_month date := gate.day(p ->> 'month');
    v_keys bigint[] := ARRAY(SELECT DISTINCT k.key FROM unnest(p_keys) AS k(key) ORDER BY k.key);
    v_key bigint;
BEGIN
    refusal := gate.not_administrator(c);
    IF refusal IS NULL AND (p_month IS NULL OR extract(day FROM p_month) <> 1 OR p_month > c.today
                              OR p_month < c.today - interval '3 months') THEN
        refusal := 'assignment:bad_period';
    END IF;
    IF refusal IS NULL AND cardinality(v_keys) NOT BETWEEN 1 AND 500 THEN
        refusal := 'assignment:none';
    END IF;
    IF refusal IS NULL AND EXISTS (
            SELECT 1 FROM unnest(v_keys) AS k(key)
             WHERE NOT EXISTS (SELECT 1 FROM care.assignment AS x
                                WHERE x.insured_key = k.key AND x.organisation_id = c.organisation_id
                                  AND gate.goes_on(x, c.today))) THEN
        refusal := 'assignment:none';
    END IF;
    IF refusal IS NULL THEN
        FOREACH v_key IN ARRAY v_keys LOOP
            PERFORM gate.renew_assignment(v_key, c.organisation_id, p_month, 'confirmed', c.account_id, c.today);
        END LOOP;
    END IF;
    d.day := p_month;
    d.persons := CASE WHEN refusal IS NULL THEN v_keys ELSE '{}' END;
END $$;

-- Whose viewing period ends before a day, with the last month it was known to go on.
CREATE FUNCTION gate.answer_assignment_lapsing(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('people', coalesce(json_agg(json_build_object(
           'key', p.insured_key, 'name', p.name, 'kana', p.kana, 'capacity', l.capacity,
           'viewing_from', l.viewing_from, 'viewing_to', l.viewing_to, 'last_month', k.month, 'source', k.source)
           ORDER BY l.viewing_to, p.kana_key, p.insured_key), '[]'))
  FROM care.assignment AS l
  JOIN care.person AS p ON p.insured_key = l.insured_key
  LEFT JOIN LATERAL (SELECT x.month, x.source FROM care.continuation AS x
                      WHERE x.insured_key = l.insured_key AND x.assignment_id = l.id
                      ORDER BY x.month DESC, x.id DESC LIMIT 1) AS k ON true
 WHERE l.organisation_id = q.organisation_id AND l.insured_key = ANY (d.persons)
   AND gate.goes_on(l, (d.at AT TIME ZONE 'Asia/Tokyo')::date)
   AND l.viewing_to <= d.day
$$;

CREATE FUNCTION gate.decide_assignment_lapsing(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                               INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    d.day := gate.day(p ->> 'until');
    SELECT coalesce(array_agg(DISTINCT l.insured_key), '{}') INTO d.persons FROM care.assignment AS l
     WHERE l.organisation_id = c.organisation_id AND l.viewing_to <= d.day AND gate.goes_on(l, c.today);
END $$;
