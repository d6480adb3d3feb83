-- The parts of what an opening tells --------------------------------------------------------------------------------

-- Who asked, as what and where.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.viewer(q care.access_log) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('name', a.name, 'job', j.name, 'job_type', j.code, 'level', e.level,
           'organisation', o.name, 'number', o.number, 'kind', o.kind, 'terminal', m.name,
           'acting', CASE WHEN q.delegation_id IS NOT NULL THEN (
               SELECT json_build_object('for', b.name, 'reason', x.reason, 'until', x.ends_at)
                 FROM public.staff_delegation AS x
                 JOIN public.staff_account AS b ON b.id = x.absent_id
                WHERE x.id = q.delegation_id) END)
  FROM public.staff_account AS a
  JOIN public.staff_employment AS e ON e.id = q.employment_id
  JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
  JOIN public.registry_organisation AS o ON o.id = q.organisation_id
  JOIN public.terminals_certificate AS f ON f.fingerprint = q.certificate
  JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
 WHERE a.id = q.account_id
$$;

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.person(p_key bigint) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('name', p.name, 'kana', p.kana,
                         'birth', coalesce(p.birth::text, p.birth_partial), 'sex', p.sex,
                         'insurer_no', care.insurer_no(p.insured_key), 'insured_no', care.insured_no(p.insured_key),
                         'insurer_name', n.name, 'died_on', p.died_on)
  FROM care.person AS p
  LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
 WHERE p.insured_key = p_key
$$;

-- What an opening rests on. p_known: the person may be named.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.basis_of(q care.access_log, d care.access_log, p_known boolean) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object(
    'matrix', q.matrix,
    'assignment', (SELECT json_build_object('capacity', l.capacity, 'from', l.viewing_from, 'to', l.viewing_to)
                     FROM care.assignment AS l WHERE l.insured_key = q.insured_key AND l.id = d.assignment_id),
    'consent', (SELECT json_build_object('given_on', g.given_on, 'taken_by', g.taken_by, 'organisation', o.name)
                  FROM care.consent AS g
                  LEFT JOIN public.registry_organisation AS o ON o.id = g.organisation_id
                 WHERE g.insured_key = q.insured_key AND g.id = d.consent_id AND p_known),
    'emergency', CASE WHEN d.emergency_id IS NOT NULL AND p_known THEN (
        SELECT json_build_object('number', e.id, 'reason', e.reason, 'until', e.ends_at, 'review_by', e.review_by)
          FROM care.emergency AS e WHERE e.insured_key = q.insured_key AND e.id = d.emergency_id) END)
$$;

-- One version as JSON. Put together as text: json_build_object would take each value apart and copy the whole at every
-- level, which was the larger half of an opening.
CREATE FUNCTION gate.version_text(e care.record, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN '{"entry" : ' || to_json(e.entry)::text || ', "history_no" : ' || e.history_no::text
    || ', "version" : ' || e.version::text
    || ', "valid_from" : ' || coalesce('"' || e.valid_from::text || '"', 'null')
    || ', "valid_to" : ' || coalesce('"' || e.valid_to::text || '"', 'null')
    || ', "source" : ' || to_json(e.source)::text || ', "registered_at" : ' || to_json(e.registered_at)::text
    || ', "superseded_at" : ' || CASE WHEN e.superseded_at <= p_at THEN to_json(e.superseded_at)::text ELSE 'null' END
    || ', "reason" : ' || to_json(e.reason)::text || ', "content" : ' || e.content::text || '}';

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.insurers_decision(p_id bigint) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('document', x.document_name, 'number', x.document_number, 'decided_on', x.decided_on,
                         'insurer', n.name)
  FROM public.gate_insurerdecision AS x
  JOIN public.registry_insurer AS n ON n.id = x.insurer_id
 WHERE x.id = p_id
$$;

-- The items with their answers and, where allowed, the versions there were at the moment of the decision; as JSON text.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.items_of(p_key bigint, p_words text[], p_at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_shown text[] := ARRAY(SELECT w.item FROM gate.words_apart(p_words) AS w WHERE w.allowed);
BEGIN
    RETURN (
        SELECT '[' || string_agg(
                   '{"item" : "' || w.item || '", "allowed" : ' || w.allowed::text || ', "answers" : "' || w.answers
                   || '", "decision" : ' || CASE WHEN w.decision_id IS NULL THEN 'null'
                                                 ELSE gate.insurers_decision(w.decision_id)::text END
                   || ', "records" : ' || coalesce('[' || v.versions || ']', 'null') || '}',
                   ', ' ORDER BY w.place) || ']'
          FROM gate.words_apart(p_words) AS w
          LEFT JOIN (SELECT e.item, string_agg(gate.version_text(e, p_at), ', '
                                ORDER BY e.superseded_at DESC NULLS FIRST, e.valid_from DESC NULLS LAST,
                                         e.history_no DESC, e.version DESC) AS versions
                       FROM care.record AS e
                      WHERE e.insured_key = p_key AND e.item = ANY (v_shown) AND e.registered_at <= p_at
                      GROUP BY e.item) AS v ON v.item = w.item);
END $$;
