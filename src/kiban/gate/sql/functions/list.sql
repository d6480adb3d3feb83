-- Whom may I see? -------------------------------------------------------------------------------------------------
-- Offices and medical institutions: the persons they have an assignment in force with. A municipality: its own insured,
-- by search only (nobody reads through a list of a million people). Care level and validity appear, sort and count
-- only for those whose insurance card the caller may open.

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

-- Of the listable persons those of one care manager (whose: own, nobody, or the number of an account; all: all).
-- In 代行 one's own are also those of the one in whose place one acts. No right rests on this.
CREATE FUNCTION gate.listable_of(c gate.context, p_search text, p_whose text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_all bigint[] := gate.listable(c, p_search);
    v_accounts bigint[] := CASE
        WHEN p_whose = 'own'    THEN ARRAY[c.account_id,
                                           (SELECT d.absent_id FROM public.staff_delegation AS d
                                             WHERE d.id = c.delegation_id)]
        WHEN p_whose ~ '^[0-9]{1,18}$' THEN ARRAY[p_whose::bigint] END;
BEGIN
    IF p_whose = 'all' THEN
        RETURN v_all;
    ELSIF p_whose <> 'nobody' AND v_accounts IS NULL THEN
        RAISE EXCEPTION 'not whose' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN ARRAY(SELECT m.key FROM unnest(v_all) AS m(key)
                   LEFT JOIN care.responsible AS r
                          ON r.insured_key = m.key AND r.organisation_id = c.organisation_id AND r.ended_at IS NULL
                  WHERE CASE p_whose WHEN 'nobody' THEN r.id IS NULL ELSE r.account_id = ANY (v_accounts) END);
END $$;

-- p: search, sort (kana, valid_to, care_level), offset, limit; lacks: who lacks one of these ({}: everybody), whose
-- (gate.listable_of), named: of each thing that is missing so many persons beside the page; ends_after, ends_by: whose
-- certification or 担当 ends between two days (both are first days without).
-- Everybody is counted, whatever page is asked for. numbers of the decision: how many of its persons are the page, how
-- many there are whatever they lack, then how many lack what, in the order of gate.lacks().
CREATE FUNCTION gate.listed(c gate.context, p jsonb, p_most integer, INOUT d care.access_log)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_search text := coalesce(p ->> 'search', '');
    v_sort text := p ->> 'sort';
    v_offset integer := (p ->> 'offset')::integer;
    v_limit integer := (p ->> 'limit')::integer;
    v_lacks text[] := ARRAY(SELECT jsonb_array_elements_text(coalesce(p -> 'lacks', '[]')));
    v_named integer := coalesce((p ->> 'named')::integer, 0);
    v_ends_after date := gate.day(p ->> 'ends_after');
    v_ends_by date := gate.day(p ->> 'ends_by');
    v_pattern text := gate.search_pattern(v_search);
    v_mine bigint[];
BEGIN
    IF v_sort NOT IN ('kana', 'valid_to', 'care_level') OR v_offset < 0 OR v_limit NOT BETWEEN 1 AND p_most
       OR num_nulls(v_sort, v_offset, v_limit) > 0 OR NOT v_lacks <@ gate.lacks() OR v_named NOT BETWEEN 0 AND 10 THEN
        RAISE EXCEPTION 'not an order and a page' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_mine := gate.listable_of(c, v_search, coalesce(p ->> 'whose', 'all'));
    WITH found AS MATERIALIZED (
        SELECT m.insured_key, p.kana_key
          FROM unnest(v_mine) AS m(insured_key)
         CROSS JOIN LATERAL (SELECT q.kana_key, q.search_key FROM care.person AS q
                              WHERE q.insured_key = m.insured_key LIMIT 1) AS p
         WHERE v_search = '' OR p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
            OR right(care.insured_no(m.insured_key), 4) = v_search
    ), judged AS MATERIALIZED (
        SELECT f.insured_key, f.kana_key, array_to_string(w.words, ' ') AS word, k.valid_to,
               k.content ->> 'care_level' AS care_level, l.viewing_to
          FROM found AS f
         CROSS JOIN LATERAL gate.judged(f.insured_key, gate.list_items(), c.organisation_id, c.organisation_kind,
                                        c.organisation_number, c.parties, c.job_type, c.matrix, c.account_id, c.today,
                                        c.now) AS w
          LEFT JOIN LATERAL gate.current_content(f.insured_key, 'insurance_card.card', c.today) AS k ON w.card
          LEFT JOIN LATERAL gate.listed_assignment(f.insured_key, c.organisation_id, c.today) AS l ON true
         WHERE NOT w.stranger
    ), told AS MATERIALIZED (
        SELECT j.insured_key, j.word, j.valid_to, j.viewing_to,
               gate.lacking(j.word, j.valid_to, j.viewing_to, c.today) AS lacks,
               row_number() OVER (ORDER BY
                   CASE WHEN v_sort = 'valid_to' THEN j.valid_to END NULLS LAST,
                   CASE WHEN v_sort = 'care_level' THEN j.care_level END DESC NULLS LAST,
                   j.kana_key, j.insured_key) AS position
          FROM judged AS j
    ), kept AS (
        SELECT t.insured_key, t.position, row_number() OVER (ORDER BY t.position) AS place
          FROM told AS t
         WHERE (v_lacks = '{}' OR t.lacks && v_lacks)
           AND (v_ends_by IS NULL OR t.valid_to > v_ends_after AND t.valid_to <= v_ends_by
                OR t.viewing_to > v_ends_after AND t.viewing_to <= v_ends_by)
    ), page AS (
        SELECT k.insured_key, true AS is_page, k.position FROM kept AS k
         WHERE k.place > v_offset AND k.place <= v_offset + v_limit
    ), beside AS (
        SELECT DISTINCT n.insured_key, false AS is_page, n.position
          FROM (SELECT t.insured_key, t.position, row_number() OVER (PARTITION BY l.lack ORDER BY t.position) AS nth
                  FROM told AS t CROSS JOIN LATERAL unnest(t.lacks) AS l(lack)) AS n
         WHERE n.nth <= v_named AND NOT EXISTS (SELECT 1 FROM page AS g WHERE g.insured_key = n.insured_key)
    ), shown AS (
        SELECT * FROM page UNION ALL SELECT * FROM beside
    )
    SELECT coalesce(array_agg(s.insured_key ORDER BY s.is_page DESC, s.position), '{}'),
           coalesce(array_agg(t.word ORDER BY s.is_page DESC, s.position), ARRAY['+people:list|']),
           (SELECT count(*) FROM kept),
           ARRAY[count(*) FILTER (WHERE s.is_page), (SELECT count(*) FROM told)]
           || ARRAY(SELECT coalesce(n.persons, 0)
                      FROM unnest(gate.lacks()) WITH ORDINALITY AS l(lack, place)
                      LEFT JOIN (SELECT u.lack, count(*) AS persons
                                   FROM told AS t CROSS JOIN LATERAL unnest(t.lacks) AS u(lack)
                                  GROUP BY u.lack) AS n ON n.lack = l.lack
                     ORDER BY l.place)
      INTO d.persons, d.decisions, d.total, d.numbers
      FROM shown AS s JOIN told AS t ON t.insured_key = s.insured_key;
END $$;

CREATE FUNCTION gate.decide_people_list(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                        INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    d := gate.listed(c, p, 200, d);
END $$;

-- The list as a file: the same answer, but the log says that it was taken along.
CREATE FUNCTION gate.decide_people_export(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    d := gate.listed(c, p, 5000, d);
END $$;
