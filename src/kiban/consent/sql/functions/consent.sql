-- 同意: given, taken back, refused ------------------------------------------------------------------------------------

-- What was signed: signer, signer_name, witness, channel, note and text_version of p, the parameters.

-- The first entry of a form that cannot be: who signed, how, on which day. NULL when all can.
CREATE FUNCTION gate.bad_signing(p jsonb, p_on date, p_today date) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN p_on IS NULL OR p_on > p_today THEN 'consent:date_in_future'
    WHEN coalesce(p ->> 'signer', '') NOT IN ('self', 'scribe', 'legal_agent', 'voluntary_agent', 'family')
        THEN 'consent:unknown_signer'
    WHEN coalesce(p ->> 'channel', '') NOT IN ('meeting', 'letter', 'telephone', 'other')
        THEN 'consent:unknown_channel'
    -- Written by somebody else's hand: somebody else again has to have been there.
    WHEN p ->> 'signer' = 'scribe' AND gate.written(p ->> 'witness') = '' THEN 'consent:no_witness'
END;

CREATE FUNCTION gate.decide_consent_give(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_given_on date := gate.day(p ->> 'given_on');
    v_refusal bigint;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), gate.bad_signing(p, p_given_on, c.today));
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        UPDATE care.refusal SET ended_at = c.now WHERE insured_key = p_key AND ended_at IS NULL
        RETURNING id INTO v_refusal;
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, signer_name, witness, channel, note,
                                  taken_by, organisation_id, recorded_by, ended_refusal)
        VALUES (p_key, p_given_on, coalesce(p ->> 'text_version', ''), p ->> 'signer',
                coalesce(p ->> 'signer_name', ''), coalesce(p ->> 'witness', ''), p ->> 'channel',
                coalesce(p ->> 'note', ''),
                CASE c.organisation_kind WHEN 'municipality' THEN 'municipality' ELSE 'office' END,
                c.organisation_id, c.account_id, v_refusal)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;
        PERFORM gate.settle_consent(p_key);  -- a municipal file may have said that it was taken back later
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;

-- What ends a consent: taken back, or refused after all. Nothing that needs it is shown from this moment on. The number
-- of the consent; NULL: there was none.
CREATE FUNCTION gate.end_consent(c gate.context, p_key bigint, p jsonb, p_on date) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_consent bigint;
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    UPDATE care.consent
       SET withdrawn_at = c.now, withdrawn_by = c.account_id, withdrawn_org = c.organisation_id, withdrawn_on = p_on,
           withdrawn_signer = p ->> 'signer', withdrawn_signer_name = coalesce(p ->> 'signer_name', ''),
           withdrawn_witness = coalesce(p ->> 'witness', ''), withdrawn_channel = p ->> 'channel',
           withdrawn_note = coalesce(p ->> 'note', '')
     WHERE insured_key = p_key AND withdrawn_at IS NULL
    RETURNING id INTO v_consent;
    RETURN v_consent;
END $$;

CREATE FUNCTION gate.decide_consent_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_withdrawn_on date := gate.day(p ->> 'withdrawn_on');
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), gate.bad_signing(p, p_withdrawn_on, c.today));
    IF refusal IS NULL AND gate.end_consent(c, p_key, p, p_withdrawn_on) IS NULL THEN
        refusal := 'consent:none';
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;

CREATE FUNCTION gate.decide_consent_refuse(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_refused_on date := gate.day(p ->> 'refused_on');
    v_consent bigint;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key), gate.bad_signing(p, p_refused_on, c.today));
    IF refusal IS NULL THEN
        v_consent := gate.end_consent(c, p_key, p, p_refused_on);
        INSERT INTO care.refusal (insured_key, refused_on, text_version, signer, signer_name, witness, channel, note,
                                  organisation_id, recorded_by, ended_consent)
        VALUES (p_key, p_refused_on, coalesce(p ->> 'text_version', ''), p ->> 'signer',
                coalesce(p ->> 'signer_name', ''), coalesce(p ->> 'witness', ''), p ->> 'channel',
                coalesce(p ->> 'note', ''), c.organisation_id, c.account_id, v_consent)
        ON CONFLICT (insured_key) WHERE ended_at IS NULL DO NOTHING;
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;
