-- What acts of all rooms share ------------------------------------------------------------------------------------

-- By which 担当 the caller's organisation may speak of a person (the newest; also the one this very act has ended).
CREATE FUNCTION gate.basis(c gate.context, p_key bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT max(l.id) FROM care.assignment AS l
 WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.viewing_from <= c.today
   AND (l.viewing_to IS NULL OR l.viewing_to > c.today) AND (l.ended_at IS NULL OR l.ended_at >= c.now)
$$;

-- What is decided about one person (or one account, one card) is decided by one transaction at a time: the next one
-- sees what the one before has written. Held until the transaction ends; persons in the order of their keys.
CREATE FUNCTION gate.one_at_a_time(p_what text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
RETURN pg_advisory_xact_lock(hashtextextended(p_what, 0));

-- What stands in the way of acting for a person: the assignment (or being the insurer). An emergency opens records; it
-- gives no right to act.
CREATE FUNCTION gate.hindrance(c gate.context, p_key bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_key IS NULL OR p_key <= 0 THEN
        RETURN 'assignment:none';
    END IF;
    IF c.organisation_kind = 'municipality' THEN
        RETURN CASE WHEN c.organisation_number <> care.insurer_no(p_key) THEN 'assignment:other_insurer'
                    WHEN NOT EXISTS (SELECT 1 FROM care.person AS p WHERE p.insured_key = p_key) THEN 'assignment:none'
               END;
    END IF;
    RETURN (SELECT 'assignment:' || nullif(gate.assignment_answer(
                       CASE c.organisation_kind WHEN 'medical' THEN 'opinion' ELSE 'any' END, c.organisation_number,
                       f.insurer_no, f.is_assigned, f.starts_later, f.capacities, f.is_identified), 'ok')
              FROM gate.facts_of(p_key, c.organisation_id, NULL, c.today, c.now) AS f);
END $$;

-- A day as it was sent: four digits, two, two (of the exchange's files without hyphens). PostgreSQL knows more of them
-- ('today', '-infinity', BC), which would stand among the facts about a person, and no page could read them.
CREATE FUNCTION gate.day(p_text text) RETURNS date
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_text !~ '^[0-9]{4}(-[0-9]{2}){2}$' AND p_text !~ '^[0-9]{8}$' THEN
        RAISE EXCEPTION 'not a day' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN p_text::date;
END $$;

CREATE FUNCTION gate.numbers(p jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(p) = 'array' THEN ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(p) AS x) END;

-- What only those do who keep staff and terminals and answer for what was looked at; NULL: the caller is one.
CREATE FUNCTION gate.not_administrator(c gate.context) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN NOT gate.administers(c.level) THEN 'role:not_administrator' END;

-- Whether the caller has said which person somebody is so often in vain that it must wait: ten misses of an account in
-- ten minutes. A try that was never decided is a miss.
CREATE FUNCTION gate.too_many_misses(c gate.context) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.one_at_a_time('misses ' || c.account_id);  -- not ten at once either
    RETURN (SELECT count(*) >= 10 FROM gate.guess AS x
             WHERE x.account_id = c.account_id AND x.at > c.now - interval '10 minutes' AND x.is_miss
               AND x.question_id <> c.question);
END $$;

CREATE FUNCTION gate.was_no_miss(c gate.context) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE gate.guess SET is_miss = false WHERE question_id = c.question;
END;

-- What somebody wrote, without what is no writing (also the wide space of Japanese keyboards).
CREATE FUNCTION gate.written(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN btrim(coalesce(p_text, ''), U&' \0009\000A\000D\3000');
