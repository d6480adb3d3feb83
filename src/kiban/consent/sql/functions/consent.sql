-- 同意, 不同意, 撤回, the older consents and the signed papers -----------------------------------------------------------

CREATE FUNCTION gate.give_consent(p_session text, p_certificate text, p_key bigint, p_purpose text, p_given_on date,
                                  p_text_version text, p_signer text, p_signer_name text, p_witness text,
                                  p_channel text, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               gate.bad_signing(p_given_on, p_signer, p_witness, p_channel, c.today));
BEGIN
    IF v_refusal IS NULL THEN
        PERFORM gate.one_at_a_time('person ' || p_key);
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, signer_name, witness, channel, note,
                                  taken_by, organisation_id, recorded_by)
        VALUES (p_key, p_given_on, coalesce(p_text_version, ''), p_signer, coalesce(p_signer_name, ''),
                coalesce(p_witness, ''), p_channel, coalesce(p_note, ''),
                CASE c.organisation_kind WHEN 'municipality' THEN 'municipality' ELSE 'office' END,
                c.organisation_id, c.account_id)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;
        UPDATE care.refusal SET ended_at = c.now WHERE insured_key = p_key AND ended_at IS NULL;
    END IF;
    RETURN gate.note('consent:give', c, p_key, v_refusal);
END $$;

