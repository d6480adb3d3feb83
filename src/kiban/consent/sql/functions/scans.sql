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
CREATE FUNCTION gate.decide_scan_attach(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                        INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_subject text := p ->> 'subject';
    p_number bigint := (p ->> 'number')::bigint;
    p_media_type text := p ->> 'media_type';
    p_content bytea := p_files[1];
BEGIN
    refusal := gate.hindrance(c, p_key);
    IF refusal IS NULL AND NOT (CASE p_subject
            WHEN 'consent' THEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id
                                           AND x.mistaken_at IS NULL)
            WHEN 'withdrawal' THEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.withdrawn_org = c.organisation_id
                                           AND x.mistaken_at IS NULL)
            WHEN 'refusal' THEN EXISTS (SELECT 1 FROM care.refusal AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id
                                           AND x.mistaken_at IS NULL)
            WHEN 'other' THEN EXISTS (SELECT 1 FROM care.other_consent AS x WHERE x.insured_key = p_key
                                           AND x.id = p_number AND x.organisation_id = c.organisation_id
                                           AND x.mistaken_at IS NULL)
            ELSE false END) THEN
        refusal := 'consent:none';
    END IF;
    IF refusal IS NULL AND (p_media_type IS DISTINCT FROM gate.media_type(p_content) OR p_media_type IS NULL
                              OR length(p_content) > 5242880) THEN
        refusal := 'consent:bad_scan';
    END IF;
    IF refusal IS NULL THEN
        INSERT INTO care.scan (insured_key, subject, subject_id, media_type, content, organisation_id, recorded_by)
        VALUES (p_key, p_subject, p_number, p_media_type, p_content, c.organisation_id, c.account_id);
    END IF;
    d.numbers := ARRAY[p_number];
END $$;

CREATE FUNCTION gate.answer_scan_open(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('media_type', x.media_type, 'content', encode(x.content, 'base64'))
  FROM care.scan AS x
 WHERE x.insured_key = q.insured_key AND x.organisation_id = q.organisation_id AND x.id = d.numbers[1]
   AND x.mistaken_at IS NULL
$$;

CREATE FUNCTION gate.decide_scan_open(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                      INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.hindrance(c, p_key);
    d.numbers := ARRAY[(p ->> 'number')::bigint];
    IF refusal IS NULL AND NOT EXISTS (
            SELECT 1 FROM care.scan AS x
             WHERE x.insured_key = p_key AND x.id = d.numbers[1] AND x.organisation_id = c.organisation_id
               AND x.mistaken_at IS NULL) THEN
        refusal := 'consent:none';
    END IF;
END $$;
