-- The use of a session -----------------------------------------------------------------------------------------------

-- The caller as it may ask: nobody while the log is not sealed, where that is wished for. Its use is written down (a
-- refused call is none), and who asks at a pace no human has is stopped.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.counted(c gate.context) RETURNS gate.context
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM gate.sealing AS s WHERE s.good_until < c.now) THEN
        c.account := 'unsealed';
        c.standing := ARRAY['account:unsealed'] || c.standing;
        RETURN c;
    END IF;
    IF c.account = 'ok' AND c.session IS NOT NULL THEN
        IF c.is_unused AND c.standing = '{}' THEN
            PERFORM gate.touch(c);
        END IF;
        IF c.pace IS NOT NULL AND gate.is_too_fast(c) THEN
            RETURN gate.stop(c);
        END IF;
    END IF;
    RETURN c;
END $$;

-- The session is in use: at most once a minute, so that reading does not become writing.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.touch(c gate.context) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.staff_session SET seen_at = c.now
     WHERE session_key = c.session AND (seen_at IS NULL OR seen_at < c.now - interval '1 minute');
END $$;

-- No human opens at such a pace: the session has asked as often within a minute as the installation allows.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.is_too_fast(c gate.context) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    -- One question of a session after the other: many at once would not see each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('pace ' || c.session, 0));
    RETURN c.pace <= (
        SELECT count(*) FROM (SELECT 1 FROM care.access_log AS x
                               WHERE x.session = c.session AND x.step = 'question'
                                 AND x.at > c.now - interval '1 minute' AND x.at < c.now + interval '1 minute'
                               LIMIT c.pace) AS n);
END $$;

-- The session is stopped: its screen locks, so that who sits there must show who it is, and the administrators find it.
CREATE FUNCTION gate.stop(c gate.context) RETURNS gate.context
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.staff_session SET locked_at = c.now WHERE session_key = c.session AND locked_at IS NULL;
    INSERT INTO public.staff_suspicion AS s (organisation_id, account_id, kind, seen_at, last_at, times, detail, note)
    VALUES (c.organisation_id, c.account_id, 'too_fast', c.now, c.now, 1, '{}', '')
    ON CONFLICT (organisation_id, account_id, kind) WHERE cleared_at IS NULL
    DO UPDATE SET last_at = excluded.last_at, times = s.times + 1;
    c.account := 'too_fast';
    c.standing := ARRAY['account:too_fast'] || c.standing;
    RETURN c;
END $$;
