-- Whom may I see? -------------------------------------------------------------------------------------------------
-- Offices and medical institutions: the persons they have an assignment in force with. A municipality: its own insured,
-- by search only (nobody reads through a list of a million people). Care level and validity appear, sort and count
-- only for those whose insurance card the caller may open.

CREATE FUNCTION gate.list_items() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['insurance_card.card', 'insurance_card.burden_ratio'];

-- The version of an item that a day falls in, else the one nearest to it. (Without SET, so that it is inlined.)
CREATE FUNCTION gate.current_content(p_key bigint, p_item text, p_today date)
RETURNS TABLE (valid_from date, valid_to date, content jsonb)
LANGUAGE sql STABLE AS $$
SELECT e.valid_from, e.valid_to, e.content
  FROM care.record AS e
 WHERE e.insured_key = p_key AND e.item = p_item AND e.superseded_at IS NULL
 ORDER BY (e.valid_from IS NULL OR e.valid_from <= p_today) DESC, e.valid_from DESC NULLS LAST, e.history_no DESC
 LIMIT 1
$$;

-- Of the search: part of a name or kana, or the last four digits of the number.
CREATE FUNCTION gate.search_pattern(p_search text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN '%' || replace(replace(replace(coalesce(p_search, ''), '\', '\\'), '%', '\%'), '_', '\_') || '%';

-- First whom, then what of them: as an array the persons are looked up one by one by key, however many persons the
-- database holds (a generic plan would otherwise have to guess, and read them all).
CREATE FUNCTION gate.listable(c gate.context, p_search text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint := CASE c.organisation_kind WHEN 'municipality' THEN c.organisation_number::bigint * 10000000000 END;
    v_pattern text := gate.search_pattern(p_search);
BEGIN
    IF c.organisation_kind <> 'municipality' THEN
        RETURN ARRAY(SELECT DISTINCT l.insured_key
                       FROM care.assignment AS l
                      WHERE l.organisation_id = c.organisation_id
                        AND l.viewing_from <= c.today AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
                        AND (l.ended_at IS NULL OR l.ended_at > c.now));
    ELSIF coalesce(p_search, '') <> '' THEN
        RETURN ARRAY(SELECT p.insured_key
                       FROM care.person AS p
                      WHERE (p.insured_key BETWEEN v_first AND v_first + 9999999999
                             OR p.insured_key BETWEEN v_first + 10000000000000000 AND v_first + 10000009999999999)
                        AND (p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
                             OR right(care.insured_no(p.insured_key), 4) = p_search));
    END IF;
    RETURN '{}';
END $$;

-- p: search, sort (kana, valid_to, care_level), offset, limit.
CREATE FUNCTION gate.decide_people_list(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                        INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_search text := coalesce(p ->> 'search', '');
    v_sort text := p ->> 'sort';
    v_offset integer := (p ->> 'offset')::integer;
    v_limit integer := (p ->> 'limit')::integer;
    v_pattern text := gate.search_pattern(v_search);
    v_mine bigint[];
BEGIN
    IF v_sort NOT IN ('kana', 'valid_to', 'care_level') OR v_offset < 0 OR v_limit NOT BETWEEN 1 AND 200
       OR num_nulls(v_sort, v_offset, v_limit) > 0 THEN
        RAISE EXCEPTION 'not an order and a page' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_mine := gate.listable(c, v_search);
    WITH found AS MATERIALIZED (
        SELECT m.insured_key, p.kana_key
          FROM unnest(v_mine) AS m(insured_key)
         CROSS JOIN LATERAL (SELECT q.kana_key, q.search_key FROM care.person AS q
                              WHERE q.insured_key = m.insured_key LIMIT 1) AS p
         WHERE v_search = '' OR p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
            OR right(care.insured_no(m.insured_key), 4) = v_search
    ), judged AS (
        SELECT f.insured_key, f.kana_key, w.words, k.valid_to, k.content ->> 'care_level' AS care_level
          FROM found AS f
         CROSS JOIN LATERAL gate.judged(f.insured_key, gate.list_items(), c.organisation_id, c.organisation_kind,
                                        c.organisation_number, c.parties, c.job_type, c.matrix, c.account_id, c.today,
                                        c.now) AS w
          LEFT JOIN LATERAL gate.current_content(f.insured_key, 'insurance_card.card', c.today) AS k ON w.card
         WHERE NOT w.stranger
    ), page AS (
        SELECT j.*, count(*) OVER () AS total,
               row_number() OVER (ORDER BY
                   CASE WHEN v_sort = 'valid_to' THEN j.valid_to END NULLS LAST,
                   CASE WHEN v_sort = 'care_level' THEN j.care_level END DESC NULLS LAST,
                   j.kana_key, j.insured_key) AS position
          FROM judged AS j
    )
    SELECT coalesce(array_agg(g.insured_key ORDER BY g.position), '{}'),
           coalesce(array_agg(array_to_string(g.words, ' ') ORDER BY g.position), ARRAY['+people:list|']),
           coalesce(max(g.total), 0)
      INTO d.persons, d.decisions, d.total
      FROM page AS g WHERE g.position > v_offset AND g.position <= v_offset + v_limit;
END $$;

-- The answers about one person of a list: in words, whether the card is shown, and whether nothing binds them.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.judged(p_key bigint, p_items text[], p_organisation bigint, p_kind text, p_number text,
                            p_parties text[], p_job text, p_matrix text, p_account bigint, p_today date,
                            p_now timestamptz)
RETURNS TABLE (words text[], card boolean, stranger boolean)
LANGUAGE sql STABLE AS $$
SELECT array_agg(gate.word(j.item, j.role, j.assignment, j.consent, j.municipality, j.decision_id) ORDER BY j.item),
       bool_or(j.item = 'insurance_card.card' AND j.role = 'ok' AND j.assignment = 'ok'
               AND j.consent IN ('ok', 'not_needed', 'emergency') AND j.municipality = 'ok'),
       bool_and(j.assignment <> 'ok')
  FROM gate.facts_of(p_key, p_organisation, p_account, p_today, p_now) AS f
 CROSS JOIN LATERAL gate.judge(
       p_items, p_kind, p_number, p_parties, p_job, p_matrix, p_today, f.insurer_no, f.insurer_id, f.started_on,
       f.migrated, f.is_assigned, f.starts_later, f.capacities, f.is_identified,
       gate.consent_answer(f.has_refused, f.consent_id, f.consents_later, f.has_consented),
       f.emergency_id IS NOT NULL) AS j
$$;

CREATE FUNCTION gate.people_of(q care.access_log, d care.access_log, p_today date) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'key', u.key, 'name', p.name, 'kana', p.kana,
                         'birth', coalesce(p.birth::text, p.birth_partial), 'sex', p.sex,
           'insurer_no', care.insurer_no(u.key), 'insurer_name', n.name,
           'insured_tail', right(care.insured_no(u.key), 4),
           'capacity', l.capacity, 'viewing_to', l.viewing_to,
           'care_level', k.content ->> 'care_level', 'valid_from', k.valid_from, 'valid_to', k.valid_to,
           'burden_ratio', b.content ->> 'burden_ratio', 'starts_on', n.started_on,
           'decisions', string_to_array(u.word, ' ')) ORDER BY u.position), '[]')
  FROM unnest(d.persons, d.decisions) WITH ORDINALITY AS u(key, word, position)
  JOIN care.person AS p ON p.insured_key = u.key
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(u.key)
  LEFT JOIN LATERAL (SELECT x.capacity, x.viewing_to FROM care.assignment AS x
                      WHERE x.insured_key = u.key AND x.organisation_id = q.organisation_id
                        AND x.viewing_from <= p_today AND (x.viewing_to IS NULL OR x.viewing_to > p_today)
                        AND x.ended_at IS NULL
                      ORDER BY x.id DESC LIMIT 1) AS l ON true
  LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.card', p_today) AS k
         ON u.word LIKE '%+insurance_card.card|%'
  LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.burden_ratio', p_today) AS b
         ON u.word LIKE '%+insurance_card.burden_ratio|%'
$$;

CREATE FUNCTION gate.answer_list(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    q care.access_log;
    d care.access_log;
BEGIN
    SELECT x.q, x.d INTO f FROM gate.decided(t) AS x;
    q := f.q;
    d := f.d;
    IF q.action <> 'people:list' THEN
        RAISE EXCEPTION 'no such ticket' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN json_build_object(
        'log', q.id, 'at', d.at, 'outcome', d.outcome, 'standing', q.standing, 'matrix', q.matrix,
        'total', d.total, 'people', gate.people_of(q, d, (d.at AT TIME ZONE 'Asia/Tokyo')::date))::text;
END $$;

CREATE PROCEDURE gate.list_people(p_session text, p_certificate text, p_purpose text, p jsonb, INOUT answer text,
                                  p_attempt uuid DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask(p_session, p_certificate, p_purpose, 'people:list', 0, p, '{}', p_attempt);
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    t := gate.decide(t, p, '{}');
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    answer := gate.answer_list(t);
END $$;
