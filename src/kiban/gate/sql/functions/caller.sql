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
    shard smallint,
    is_unused boolean,                             -- the session's use is to be written down (gate.touch)
    pace integer                                   -- openings a minute after which it is stopped; NULL: no stop
);

-- What a session rests on, sealed by the process that signs people in (HMAC-SHA-256, kiban.staff.sign_in.seal): with
-- SQL alone nobody makes a session, nor gives one to somebody else. The keys are those of gate.installation.
-- (STABLE, so that it is inlined.)
CREATE FUNCTION gate.session_seal_by(p_inner bytea, p_outer bytea, p_key text, p_account bigint, p_employment bigint,
                                     p_fingerprint text, p_second_factor_at timestamptz, p_expires_at timestamptz,
                                     p_delegation bigint) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256(p_outer || sha256(p_inner || convert_to(array_to_string(ARRAY[
                  'kiban-session-1', p_key, p_account::text, p_employment::text, p_fingerprint,
                  gate.microseconds(p_second_factor_at), gate.microseconds(p_expires_at), p_delegation::text],
                  '|', ''), 'UTF8')));

CREATE FUNCTION gate.session_seal(p_key text, p_account bigint, p_employment bigint, p_fingerprint text,
                                  p_second_factor_at timestamptz, p_expires_at timestamptz, p_delegation bigint)
RETURNS bytea
LANGUAGE sql STABLE
RETURN (SELECT gate.session_seal_by(i.inner_key, i.outer_key, p_key, p_account, p_employment, p_fingerprint,
                                    p_second_factor_at, p_expires_at, p_delegation)
          FROM gate.installation AS i);

-- Other things the web process vouches for are sealed with the same key (kiban.staff.sign_in.seal.sealed): fields with
-- a bar between them, the first of which says what it is.
CREATE FUNCTION gate.sealed(p_fields text) RETURNS bytea
LANGUAGE sql STABLE
RETURN (SELECT sha256(i.outer_key || sha256(i.inner_key || convert_to(p_fields, 'UTF8')))
          FROM gate.installation AS i);

-- An organisation's columns in the matrix.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.columns_of(p_kind text, p_organisation bigint, p_party_of_service jsonb, p_today date)
RETURNS TABLE (parties text[])
LANGUAGE sql STABLE AS $$
SELECT CASE p_kind
           WHEN 'municipality' THEN ARRAY['municipality']
           WHEN 'medical'      THEN ARRAY['medical']
           ELSE ARRAY(SELECT DISTINCT p_party_of_service ->> s.service_id
                        FROM public.registry_organisationservice AS s
                       WHERE s.organisation_id = p_organisation
                         AND s.starts_on <= p_today AND (s.ends_on IS NULL OR s.ends_on > p_today)
                         AND p_party_of_service ? s.service_id::text)
       END
$$;

-- What fails of the standing.
CREATE FUNCTION gate.standing(p_account text, p_terminal text, p_delegation text, p_purpose text) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN p_account = 'ok' AND p_terminal = 'ok' AND p_delegation = 'ok' AND p_purpose = 'ok' THEN '{}'
    ELSE array_remove(ARRAY[
             CASE WHEN p_account    <> 'ok' THEN 'account:' || p_account END,
             CASE WHEN p_terminal   <> 'ok' THEN 'terminal:' || p_terminal END,
             CASE WHEN p_delegation <> 'ok' THEN 'delegation:' || p_delegation END,
             CASE WHEN p_purpose    <> 'ok' THEN 'purpose:' || p_purpose END], NULL) END;

-- What every context has, whoever asks: shard and pace of the installation and the matrix in force.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.in_force(p_today date)
RETURNS TABLE (shard smallint, pace integer, inner_key bytea, outer_key bytea, matrix text, party_of_service jsonb)
LANGUAGE sql STABLE AS $$
SELECT g.shard, g.openings_per_minute, g.inner_key, g.outer_key, v.version, v.party_of_service
  FROM gate.installation AS g
  LEFT JOIN (SELECT m.version, m.party_of_service FROM public.gate_matrixversion AS m
              WHERE m.effective_from <= p_today
              ORDER BY m.effective_from DESC, m.loaded_at DESC LIMIT 1) AS v ON true
