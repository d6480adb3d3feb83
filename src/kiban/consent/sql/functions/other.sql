-- The older consents (基準33条, 認定申請書) ---------------------------------------------------------------------------

CREATE FUNCTION gate.decide_other_consent_give(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                               INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_kind text := p ->> 'kind';
    p_given_on date := gate.day(p ->> 'given_on');
BEGIN
    -- A paper on which a scribe wrote names its witness itself; here only who signed is kept.
    refusal := coalesce(gate.hindrance(c, p_key),
                        gate.bad_signing(p || '{"witness": "on the paper", "channel": "other"}', p_given_on, c.today));
    IF refusal IS NULL AND (p_kind IS NULL OR p_kind NOT IN ('article33', 'application')) THEN
        refusal := 'consent:unknown_kind';
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.other_consent (insured_key, kind, given_on, signer, signer_name, covers_family, note,
                                        organisation_id, recorded_by)
        VALUES (p_key, p_kind, p_given_on, p ->> 'signer', coalesce(p ->> 'signer_name', ''),
                coalesce((p ->> 'covers_family')::boolean, false), coalesce(p ->> 'note', ''), c.organisation_id,
                c.account_id);
    END IF;
END $$;

CREATE FUNCTION gate.decide_other_consent_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                                   INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_number bigint := (p ->> 'number')::bigint;
BEGIN
    refusal := gate.hindrance(c, p_key);
    IF refusal IS NULL THEN
        UPDATE care.other_consent SET withdrawn_at = c.now, withdrawn_by = c.account_id
         WHERE insured_key = p_key AND id = p_number AND organisation_id = c.organisation_id AND withdrawn_at IS NULL;
        IF NOT FOUND THEN
            refusal := 'consent:none';
        END IF;
    END IF;
    d.numbers := ARRAY[p_number];
END $$;
