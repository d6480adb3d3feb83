-- ケアプランデータ連携: who uses it -----------------------------------------------------------------------------------

-- docs/algorithms/boxes.md. Contents come encrypted and go encrypted; these functions see who, to whom, and whose.

-- What a key rests on, sealed by the process that gives it out (kiban.exchange.machine.keys), as a session is
-- (gate.session_seal): with SQL alone nobody makes a key, nor gives one to another office.
CREATE FUNCTION gate.key_seal(p_hash text, p_organisation bigint, p_terminal bigint, p_employment bigint,
                              p_ends_on date) RETURNS bytea
LANGUAGE sql STABLE
RETURN gate.sealed(concat_ws('|', 'kiban-key-1', p_hash, p_organisation, p_terminal, p_employment,
                             to_char(p_ends_on, 'YYYY-MM-DD')));

-- Who is asking: a person at a screen, or a terminal with a key of the exchange ('sync-…').
CREATE FUNCTION gate.exchange_context(p_session text, p_certificate text, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context;
    f record;
BEGIN
    IF p_session IS NULL OR p_session NOT LIKE 'sync-%' THEN
        RETURN gate.context(p_session, p_certificate, p_purpose);
    END IF;
    c.now := clock_timestamp();
    c.today := (c.now AT TIME ZONE 'Asia/Tokyo')::date;
    c.certificate := nullif(p_certificate, '');
    SELECT k.id, k.ends_on, k.revoked_at, k.terminal_id, e.id AS employment_id, e.account_id,
           e.starts_on AS employed_from,
           e.ends_on AS employed_to, e.job_type_id, e.level, a.is_active, o.id AS organisation_id, o.kind, o.number,
           o.enrolled_on, o.ended_on, t.terminal_id AS at_terminal, t.organisation_id AS owner,
           t.not_before, t.not_after,
           t.revoked_at AS certificate_revoked_at, t.id AS certificate_id
      INTO f
      FROM (SELECT encode(sha256(convert_to(p_session, 'UTF8')), 'hex') AS hash) AS x
      LEFT JOIN public.exchange_synckey AS k
             ON k.secret_hash = x.hash
            AND k.seal = gate.key_seal(k.secret_hash, k.organisation_id, k.terminal_id, k.employment_id, k.ends_on)
      LEFT JOIN public.staff_employment AS e ON e.id = k.employment_id AND e.organisation_id = k.organisation_id
      LEFT JOIN public.staff_account AS a ON a.id = e.account_id
      LEFT JOIN public.registry_organisation AS o ON o.id = e.organisation_id
      LEFT JOIN public.terminals_certificate AS t ON t.fingerprint = p_certificate;
    c.account := gate.account_answer(
        f.employment_id IS NOT NULL AND (f.revoked_at <= c.now) IS NOT TRUE, f.ends_on <= c.today, f.is_active, false,
        c.now, false, true, f.employed_from, f.employed_to, f.enrolled_on, f.ended_on, c.today, c.now);
    c.terminal := gate.terminal_answer(
        c.certificate, f.certificate_id, f.certificate_revoked_at, f.not_before, f.not_after, f.owner,
        f.organisation_id, f.at_terminal = f.terminal_id, c.now);
    c.delegation := 'ok';
    c.account_id := f.account_id;           c.employment_id := f.employment_id;
    c.organisation_id := f.organisation_id; c.organisation_kind := f.kind;
    c.organisation_number := f.number;      c.job_type := f.job_type_id;
    c.level := f.level;                     c.machine := f.id;
    RETURN gate.with_purpose_and_matrix(c, p_purpose);
END $$;

-- What stands in the way of using the exchange at all: only offices take part.
CREATE FUNCTION gate.exchange_hindrance(c gate.context) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN c.standing <> '{}' THEN c.standing[1]
            WHEN c.organisation_kind <> 'office' THEN 'exchange:no_office' END;

-- The machine's key is in use.
CREATE FUNCTION gate.exchange_touch(c gate.context) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE public.exchange_synckey SET last_used_at = c.now WHERE id = c.machine;
END;

-- Of whom a unit speaks.
CREATE FUNCTION gate.exchange_persons(p_units bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT DISTINCT e.insured_key FROM care.exchange_entry AS e WHERE e.unit_id = ANY (p_units) ORDER BY 1);

-- gate.ask, also for a machine.
CREATE FUNCTION gate.exchange_question(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint,
                                       p jsonb, p_files bytea[], p_attempt uuid) RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.exchange_context(p_session, p_certificate, p_purpose);
BEGIN
    IF p_action IS NULL OR p_action NOT LIKE 'exchange:%' THEN
        RAISE EXCEPTION 'not an event of the exchange' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF c.standing = '{}' THEN
        PERFORM gate.exchange_touch(c);
    END IF;
    RETURN gate.ask_as(c, p_action, p_key, p, p_files, p_attempt);
END $$;

CREATE PROCEDURE gate.exchange_act(p_session text, p_certificate text, p_purpose text, p_action text, p_key bigint,
                                   p jsonb, p_files bytea[], p_attempt uuid, INOUT answer text, INOUT t gate.ticket)
LANGUAGE plpgsql AS $$
BEGIN
    t := gate.exchange_question(p_session, p_certificate, p_purpose, p_action, p_key, p, p_files, p_attempt);
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    t := gate.decide(t, p, p_files);
    COMMIT;
    IF gate.is_to_be_flushed() THEN
        COMMIT;
    END IF;
    answer := gate.answer(t);
END $$;