$$;

-- Session and certificate are looked up here; nothing the caller says about the account counts.
-- One statement, since each costs more to begin than to run.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.context(p_session text, p_certificate text, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c gate.context;
    v_now timestamptz := clock_timestamp();
    v_today date := (v_now AT TIME ZONE 'Asia/Tokyo')::date;
    v_certificate text := nullif(p_certificate, '');
    -- An undeclared purpose is not stored as given: it may be anything.
    v_purpose text := CASE WHEN p_purpose = ANY (gate.purposes()) THEN p_purpose END;
BEGIN
    -- In the order of gate.context.
    SELECT a.id, e.id, o.id, o.kind, o.number, e.job_type_id, e.level, s.delegation_id,
           CASE WHEN a.id IS NOT NULL THEN s.session_key END, v_certificate, v_purpose,
           (SELECT x.parties FROM gate.columns_of(o.kind, o.id, g.party_of_service, v_today) AS x), g.matrix,
           v_today, v_now,
           gate.account_answer(
               a.id IS NOT NULL, s.expire_date <= v_now, a.is_active, a.must_change_password, s.second_factor_at,
               s.locked_at <= v_now OR coalesce(s.seen_at, s.second_factor_at) <= v_now - gate.longest_idle(),
               e.id IS NOT NULL AND e.account_id = a.id, e.starts_on, e.ends_on, o.enrolled_on, o.ended_on, v_today,
               v_now),
           gate.terminal_answer(
               v_certificate, t.id, t.revoked_at, t.not_before, t.not_after, t.organisation_id, o.id,
               s.certificate_fingerprint = v_certificate, v_now),
           CASE WHEN s.delegation_id IS NULL THEN 'ok'
                ELSE gate.delegation_answer(s.delegation_id, a.id, o.id, p_purpose, v_today, v_now) END,
           CASE WHEN v_purpose IS NULL THEN 'undeclared' ELSE 'ok' END, NULL,
           NULL, NULL, g.shard,
           s.seen_at IS NULL OR s.seen_at < v_now - interval '1 minute', g.pace
      INTO c
      FROM gate.in_force(v_today) AS g
      LEFT JOIN public.staff_session AS s
             ON s.session_key = encode(sha256(convert_to(coalesce(p_session, ''), 'UTF8')), 'hex')
            AND s.seal = gate.session_seal_by(
                    g.inner_key, g.outer_key, s.session_key, s.account_id, s.employment_id, s.certificate_fingerprint,
                    s.second_factor_at, s.expire_date, s.delegation_id)
      LEFT JOIN public.staff_account AS a ON a.id = s.account_id
      LEFT JOIN public.staff_employment AS e ON e.id = s.employment_id
      LEFT JOIN public.registry_organisation AS o ON o.id = e.organisation_id
      LEFT JOIN public.terminals_certificate AS t ON t.fingerprint = p_certificate;
    c.standing := gate.standing(c.account, c.terminal, c.delegation, c.purpose_answer);
    RETURN c;
END $$;

-- The rest of a context whose caller is known otherwise (a machine's key).
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.with_purpose_and_matrix(c gate.context, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE AS $$
BEGIN
    c.purpose_answer := CASE WHEN p_purpose = ANY (gate.purposes()) THEN 'ok' ELSE 'undeclared' END;
    c.purpose := CASE WHEN c.purpose_answer = 'ok' THEN p_purpose END;
    c.standing := gate.standing(c.account, c.terminal, c.delegation, c.purpose_answer);
    SELECT g.shard, g.pace, g.matrix, x.parties
      INTO c.shard, c.pace, c.matrix, c.parties
      FROM gate.in_force(c.today) AS g
     CROSS JOIN LATERAL gate.columns_of(c.organisation_kind, c.organisation_id, g.party_of_service, c.today) AS x;
    RETURN c;
END $$;
