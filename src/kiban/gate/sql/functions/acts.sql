-- What is written about a person goes through the same door -----------------------------------------------------------
-- Each act returns 'ok' or the answer that stood in the way ('account:left', 'assignment:none', ...) and is an entry of
-- the log either way. The account that recorded it comes from the session.

-- By which 担当 the caller's organisation may speak of a person (the newest; also the one this very act has ended).
CREATE FUNCTION gate.basis(c gate.context, p_key bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT max(l.id) FROM care.assignment AS l
 WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.viewing_from <= c.today
   AND (l.viewing_to IS NULL OR l.viewing_to > c.today) AND (l.ended_at IS NULL OR l.ended_at >= c.now)
$$;

CREATE FUNCTION gate.note(p_action text, c gate.context, p_key bigint, p_refusal text, p_detail text DEFAULT '',
                          p_persons bigint[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log := gate.log_row(p_action, c, coalesce(p_key, 0));
BEGIN
    PERFORM gate.touch(c);
    r.outcome := CASE WHEN p_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    r.decisions := ARRAY[CASE WHEN p_refusal IS NULL THEN '+' ELSE '-' END || p_action || '|'
                         || coalesce(p_refusal, '')];
    r.detail := coalesce(p_detail, '');
    r.persons := p_persons;
    IF p_refusal IS NULL AND p_key > 0 THEN
        r.assignment_id := gate.basis(c, p_key);
        IF p_action LIKE 'consent:%' THEN
            r.consent_id := (SELECT max(x.id) FROM care.consent AS x WHERE x.insured_key = p_key);
        END IF;
    END IF;
    PERFORM gate.write_log(r);
    RETURN coalesce(p_refusal, 'ok');
END $$;

-- What is decided about one person (or one account, one card) is decided by one transaction at a time: the next one
-- sees what the one before has written. Held until the transaction ends; persons in the order of their keys.
CREATE FUNCTION gate.one_at_a_time(p_what text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
RETURN pg_advisory_xact_lock(hashtextextended(p_what, 0));

-- What stands in the way of acting for a person: the caller's standing, then the assignment (or being the insurer).
-- An emergency opens records; it gives no right to act.
CREATE FUNCTION gate.hindrance(c gate.context, p_key bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF c.standing <> '{}' THEN
        RETURN c.standing[1];
    END IF;
    IF p_key IS NULL OR p_key <= 0 THEN
        RETURN 'assignment:none';
    END IF;
    IF c.organisation_kind = 'municipality' THEN
        RETURN CASE WHEN c.organisation_number <> care.insurer_no(p_key) THEN 'assignment:other_insurer'
                    WHEN NOT EXISTS (SELECT 1 FROM care.person AS p WHERE p.insured_key = p_key) THEN 'assignment:none'
               END;
    END IF;
    RETURN (SELECT CASE d.assignment WHEN 'ok' THEN NULL ELSE 'assignment:' || d.assignment END
              FROM gate.decide(p_key, ARRAY['person.any'], c.organisation_id, c.organisation_kind,
                               c.organisation_number,
                               c.parties, c.job_type, c.matrix, NULL::bigint, c.today, c.now) AS d);
END $$;

-- What somebody wrote, without what is no writing (also the wide space of Japanese keyboards).
CREATE FUNCTION gate.written(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN btrim(coalesce(p_text, ''), U&' \0009\000A\000D\3000');
