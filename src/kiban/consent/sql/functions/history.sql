-- All facts about a person's consent ----------------------------------------------------------------------------------

CREATE FUNCTION gate.may_know(q care.access_log, p_organisation bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN q.organisation_kind = 'municipality' OR p_organisation IS NOT DISTINCT FROM q.organisation_id;

-- How it stands with a person's consent on a day, in one word.
CREATE FUNCTION gate.consent_state(p_key bigint, p_today date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN EXISTS (SELECT 1 FROM care.refusal AS x WHERE x.insured_key = p_key AND x.ended_at IS NULL
                    AND x.mistaken_at IS NULL)                                                       THEN 'refused'
    WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key AND x.withdrawn_at IS NULL
                    AND x.mistaken_at IS NULL AND x.given_on <= p_today)                             THEN 'given'
    WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                    AND x.mistaken_at IS NULL AND x.withdrawn_at IS NULL)                            THEN 'later'
    WHEN EXISTS (SELECT 1 FROM care.consent AS x WHERE x.insured_key = p_key
                    AND x.mistaken_at IS NULL)                                                       THEN 'withdrawn'
    ELSE 'none' END;

CREATE FUNCTION gate.newest_consent(p_key bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT max(x.id) FROM care.consent AS x WHERE x.insured_key = p_key);

-- The consents about a person, as the asking organisation may know them.
CREATE FUNCTION gate.consents_told(q care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
    'number', x.id, 'given_on', x.given_on, 'text_version', x.text_version, 'signer', x.signer,
    'signer_name', x.signer_name, 'witness', x.witness, 'channel', x.channel,
    'note', CASE WHEN gate.may_know(q, x.organisation_id) THEN x.note END,
    'taken_by', x.taken_by, 'organisation', o.name, 'own', x.organisation_id = q.organisation_id,
    'account', CASE WHEN gate.may_know(q, x.organisation_id) THEN a.name END,
    'recorded_at', x.recorded_at, 'mistaken_at', x.mistaken_at,
    -- One taken back as a mistake was not withdrawn by anybody, unless somebody had.
    'withdrawn_at', CASE WHEN x.mistaken_at IS NULL OR x.withdrawn_at < x.mistaken_at
                         THEN x.withdrawn_at END,
    'withdrawal_of_refusal', EXISTS (SELECT 1 FROM care.refusal AS r
                                      WHERE r.insured_key = x.insured_key AND r.ended_consent = x.id
                                        AND r.mistaken_at IS NULL),
    'withdrawn_on', x.withdrawn_on, 'withdrawn_signer', x.withdrawn_signer,
    'withdrawn_signer_name', x.withdrawn_signer_name, 'withdrawn_witness', x.withdrawn_witness,
    'withdrawn_channel', x.withdrawn_channel, 'withdrawn_organisation', w.name,
    'withdrawn_note', CASE WHEN gate.may_know(q, x.withdrawn_org) THEN x.withdrawn_note END,
    'withdrawn_account', CASE WHEN gate.may_know(q, x.withdrawn_org) THEN b.name END,
    'withdrawn_own', x.withdrawn_org = q.organisation_id)
    ORDER BY x.given_on DESC, x.id DESC), '[]')
  FROM care.consent AS x
  LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
  LEFT JOIN public.registry_organisation AS w ON w.id = x.withdrawn_org
  LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
  LEFT JOIN public.staff_account AS b ON b.id = x.withdrawn_by
 WHERE x.insured_key = q.insured_key
$$;

-- All facts about consent, for the page of a person ('consent:read'). What another organisation noted, and
-- who of its staff, is between it and the insurer.
CREATE FUNCTION gate.answer_consent_read(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana,
                                        'birth', coalesce(p.birth::text, p.birth_partial), 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = q.insured_key),
    'state', gate.consent_state(q.insured_key, (d.at AT TIME ZONE 'Asia/Tokyo')::date),
    'consents', gate.consents_told(q),
    'refusals', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'refused_on', x.refused_on, 'text_version', x.text_version, 'signer', x.signer,
                     'signer_name', x.signer_name, 'witness', x.witness, 'channel', x.channel,
                     'note', CASE WHEN gate.may_know(q, x.organisation_id) THEN x.note END,
                     'organisation', o.name, 'own', x.organisation_id = q.organisation_id,
                     'account', CASE WHEN gate.may_know(q, x.organisation_id) THEN a.name END,
                     'recorded_at', x.recorded_at, 'ended_at', x.ended_at,
                     'mistaken_at', x.mistaken_at) ORDER BY x.id DESC), '[]')
                   FROM care.refusal AS x
                   LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
                   LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                  WHERE x.insured_key = q.insured_key),
    -- Papers between the person and one office: another office's are not shown.
    'others', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'kind', x.kind, 'given_on', x.given_on, 'signer', x.signer,
                     'signer_name', x.signer_name, 'covers_family', x.covers_family, 'note', x.note,
                     'account', a.name, 'recorded_at', x.recorded_at, 'mistaken_at', x.mistaken_at,
                     'withdrawn_at', CASE WHEN x.mistaken_at IS NULL OR x.withdrawn_at < x.mistaken_at
                                          THEN x.withdrawn_at END)
                     ORDER BY x.id DESC), '[]')
                 FROM care.other_consent AS x
                 LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                WHERE x.insured_key = q.insured_key AND x.organisation_id = q.organisation_id),
    'scans', (SELECT coalesce(json_agg(json_build_object(
                     'number', x.id, 'subject', x.subject, 'subject_number', x.subject_id,
                     'media_type', x.media_type, 'account', a.name, 'recorded_at', x.recorded_at,
                     'mistaken_at', x.mistaken_at)
                     ORDER BY x.id), '[]')
                FROM care.scan AS x
                LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
               WHERE x.insured_key = q.insured_key AND x.organisation_id = q.organisation_id),
    'corrections', gate.corrections_of(q.insured_key, ARRAY['consent', 'withdrawal', 'refusal', 'other', 'scan'],
                                       q.organisation_id, q.organisation_kind))
$$;

CREATE FUNCTION gate.decide_consent_read(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                         INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.hindrance(c, p_key);
END $$;
