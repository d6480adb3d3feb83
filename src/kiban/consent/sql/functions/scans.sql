-- The signed papers ---------------------------------------------------------------------------------------------------

-- What a file is, by how it begins: a name and a declared type are only what somebody says of it.
CREATE FUNCTION gate.media_type(p_content bytea) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN substring(p_content FROM 1 FOR 5) = '\x255044462d'::bytea         THEN 'application/pdf'
    WHEN substring(p_content FROM 1 FOR 8) = '\x89504e470d0a1a0a'::bytea   THEN 'image/png'
    WHEN substring(p_content FROM 1 FOR 3) = '\xffd8ff'::bytea             THEN 'image/jpeg'
END;

-- Beside a fact the own organisation recorded.
CREATE FUNCTION gate.attach_scan(p_session text, p_certificate text, p_key bigint, p_purpose text, p_subject text,
                                 p_number bigint, p_media_type text, p_content bytea)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL AND NOT (CASE p_subject
            WHEN 'consent' THEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id)
            WHEN 'withdrawal' THEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.withdrawn_org = c.organisation_id)
            WHEN 'refusal' THEN EXISTS (SELECT 1 FROM care.refusal AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id)
            WHEN 'other' THEN EXISTS (SELECT 1 FROM care.other_consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id)
            ELSE false END) THEN
        v_refusal := 'consent:none';
    END IF;
    IF v_refusal IS NULL AND (p_media_type IS DISTINCT FROM gate.media_type(p_content) OR p_media_type IS NULL
                              OR length(p_content) > 5242880) THEN
        v_refusal := 'consent:bad_scan';
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.scan (insured_key, subject, subject_id, media_type, content, organisation_id, recorded_by)
        VALUES (p_key, p_subject, p_number, p_media_type, p_content, c.organisation_id, c.account_id);
    END IF;
    RETURN gate.note('scan:attach', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.answer_scan_open(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('media_type', x.media_type, 'content', encode(x.content, 'base64'))
  FROM care.scan AS x
 WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id
   AND x.id = substring(r.detail FROM 'number=(\d+)')::bigint
$$;

CREATE FUNCTION gate.ask_scan_open(c gate.context, p_key bigint, p jsonb, INOUT r care.access_log, OUT refusal text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.hindrance(c, p_key);
    IF refusal IS NULL AND NOT EXISTS (
            SELECT 1 FROM care.scan AS x
             WHERE x.insured_key = p_key AND x.id = (p ->> 'number')::bigint
               AND x.organisation_id = c.organisation_id) THEN
        refusal := 'consent:none';
    END IF;
    r.detail := 'number=' || (p ->> 'number')::bigint;
END $$;
