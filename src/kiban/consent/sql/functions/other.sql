-- The older consents (基準33条, 認定申請書) ---------------------------------------------------------------------------

CREATE FUNCTION gate.record_other_consent(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                          p_kind text, p_given_on date, p_signer text, p_signer_name text,
                                          p_covers_family boolean, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    -- A paper on which a scribe wrote names its witness itself; here only who signed is kept.
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               gate.bad_signing(p_given_on, p_signer, 'on the paper', 'other', c.today));
BEGIN
    IF v_refusal IS NULL AND (p_kind IS NULL OR p_kind NOT IN ('article33', 'application')) THEN
        v_refusal := 'consent:unknown_kind';
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.other_consent (insured_key, kind, given_on, signer, signer_name, covers_family, note,
                                        organisation_id, recorded_by)
        VALUES (p_key, p_kind, p_given_on, p_signer, coalesce(p_signer_name, ''), coalesce(p_covers_family, false),
                coalesce(p_note, ''), c.organisation_id, c.account_id);
    END IF;
    RETURN gate.note('other_consent:give', c, p_key, v_refusal, 'kind=' || CASE WHEN v_refusal IS NULL THEN p_kind
                                                                                ELSE '' END);
END $$;

CREATE FUNCTION gate.withdraw_other_consent(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                            p_number bigint)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.other_consent SET withdrawn_at = c.now, withdrawn_by = c.account_id
         WHERE insured_key = p_key AND id = p_number AND organisation_id = c.organisation_id AND withdrawn_at IS NULL;
        IF NOT FOUND THEN
            v_refusal := 'consent:none';
        END IF;
    END IF;
    RETURN gate.note('other_consent:withdraw', c, p_key, v_refusal, 'number=' || p_number);
END $$;
