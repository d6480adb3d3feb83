-- 登録のまちがい ------------------------------------------------------------------------------------------------------

-- The correction itself. Whoever calls has taken the fact back in the same transaction.
CREATE FUNCTION gate.note_correction(p_key bigint, p_subject text, p_number bigint, p_reason text, p_was jsonb,
                                     p_organisation bigint, p_account bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO care.correction (insured_key, subject, subject_id, reason, was, organisation_id, recorded_by)
VALUES (p_key, p_subject, p_number, p_reason, p_was, p_organisation, p_account)
$$;

-- The corrections of some kinds of facts about a person, as an organisation may know them: its own with the name of
-- who corrected, and to the insurer all.
CREATE FUNCTION gate.corrections_of(p_key bigint, p_subjects text[], p_organisation bigint, p_kind text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(json_agg(json_build_object(
           'subject', x.subject, 'subject_number', x.subject_id, 'reason', x.reason, 'was', x.was,
           'organisation', o.name, 'own', x.organisation_id = p_organisation, 'account', a.name,
           'recorded_at', x.recorded_at) ORDER BY x.id DESC), '[]')
  FROM care.correction AS x
  LEFT JOIN public.registry_organisation AS o ON o.id = x.organisation_id
  LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
 WHERE x.insured_key = p_key AND x.subject = ANY (p_subjects)
   AND (x.organisation_id = p_organisation OR p_kind = 'municipality')
$$;
