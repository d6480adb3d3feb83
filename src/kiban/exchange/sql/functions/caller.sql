-- ケアプランデータ連携: who uses it -----------------------------------------------------------------------------------

-- docs/algorithms/boxes.md. Contents come encrypted and go encrypted; these functions see who, to whom, and whose.

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
      LEFT JOIN public.exchange_synckey AS k ON k.secret_hash = x.hash
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

CREATE FUNCTION gate.exchange_note(p_action text, c gate.context, p_unit bigint, p_refusal text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_refusal IS NULL THEN
        UPDATE public.exchange_synckey SET last_used_at = c.now WHERE id = c.machine;
    END IF;
    RETURN gate.note(p_action, c, 0, p_refusal,
                     concat_ws(' ', 'unit=' || p_unit, 'machine=' || c.machine),
                     CASE WHEN p_refusal IS NULL THEN
                         coalesce((SELECT array_agg(DISTINCT e.insured_key) FROM care.exchange_entry AS e
                                    WHERE e.unit_id = p_unit), '{}') ELSE '{}' END);
END $$;
