-- The own plans of a person -------------------------------------------------------------------------------------------

-- The own plans of a person, to be corrected or sent ('plan:read').
CREATE FUNCTION gate.answer_plan_read(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana,
                                        'birth', coalesce(p.birth::text, p.birth_partial), 'sex', p.sex,
                                        'insurer_no', care.insurer_no(p.insured_key),
                                        'insured_no', care.insured_no(p.insured_key), 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = q.insured_key),
    'drafts', (SELECT coalesce(json_agg(json_build_object('plan', x.plan, 'typed', x.typed, 'saved_at', x.saved_at)
                                        ORDER BY x.saved_at DESC), '[]')
                 FROM care.plan_draft AS x
                WHERE x.insured_key = q.insured_key AND x.organisation_id = q.organisation_id
                  AND x.account_id = q.account_id AND x.saved_at >= clock_timestamp() - gate.plan_draft_lifetime()),
    'plans', (SELECT coalesce(json_agg(json_build_object(
                         'base', e.history_no || '.' || e.version, 'made_on', e.valid_from, 'version', e.version,
                         'registered_at', e.registered_at, 'reason', e.reason, 'account', a.name,
                         'content', e.content) ORDER BY e.valid_from DESC, e.history_no DESC), '[]')
                FROM public.registry_organisation AS o
                JOIN care.record AS e ON e.insured_key = q.insured_key AND e.item = 'careplan.plan'
                                     AND e.superseded_at IS NULL
                                     AND e.entry = o.number || '/' || to_char(e.valid_from, 'YYYY-MM-DD')
                LEFT JOIN public.staff_account AS a ON a.id = e.recorded_by
               WHERE o.id = q.organisation_id))
$$;

CREATE FUNCTION gate.decide_plan_read(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                      INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.plan_hindrance(p_key, c.organisation_id, c.now);
END $$;
