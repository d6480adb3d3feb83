-- Who is asking -------------------------------------------------------------------------------------------------------

CREATE FUNCTION gate.purposes() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['care_planning', 'service_provision', 'certification_support', 'opinion_writing', 'insurer_duty',
             'inquiry'];

-- The levels that keep staff and terminals and answer for what was looked at.
CREATE FUNCTION gate.administers(p_level text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN p_level IN ('office', 'administrator');

CREATE TYPE gate.context AS (
    account_id bigint, employment_id bigint, organisation_id bigint, organisation_kind text,
    organisation_number text, job_type text, level text, delegation_id bigint, session text, certificate text,
    purpose text, parties text[], matrix text, today date, now timestamptz,
    account text, terminal text, delegation text, purpose_answer text, standing text[],
    machine bigint,                                -- of the exchange's key, when nobody is at a screen
    question bigint,                               -- number of the question that is decided
    shard smallint
);

-- What a session rests on, sealed by the process that signs people in (HMAC-SHA-256, kiban.staff.sign_in.seal): with
-- SQL alone nobody makes a session, nor gives one to somebody else.
CREATE FUNCTION gate.session_seal(p_key text, p_account bigint, p_employment bigint, p_fingerprint text,
                                  p_second_factor_at timestamptz, p_expires_at timestamptz, p_delegation bigint)
RETURNS bytea
LANGUAGE sql STABLE
RETURN (SELECT sha256(i.outer_key || sha256(i.inner_key || convert_to(array_to_string(ARRAY[
                   'kiban-session-1', p_key, p_account::text, p_employment::text, p_fingerprint,
                   gate.microseconds(p_second_factor_at), gate.microseconds(p_expires_at), p_delegation::text],
                   '|', ''), 'UTF8')))
          FROM gate.installation AS i);

-- Session and certificate are looked up here; nothing the caller says about the account counts.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.context(p_session text, p_certificate text, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c gate.context;
    f record;
BEGIN
    c.now := clock_timestamp();
    c.today := (c.now AT TIME ZONE 'Asia/Tokyo')::date;
    c.certificate := nullif(p_certificate, '');
    SELECT s.session_key, s.expire_date, s.certificate_fingerprint, s.second_factor_at, s.delegation_id,
           s.seen_at, s.locked_at,
           a.id AS account_id, a.is_active, a.must_change_password,
           e.id AS employment_id, e.account_id AS employed, e.job_type_id, e.level, e.starts_on, e.ends_on,
           o.id AS organisation_id, o.kind, o.number, o.enrolled_on, o.ended_on,
           t.id AS certificate_id, t.organisation_id AS owner, t.not_before, t.not_after, t.revoked_at,
           d.actor_id, d.organisation_id AS delegated_at, d.permitted_by_id, d.starts_at, d.ends_at,
           d.revoked_at AS delegation_revoked_at, d.purposes,
           EXISTS (SELECT 1 FROM public.staff_employment AS b
                    WHERE b.account_id = d.absent_id AND b.organisation_id = d.organisation_id
                      AND b.starts_on <= c.today AND (b.ends_on IS NULL OR b.ends_on > c.today)) AS absent_employed
      INTO f
      FROM (SELECT encode(sha256(convert_to(coalesce(p_session, ''), 'UTF8')), 'hex') AS session_key) AS k
      LEFT JOIN public.staff_session AS s
             ON s.session_key = k.session_key
            AND s.seal = gate.session_seal(s.session_key, s.account_id, s.employment_id, s.certificate_fingerprint,
                                           s.second_factor_at, s.expire_date, s.delegation_id)
      LEFT JOIN public.staff_account AS a ON a.id = s.account_id
      LEFT JOIN public.staff_employment AS e ON e.id = s.employment_id
      LEFT JOIN public.registry_organisation AS o ON o.id = e.organisation_id
      LEFT JOIN public.staff_delegation AS d ON d.id = s.delegation_id
      LEFT JOIN public.terminals_certificate AS t ON t.fingerprint = p_certificate;

    c.account := gate.account_answer(
        f.account_id IS NOT NULL, f.expire_date <= c.now, f.is_active, f.must_change_password, f.second_factor_at,
        f.locked_at <= c.now OR coalesce(f.seen_at, f.second_factor_at) <= c.now - gate.longest_idle(),
        f.employment_id IS NOT NULL AND f.employed = f.account_id, f.starts_on, f.ends_on, f.enrolled_on, f.ended_on,
        c.today, c.now);
    c.terminal := gate.terminal_answer(
        c.certificate, f.certificate_id, f.revoked_at, f.not_before, f.not_after, f.owner, f.organisation_id,
        f.certificate_fingerprint = c.certificate, c.now);
    c.delegation := CASE
        WHEN f.delegation_id IS NULL                            THEN 'ok'
        WHEN f.actor_id IS DISTINCT FROM f.account_id           THEN 'other_actor'
        WHEN f.delegated_at IS DISTINCT FROM f.organisation_id  THEN 'other_organisation'
        WHEN f.permitted_by_id IS NULL                          THEN 'no_permitter'
        WHEN f.delegation_revoked_at <= c.now                   THEN 'revoked'
        WHEN f.starts_at > c.now                                THEN 'not_started'
        WHEN f.ends_at <= c.now                                 THEN 'ended'
        WHEN NOT f.absent_employed                              THEN 'absent_left'
        WHEN f.purposes <> '{}' AND p_purpose <> ALL (f.purposes) THEN 'out_of_scope'
        ELSE 'ok' END;
    c.account_id := f.account_id;          c.employment_id := f.employment_id;
    c.organisation_id := f.organisation_id; c.organisation_kind := f.kind;
    c.organisation_number := f.number;      c.job_type := f.job_type_id;
    c.level := f.level;                     c.delegation_id := f.delegation_id;
    c.session := CASE WHEN f.account_id IS NOT NULL THEN f.session_key END;
    RETURN gate.with_purpose_and_matrix(c, p_purpose);
END $$;

-- What every context has, whoever asks: the purpose, what fails of the standing, the matrix in force and the
-- organisation's columns in it.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.with_purpose_and_matrix(c gate.context, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE AS $$
BEGIN
    c.purpose_answer := CASE WHEN p_purpose = ANY (gate.purposes()) THEN 'ok' ELSE 'undeclared' END;
    -- An undeclared purpose is not stored as given: it may be anything.
    c.purpose := CASE WHEN c.purpose_answer = 'ok' THEN p_purpose END;
    c.standing := array_remove(ARRAY[
        CASE WHEN c.account        <> 'ok' THEN 'account:' || c.account END,
        CASE WHEN c.terminal       <> 'ok' THEN 'terminal:' || c.terminal END,
        CASE WHEN c.delegation     <> 'ok' THEN 'delegation:' || c.delegation END,
        CASE WHEN c.purpose_answer <> 'ok' THEN 'purpose:' || c.purpose_answer END], NULL);
    SELECT g.shard, v.version,
           CASE c.organisation_kind
               WHEN 'municipality' THEN ARRAY['municipality']
               WHEN 'medical'      THEN ARRAY['medical']
               ELSE ARRAY(SELECT DISTINCT v.party_of_service ->> s.service_id
                            FROM public.registry_organisationservice AS s
                           WHERE s.organisation_id = c.organisation_id
                             AND s.starts_on <= c.today AND (s.ends_on IS NULL OR s.ends_on > c.today)
                             AND v.party_of_service ? s.service_id::text)
           END
      INTO c.shard, c.matrix, c.parties
      FROM gate.installation AS g
      LEFT JOIN public.gate_matrixversion AS v ON true
     WHERE (v.effective_from <= c.today) IS NOT FALSE
     ORDER BY v.effective_from DESC, v.loaded_at DESC
     LIMIT 1;
    RETURN c;
END $$;

-- The session is in use: at most once a minute, so that reading does not become writing.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.touch(c gate.context) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.staff_session SET seen_at = c.now
     WHERE session_key = c.session AND c.account = 'ok' AND (seen_at IS NULL OR seen_at < c.now - interval '1 minute');
END $$;

-- No human opens at such a pace: the session has asked as often within a minute as the installation allows.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.is_too_fast(c gate.context) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_most integer := (SELECT i.openings_per_minute FROM gate.installation AS i);
BEGIN
    IF v_most IS NULL OR c.session IS NULL OR c.account <> 'ok' THEN
        RETURN false;
    END IF;
    RETURN v_most <= (
        SELECT count(*) FROM (SELECT 1 FROM care.access_log AS x
                               WHERE x.session = c.session AND x.step = 'question'
                                 AND x.at > c.now - interval '1 minute' AND x.at < c.now + interval '1 minute'
                               LIMIT v_most) AS n);
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