-- What ends a consent: taken back, or refused after all. Nothing that needs it is shown from this moment on.
CREATE FUNCTION gate.end_consent(c gate.context, p_key bigint, p_on date, p_signer text, p_signer_name text,
                                 p_witness text, p_channel text, p_note text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.one_at_a_time('person ' || p_key);
    UPDATE care.consent
       SET withdrawn_at = c.now, withdrawn_by = c.account_id, withdrawn_org = c.organisation_id, withdrawn_on = p_on,
           withdrawn_signer = p_signer, withdrawn_signer_name = coalesce(p_signer_name, ''),
           withdrawn_witness = coalesce(p_witness, ''), withdrawn_channel = p_channel,
           withdrawn_note = coalesce(p_note, '')
     WHERE insured_key = p_key AND withdrawn_at IS NULL;
    RETURN FOUND;
END $$;

CREATE FUNCTION gate.withdraw_consent(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                      p_withdrawn_on date, p_signer text, p_signer_name text, p_witness text,
                                      p_channel text, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               gate.bad_signing(p_withdrawn_on, p_signer, p_witness, p_channel, c.today));
BEGIN
    IF v_refusal IS NULL
       AND NOT gate.end_consent(c, p_key, p_withdrawn_on, p_signer, p_signer_name, p_witness, p_channel, p_note) THEN
        v_refusal := 'consent:none';
    END IF;
    RETURN gate.note('consent:withdraw', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.refuse_consent(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                    p_refused_on date, p_text_version text, p_signer text, p_signer_name text,
                                    p_witness text, p_channel text, p_note text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := coalesce(gate.hindrance(c, p_key),
                               gate.bad_signing(p_refused_on, p_signer, p_witness, p_channel, c.today));
BEGIN
    IF v_refusal IS NULL THEN
        PERFORM gate.end_consent(c, p_key, p_refused_on, p_signer, p_signer_name, p_witness, p_channel, p_note);
        INSERT INTO care.refusal (insured_key, refused_on, text_version, signer, signer_name, witness, channel, note,
                                  organisation_id, recorded_by)
        VALUES (p_key, p_refused_on, coalesce(p_text_version, ''), p_signer, coalesce(p_signer_name, ''),
                coalesce(p_witness, ''), p_channel, coalesce(p_note, ''), c.organisation_id, c.account_id)
        ON CONFLICT (insured_key) WHERE ended_at IS NULL DO NOTHING;
    END IF;
    RETURN gate.note('consent:refuse', c, p_key, v_refusal);
END $$;

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

CREATE FUNCTION gate.may_know(r care.access_log, p_organisation bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN r.detail = 'all' OR p_organisation IS NOT DISTINCT FROM r.organisation_id;

-- All facts about consent, for the page of a person (gate.read, 'consent:read'). What another organisation noted, and
-- who of its staff, is between it and the insurer.
CREATE FUNCTION gate.answer_consents(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth, 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = r.insured_key),
    'state', CASE
        WHEN EXISTS (SELECT 1 FROM care.refusal AS x WHERE x.insured_key = r.insured_key
                        AND x.ended_at IS NULL)                                                    THEN 'refused'
        WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = r.insured_key AND x.withdrawn_at IS NULL
                        AND x.given_on <= (r.at AT TIME ZONE 'Asia/Tokyo')::date)                  THEN 'given'
        WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = r.insured_key
                        AND x.withdrawn_at IS NULL)                                                THEN 'later'
        WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = r.insured_key)          THEN 'withdrawn'
        ELSE 'none' END,
    'consents', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'given_on', x.given_on, 'text_version', x.text_version, 'signer', x.signer,
                     'signer_name', x.signer_name, 'witness', x.witness, 'channel', x.channel,
                     'note', CASE WHEN gate.may_know(r, x.organisation_id) THEN x.note END,
                     'taken_by', x.taken_by, 'organisation', o.name, 'own', x.organisation_id = r.organisation_id,
                     'account', CASE WHEN gate.may_know(r, x.organisation_id) THEN a.name END,
                     'recorded_at', x.recorded_at, 'withdrawn_at', x.withdrawn_at,
                     'withdrawn_on', x.withdrawn_on, 'withdrawn_signer', x.withdrawn_signer,
                     'withdrawn_signer_name', x.withdrawn_signer_name, 'withdrawn_witness', x.withdrawn_witness,
                     'withdrawn_channel', x.withdrawn_channel, 'withdrawn_organisation', w.name,
                     'withdrawn_note', CASE WHEN gate.may_know(r, x.withdrawn_org) THEN x.withdrawn_note END,
                     'withdrawn_account', CASE WHEN gate.may_know(r, x.withdrawn_org) THEN b.name END,
                     'withdrawn_own', x.withdrawn_org = r.organisation_id) ORDER BY x.id DESC), '[]')
                   FROM care.consent AS x
                   LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
                   LEFT JOIN public.registry_organisation AS w ON w.id = x.withdrawn_org
                   LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                   LEFT JOIN public.staff_account AS b ON b.id = x.withdrawn_by
                  WHERE x.insured_key = r.insured_key),
    'refusals', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'refused_on', x.refused_on, 'text_version', x.text_version, 'signer', x.signer,
                     'signer_name', x.signer_name, 'witness', x.witness, 'channel', x.channel,
                     'note', CASE WHEN gate.may_know(r, x.organisation_id) THEN x.note END,
                     'organisation', o.name, 'own', x.organisation_id = r.organisation_id,
                     'account', CASE WHEN gate.may_know(r, x.organisation_id) THEN a.name END,
                     'recorded_at', x.recorded_at, 'ended_at', x.ended_at) ORDER BY x.id DESC), '[]')
                   FROM care.refusal AS x
                   LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
                   LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                  WHERE x.insured_key = r.insured_key),
    -- Papers between the person and one office: another office's are not shown.
    'others', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'kind', x.kind, 'given_on', x.given_on, 'signer', x.signer,
                     'signer_name', x.signer_name, 'covers_family', x.covers_family, 'note', x.note,
                     'account', a.name, 'recorded_at', x.recorded_at, 'withdrawn_at', x.withdrawn_at)
                     ORDER BY x.id DESC), '[]')
                 FROM care.other_consent AS x
                 LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id),
    'scans', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'subject', x.subject, 'subject_number', x.subject_id,
                     'media_type', x.media_type, 'account', a.name, 'recorded_at', x.recorded_at)
                     ORDER BY x.id), '[]')
                FROM care.scan AS x
                LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
               WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id))
$$;

CREATE FUNCTION gate.answer_scan(r care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object('media_type', x.media_type, 'content', encode(x.content, 'base64'))
  FROM care.scan AS x
 WHERE x.insured_key = r.insured_key AND x.organisation_id = r.organisation_id
   AND x.id = substring(r.detail FROM 'number=(\d+)')::bigint
$$;
