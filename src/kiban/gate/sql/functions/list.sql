-- Whom may I see? -----------------------------------------------------------------------------------------------------
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

CREATE FUNCTION gate.ask_list(p_session text, p_certificate text, p_purpose text, p_search text, p_sort text,
                              p_offset integer, p_limit integer)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row('people:list', c, 0);
    v_total bigint;
    v_mine bigint[];
    v_first bigint := CASE c.organisation_kind WHEN 'municipality' THEN c.organisation_number::bigint * 10000000000 END;
    v_pattern text := '%' || replace(replace(replace(coalesce(p_search, ''), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
    IF p_sort NOT IN ('kana', 'valid_to', 'care_level') OR p_offset < 0 OR p_limit NOT BETWEEN 1 AND 200
       OR num_nulls(p_sort, p_offset, p_limit) > 0 THEN
        RAISE EXCEPTION 'not an order and a page' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM gate.touch(c);
    IF c.standing = '{}' THEN
        -- First whom, then what of them: as an array the persons are looked up one by one by key, however many
        -- persons the database holds (a generic plan would otherwise have to guess, and read them all).
        IF c.organisation_kind <> 'municipality' THEN
            SELECT array_agg(DISTINCT l.insured_key) INTO v_mine
              FROM care.assignment AS l
             WHERE l.organisation_id = c.organisation_id
               AND l.viewing_from <= c.today AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
               AND (l.ended_at IS NULL OR l.ended_at > c.now);
        ELSIF coalesce(p_search, '') <> '' THEN
            SELECT array_agg(p.insured_key) INTO v_mine
              FROM care.person AS p
             WHERE (p.insured_key BETWEEN v_first AND v_first + 9999999999
                    OR p.insured_key BETWEEN v_first + 10000000000000000 AND v_first + 10000009999999999)
               AND (p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
                    OR right(care.insured_no(p.insured_key), 4) = p_search);
        END IF;
        WITH found AS MATERIALIZED (
            SELECT m.insured_key, p.kana_key
              FROM unnest(v_mine) AS m(insured_key)
             CROSS JOIN LATERAL (SELECT q.kana_key, q.search_key FROM care.person AS q
                                  WHERE q.insured_key = m.insured_key LIMIT 1) AS p
             WHERE coalesce(p_search, '') = ''
                OR p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
                OR right(care.insured_no(m.insured_key), 4) = p_search
        ), judged AS (
            SELECT f.insured_key, f.kana_key, w.words, k.valid_to, k.content ->> 'care_level' AS care_level
              FROM found AS f
             CROSS JOIN LATERAL (
                   SELECT array_agg(gate.word(d.item, d.role, d.assignment, d.consent, d.municipality, d.decision_id,
                                              true)
                                    ORDER BY d.item) AS words,
                          bool_or(d.item = 'insurance_card.card' AND d.role = 'ok' AND d.assignment = 'ok'
                                  AND d.consent IN ('ok', 'not_needed', 'emergency') AND d.municipality = 'ok') AS card,
                          bool_and(d.assignment <> 'ok') AS stranger
                     FROM gate.decide(f.insured_key, gate.list_items(), c.organisation_id, c.organisation_kind,
                                      c.organisation_number,
                                     c.parties, c.job_type, c.matrix, c.account_id, c.today,
                                     c.now) AS d) AS w
              LEFT JOIN LATERAL gate.current_content(f.insured_key, 'insurance_card.card', c.today) AS k ON w.card
             WHERE NOT w.stranger
        ), page AS (
            SELECT j.*, count(*) OVER () AS total,
                   row_number() OVER (ORDER BY
                       CASE WHEN p_sort = 'valid_to' THEN j.valid_to END NULLS LAST,
                       CASE WHEN p_sort = 'care_level' THEN j.care_level END DESC NULLS LAST,
                       j.kana_key, j.insured_key) AS position
              FROM judged AS j
        )
        SELECT array_agg(g.insured_key ORDER BY g.position),
               array_agg(array_to_string(g.words, ' ') ORDER BY g.position), max(g.total)
          INTO r.persons, r.decisions, v_total
          FROM page AS g WHERE g.position > p_offset AND g.position <= p_offset + p_limit;
        r.persons := coalesce(r.persons, '{}');
        r.decisions := coalesce(r.decisions, '{}');
        r.outcome := 'allowed';
    END IF;
    r.detail := format('total=%s;sort=%s;offset=%s;limit=%s;searched=%s', coalesce(v_total, 0), p_sort, p_offset,
                       p_limit, coalesce(p_search, '') <> '');
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.answer_list(t gate.ticket) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'people:list');
    v_today date := (r.at AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
    RETURN (
        SELECT json_build_object(
            'log', r.id, 'at', r.at, 'outcome', r.outcome, 'standing', r.standing, 'matrix', r.matrix,
            'total', substring(r.detail FROM 'total=(\d+)')::bigint,
            'people', coalesce(json_agg(json_build_object(
                'key', u.key, 'name', p.name, 'kana', p.kana, 'birth', p.birth, 'sex', p.sex,
                'insurer_no', care.insurer_no(u.key), 'insurer_name', n.name,
                'insured_tail', right(care.insured_no(u.key), 4),
                'capacity', l.capacity, 'viewing_to', l.viewing_to,
                'care_level', k.content ->> 'care_level', 'valid_from', k.valid_from, 'valid_to', k.valid_to,
                'burden_ratio', b.content ->> 'burden_ratio', 'starts_on', n.started_on,
                'decisions', string_to_array(u.word, ' ')) ORDER BY u.position), '[]'))::text
          FROM unnest(r.persons, r.decisions) WITH ORDINALITY AS u(key, word, position)
          JOIN care.person AS p ON p.insured_key = u.key
          LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(u.key)
          LEFT JOIN LATERAL (SELECT x.capacity, x.viewing_to FROM care.assignment AS x
                              WHERE x.insured_key = u.key AND x.organisation_id = r.organisation_id
                                AND x.viewing_from <= v_today AND (x.viewing_to IS NULL OR x.viewing_to > v_today)
                                AND x.ended_at IS NULL
                              ORDER BY x.id DESC LIMIT 1) AS l ON true
          LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.card', v_today) AS k
                 ON u.word LIKE '%+insurance_card.card|%'
          LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.burden_ratio', v_today) AS b
                 ON u.word LIKE '%+insurance_card.burden_ratio|%');
END $$;

CREATE PROCEDURE gate.list_people(p_session text, p_certificate text, p_purpose text, p_search text, p_sort text,
                                  p_offset integer, p_limit integer, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_list(p_session, p_certificate, p_purpose, p_search, p_sort, p_offset, p_limit);
    COMMIT;
    answer := gate.answer_list(t);
END $$;
