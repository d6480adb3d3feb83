-- What a list answers: the page, the numbers, and the first of those who lack something -------------------------------

CREATE FUNCTION gate.people_of(q care.access_log, p_keys bigint[], p_words text[], p_today date) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'key', u.key, 'name', p.name, 'kana', p.kana, 'birth', coalesce(p.birth::text, p.birth_partial),
           'sex', p.sex,
           'insurer_no', care.insurer_no(u.key), 'insurer_name', n.name,
           'insured_tail', right(care.insured_no(u.key), 4),
           'capacity', l.capacity, 'viewing_to', l.viewing_to,
           'care_level', k.content ->> 'care_level', 'valid_from', k.valid_from, 'valid_to', k.valid_to,
           'burden_ratio', b.content ->> 'burden_ratio', 'starts_on', n.started_on,
           'lacks', gate.lacking(u.word, k.valid_to, l.viewing_to, p_today), 'responsible', a.name,
           'decisions', string_to_array(u.word, ' ')) ORDER BY u.position), '[]')
  FROM unnest(p_keys, p_words) WITH ORDINALITY AS u(key, word, position)
  JOIN care.person AS p ON p.insured_key = u.key
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(u.key)
  LEFT JOIN LATERAL gate.listed_assignment(u.key, q.organisation_id, p_today) AS l ON true
  LEFT JOIN care.responsible AS r
         ON r.insured_key = u.key AND r.organisation_id = q.organisation_id AND r.ended_at IS NULL
  LEFT JOIN public.staff_account AS a ON a.id = r.account_id
  LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.card', p_today) AS k
         ON u.word LIKE '%+insurance_card.card|%'
  LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.burden_ratio', p_today) AS b
         ON u.word LIKE '%+insurance_card.burden_ratio|%'
$$;

-- people: the page. named: of each thing that is missing the first persons beside the page. lacking: how many lack
-- what.
CREATE FUNCTION gate.answer_list(t gate.ticket) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    q care.access_log;
    d care.access_log;
    v_page integer;
    v_today date;
BEGIN
    SELECT x.q, x.d INTO f FROM gate.decided(t) AS x;
    q := f.q;
    d := f.d;
    IF q.action NOT IN ('people:list', 'people:export') THEN
        RAISE EXCEPTION 'no such ticket' USING ERRCODE = 'insufficient_privilege';
    END IF;
    v_page := coalesce(d.numbers[1], 0);
    v_today := (d.at AT TIME ZONE 'Asia/Tokyo')::date;
    RETURN json_build_object(
        'log', q.id, 'at', d.at, 'outcome', d.outcome, 'standing', q.standing, 'matrix', q.matrix,
        'total', d.total, 'everybody', d.numbers[2],
        'lacking', (SELECT json_object_agg(l.lack, d.numbers[l.place + 2])
                      FROM unnest(gate.lacks()) WITH ORDINALITY AS l(lack, place)),
        'people', gate.people_of(q, d.persons[:v_page], d.decisions[:v_page], v_today),
        'named', gate.people_of(q, d.persons[v_page + 1:], d.decisions[v_page + 1:cardinality(d.persons)],
                                v_today))::text;
END $$;

-- p as of gate.listed; with export it is taken along as a file.
CREATE PROCEDURE gate.list_people(p_session text, p_certificate text, p_purpose text, p jsonb, INOUT answer text,
                                  p_attempt uuid DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    v_action text := CASE WHEN (p ->> 'export')::boolean THEN 'people:export' ELSE 'people:list' END;
    t gate.ticket;
BEGIN
    t := gate.ask(p_session, p_certificate, p_purpose, v_action, 0, p, '{}', p_attempt);
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
