-- A person's 担当 -----------------------------------------------------------------------------------------------------

-- A person's 担当 as far as the caller may know it: an office sees its own, the insurer all.
CREATE FUNCTION gate.answer_assignment_read(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_build_object(
    'person', (SELECT json_build_object('name', p.name, 'kana', p.kana,
                                        'birth', coalesce(p.birth::text, p.birth_partial), 'insurer_name', n.name)
                 FROM care.person AS p
                 LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                WHERE p.insured_key = q.insured_key),
    'assignments', (SELECT coalesce(json_agg(json_build_object(
                      'number', l.id, 'organisation', o.name, 'organisation_number', o.number, 'capacity', l.capacity,
                      'viewing_from', l.viewing_from, 'viewing_to', l.viewing_to, 'ended_at', l.ended_at,
                      'end_reason', l.end_reason, 'account', a.name, 'recorded_at', l.recorded_at,
                      'mistaken_at', l.mistaken_at, 'own', l.organisation_id = q.organisation_id,
                      'registered_here', gate.is_own_registration(l, q.organisation_id),
                      'ended_here', l.ended_org = q.organisation_id,
                      'continued', (SELECT json_agg(json_build_object('month', k.month, 'source', k.source,
                                                                      'account', b.name, 'at', k.recorded_at)
                                                    ORDER BY k.month DESC)
                                      FROM care.continuation AS k
                                      LEFT JOIN public.staff_account AS b ON b.id = k.recorded_by
                                     WHERE k.insured_key = l.insured_key AND k.assignment_id = l.id))
                      ORDER BY l.id DESC), '[]')
                    FROM care.assignment AS l
                    JOIN public.registry_organisation AS o ON o.id = l.organisation_id
                    LEFT JOIN public.staff_account AS a ON a.id = l.recorded_by
                   WHERE l.insured_key = q.insured_key
                     AND (l.organisation_id = q.organisation_id OR q.organisation_kind = 'municipality')),
    'confirmations', (SELECT coalesce(json_agg(json_build_object(
                      'number', x.id, 'mistaken_at', x.mistaken_at,
                      'confirmed_on', x.confirmed_on, 'method', x.method, 'place', x.place, 'document', x.document,
                      'revocation', x.revocation, 'account', a.name) ORDER BY x.id DESC), '[]')
                        FROM care.confirmation AS x
                        LEFT JOIN public.staff_account AS a ON a.id = x.recorded_by
                       WHERE x.insured_key = q.insured_key AND x.organisation_id = q.organisation_id),
    'corrections', gate.corrections_of(q.insured_key, ARRAY['assignment', 'ending', 'identity'], q.organisation_id,
                                       q.organisation_kind),
    'handover', (SELECT json_build_object('to', o.name, 'to_number', o.number, 'starts_on', h.starts_on,
                                          'offered_at', h.offered_at, 'note', h.note)
                   FROM care.handover AS h JOIN public.registry_organisation AS o ON o.id = h.to_id
                  WHERE h.insured_key = q.insured_key AND h.from_id = q.organisation_id
                    AND h.withdrawn_at IS NULL AND h.done_at IS NULL),
    'responsible', (SELECT json_build_object('account', r.account_id, 'name', a.name, 'since', r.recorded_at)
                      FROM care.responsible AS r JOIN public.staff_account AS a ON a.id = r.account_id
                     WHERE r.insured_key = q.insured_key AND r.organisation_id = q.organisation_id
                       AND r.ended_at IS NULL),
    'policy', (SELECT json_build_object('months', x.months, 'exclusivity', x.exclusivity, 'source', x.source,
                                        'is_confirmed', x.is_confirmed)
                 FROM gate.assignment_policy(care.insurer_no(q.insured_key),
                                      (d.at AT TIME ZONE 'Asia/Tokyo')::date) AS x))
$$;

CREATE FUNCTION gate.decide_assignment_read(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                            INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.hindrance(c, p_key);
END $$;
