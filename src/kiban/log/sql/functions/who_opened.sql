-- Who opened this person's information? -------------------------------------------------------------------------------
-- For administrators: the openings made in their own organisation; for the insurer's administrators: all.
-- Reading the log is itself an entry of the log.

-- p: offset, limit; until: the number of a reading, whose pages go on (what came after it would shift them).
-- numbers of the decision: offset and until; total: limit.
CREATE FUNCTION gate.decide_log_read(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                     INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    d.total := (p ->> 'limit')::bigint;
    d.numbers := ARRAY[coalesce((p ->> 'offset')::bigint, 0), coalesce((p ->> 'until')::bigint, c.question)];
    IF d.total IS NULL OR d.total NOT BETWEEN 1 AND 500 OR d.numbers[1] < 0 THEN
        RAISE EXCEPTION 'not a number of rows' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Also after the assignment has ended: an office must be able to answer for what it looked at.
    refusal := coalesce(gate.not_administrator(c), CASE WHEN NOT (
        EXISTS (SELECT 1 FROM care.assignment AS l
                 WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id)
        OR EXISTS (SELECT 1 FROM care.emergency AS e
                    WHERE e.insured_key = p_key AND e.organisation_id = c.organisation_id)
        OR (c.organisation_kind = 'municipality' AND c.organisation_number = care.insurer_no(p_key)))
        THEN 'assignment:none' END);
END $$;

-- Of which lines about a person the caller may know: questions under the person's key with their decisions, and lists
-- and other rows that name the person among others.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.lines_about(p_key bigint) RETURNS SETOF care.access_line
LANGUAGE sql STABLE AS $$
SELECT x.* FROM care.access_line AS x WHERE x.insured_key = p_key
UNION ALL
SELECT x.* FROM care.access_log AS n
  JOIN care.access_line AS x ON x.insured_key = 0 AND x.asked_at = coalesce(n.question_at, n.at)
       AND x.id = coalesce(n.question_id, n.id)
 WHERE n.insured_key = 0 AND n.persons @> ARRAY[p_key]
$$;

-- Lists name a person among many, at every look at 今日: of these the log tells how often on a day, and by whom.
CREATE FUNCTION gate.folded_events() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['people:list', 'assignment:lapsing', 'emergency:list', 'scan:hidden', 'exchange:queries',
             'standard:list'];

-- How often each account looked, the most often first; both arrays in the same order.
CREATE FUNCTION gate.looks_of_a_day(p_accounts bigint[], p_organisations bigint[]) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_agg(json_build_object('account', s.account, 'organisation', s.organisation, 'times', s.times)
                ORDER BY s.times DESC, s.account)
  FROM (SELECT a.name AS account, o.name AS organisation, count(*) AS times
          FROM unnest(p_accounts, p_organisations) AS u(account_id, organisation_id)
          LEFT JOIN public.staff_account AS a ON a.id = u.account_id
          LEFT JOIN public.registry_organisation AS o ON o.id = u.organisation_id
         GROUP BY u.account_id, u.organisation_id, a.name, o.name) AS s
$$;

-- One row a line, the newest day first, and of a day what was opened or refused before the lists, which are one row.
CREATE FUNCTION gate.answer_log_read(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH line AS MATERIALIZED (
    SELECT y.*, (y.at AT TIME ZONE 'Asia/Tokyo')::date AS on_day, y.action = ANY (gate.folded_events()) AS is_folded
      FROM gate.lines_about(q.insured_key) AS y
     WHERE y.id < least(d.numbers[2], q.id)
       AND (y.organisation_id = q.organisation_id OR q.organisation_kind = 'municipality')
), entry AS MATERIALIZED (
    SELECT l.on_day, false AS is_folded, l.at, l.id FROM line AS l WHERE NOT l.is_folded
    UNION ALL
    SELECT l.on_day, true, max(l.at), max(l.id) FROM line AS l WHERE l.is_folded GROUP BY l.on_day
), page AS (
    SELECT e.*, row_number() OVER (ORDER BY e.on_day DESC, e.is_folded, e.at DESC, e.id DESC) AS place FROM entry AS e
     ORDER BY place OFFSET d.numbers[1] LIMIT d.total
)
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana,
                                        'birth', coalesce(p.birth::text, p.birth_partial))
                 FROM care.person AS p WHERE p.insured_key = q.insured_key),
    'total', (SELECT count(*) FROM entry), 'until', least(d.numbers[2], q.id),
    'rows', coalesce((
        SELECT json_agg(CASE WHEN g.is_folded
                   THEN json_build_object('day', g.on_day, 'times', gate.looks_of_a_day(
                            (SELECT array_agg(l.account_id) FROM line AS l WHERE l.is_folded AND l.on_day = g.on_day),
                            (SELECT array_agg(l.organisation_id) FROM line AS l
                              WHERE l.is_folded AND l.on_day = g.on_day)))
                   ELSE json_build_object(
                            'id', x.id, 'at', x.at, 'action', x.action, 'outcome', x.outcome, 'purpose', x.purpose,
                            'account', a.name, 'job', j.name, 'organisation', o.name, 'terminal', m.name,
                            'for', absent.name, 'standing', x.standing, 'decisions', x.decisions,
                            'leaf', encode(x.leaf, 'hex')) END ORDER BY g.place)
          FROM page AS g
          JOIN line AS x ON x.id = g.id
          LEFT JOIN public.staff_account AS a ON a.id = x.account_id
          LEFT JOIN public.staff_employment AS e ON e.id = x.employment_id
          LEFT JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
          LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
          LEFT JOIN public.terminals_certificate AS f ON f.fingerprint = x.certificate
          LEFT JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
          LEFT JOIN public.staff_delegation AS v ON v.id = x.delegation_id
          LEFT JOIN public.staff_account AS absent ON absent.id = v.absent_id), '[]'))
$$;
