-- 同意: given, taken back, refused ------------------------------------------------------------------------------------

-- The first entry of a form that cannot be: who signed, how, on which day. NULL when all can.
CREATE FUNCTION gate.bad_signing(p_on date, p_signer text, p_witness text, p_channel text, p_today date) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN p_on IS NULL OR p_on > p_today THEN 'consent:date_in_future'
    WHEN p_signer IS NULL
         OR p_signer NOT IN ('self', 'scribe', 'legal_agent', 'voluntary_agent', 'family') THEN 'consent:unknown_signer'
    WHEN p_channel IS NULL
         OR p_channel NOT IN ('meeting', 'letter', 'telephone', 'other') THEN 'consent:unknown_channel'
    -- Written by somebody else's hand: somebody else again has to have been there.
    WHEN p_signer = 'scribe' AND gate.written(p_witness) = '' THEN 'consent:no_witness'
END;

CREATE FUNCTION gate.decide_consent_give(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_given_on date := gate.day(p ->> 'given_on');
    p_text_version text := p ->> 'text_version';
    p_signer text := p ->> 'signer';
    p_signer_name text := p ->> 'signer_name';
    p_witness text := p ->> 'witness';
    p_channel text := p ->> 'channel';
    p_note text := p ->> 'note';
    v_refusal bigint;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key),
                        gate.bad_signing(p_given_on, p_signer, p_witness, p_channel, c.today));
    IF refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        UPDATE care.refusal SET ended_at = c.now WHERE insured_key = p_key AND ended_at IS NULL
        RETURNING id INTO v_refusal;
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, signer_name, witness, channel, note,
                                  taken_by, organisation_id, recorded_by, ended_refusal)
        VALUES (p_key, p_given_on, coalesce(p_text_version, ''), p_signer, coalesce(p_signer_name, ''),
                coalesce(p_witness, ''), p_channel, coalesce(p_note, ''),
                CASE c.organisation_kind WHEN 'municipality' THEN 'municipality' ELSE 'office' END,
                c.organisation_id, c.account_id, v_refusal)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;
        PERFORM gate.settle_consent(p_key);  -- a municipal file may have said that it was taken back later
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;

-- What ends a consent: taken back, or refused after all. Nothing that needs it is shown from this moment on. The number
-- of the consent; NULL: there was none.
CREATE FUNCTION gate.end_consent(c gate.context, p_key bigint, p_on date, p_signer text, p_signer_name text,
                                 p_witness text, p_channel text, p_note text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_consent bigint;
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    UPDATE care.consent
       SET withdrawn_at = c.now, withdrawn_by = c.account_id, withdrawn_org = c.organisation_id, withdrawn_on = p_on,
           withdrawn_signer = p_signer, withdrawn_signer_name = coalesce(p_signer_name, ''),
           withdrawn_witness = coalesce(p_witness, ''), withdrawn_channel = p_channel,
           withdrawn_note = coalesce(p_note, '')
     WHERE insured_key = p_key AND withdrawn_at IS NULL
    RETURNING id INTO v_consent;
    RETURN v_consent;
END $$;

CREATE FUNCTION gate.decide_consent_withdraw(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                             INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_withdrawn_on date := gate.day(p ->> 'withdrawn_on');
    p_signer text := p ->> 'signer';
    p_signer_name text := p ->> 'signer_name';
    p_witness text := p ->> 'witness';
    p_channel text := p ->> 'channel';
    p_note text := p ->> 'note';
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key),
                        gate.bad_signing(p_withdrawn_on, p_signer, p_witness, p_channel, c.today));
    IF refusal IS NULL
       AND gate.end_consent(c, p_key, p_withdrawn_on, p_signer, p_signer_name, p_witness, p_channel,
                            p_note) IS NULL THEN
        refusal := 'consent:none';
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;

CREATE FUNCTION gate.decide_consent_refuse(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                           INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_refused_on date := gate.day(p ->> 'refused_on');
    p_text_version text := p ->> 'text_version';
    p_signer text := p ->> 'signer';
    p_signer_name text := p ->> 'signer_name';
    p_witness text := p ->> 'witness';
    p_channel text := p ->> 'channel';
    p_note text := p ->> 'note';
    v_consent bigint;
BEGIN
    refusal := coalesce(gate.hindrance(c, p_key),
                        gate.bad_signing(p_refused_on, p_signer, p_witness, p_channel, c.today));
    IF refusal IS NULL THEN
        v_consent := gate.end_consent(c, p_key, p_refused_on, p_signer, p_signer_name, p_witness, p_channel, p_note);
        INSERT INTO care.refusal (insured_key, refused_on, text_version, signer, signer_name, witness, channel, note,
                                  organisation_id, recorded_by, ended_consent)
        VALUES (p_key, p_refused_on, coalesce(p_text_version, ''), p_signer, coalesce(p_signer_name, ''),
                coalesce(p_witness, ''), p_channel, coalesce(p_note, ''), c.organisation_id, c.account_id, v_consent)
        ON CONFLICT (insured_key) WHERE ended_at IS NULL DO NOTHING;
    END IF;
    d.consent_id := CASE WHEN refusal IS NULL THEN gate.newest_consent(p_key) END;
END $$;
