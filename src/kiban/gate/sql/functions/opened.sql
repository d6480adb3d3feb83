-- The parts of what an opening tells --------------------------------------------------------------------------------

-- In whose place somebody acts. (A function that is not inlined: most act in nobody's place.)
CREATE FUNCTION gate.delegation_told(p_id bigint) RETURNS json
LANGUAGE sql STABLE AS $$
SELECT json_build_object('for', b.name, 'reason', x.reason, 'until', x.ends_at)
  FROM public.staff_delegation AS x
  JOIN public.staff_account AS b ON b.id = x.absent_id
 WHERE x.id = p_id
$$;

-- Who asked, as what and where.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.viewer(p_account bigint, p_employment bigint, p_organisation bigint, p_certificate text,
                            p_delegation bigint) RETURNS TABLE (told json)
LANGUAGE sql STABLE AS $$
SELECT json_build_object('name', a.name, 'job', j.name, 'job_type', j.code, 'level', e.level,
           'organisation', o.name, 'number', o.number, 'kind', o.kind, 'terminal', m.name,
           'acting', CASE WHEN p_delegation IS NOT NULL THEN gate.delegation_told(p_delegation) END)
  FROM public.staff_account AS a
  JOIN public.staff_employment AS e ON e.id = p_employment
  JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
  JOIN public.registry_organisation AS o ON o.id = p_organisation
  JOIN public.terminals_certificate AS f ON f.fingerprint = p_certificate
  JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
 WHERE a.id = p_account
$$;

-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.person(p_key bigint) RETURNS TABLE (told json)
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
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.basis_of(p_key bigint, p_matrix text, p_assignment bigint, p_consent bigint, p_emergency bigint,
                              p_known boolean) RETURNS TABLE (told json)
LANGUAGE sql STABLE AS $$
SELECT json_build_object(
    'matrix', p_matrix,
    'assignment', (SELECT json_build_object('capacity', l.capacity, 'from', l.viewing_from, 'to', l.viewing_to)
                     FROM care.assignment AS l WHERE l.insured_key = p_key AND l.id = p_assignment),
    'consent', (SELECT json_build_object('given_on', g.given_on, 'taken_by', g.taken_by, 'organisation', o.name)
                  FROM care.consent AS g
                  LEFT JOIN public.registry_organisation AS o ON o.id = g.organisation_id
                 WHERE g.insured_key = p_key AND g.id = p_consent AND p_known),
    'emergency', CASE WHEN p_emergency IS NOT NULL AND p_known THEN (
        SELECT json_build_object('number', e.id, 'reason', e.reason, 'until', e.ends_at, 'review_by', e.review_by)
          FROM care.emergency AS e WHERE e.insured_key = p_key AND e.id = p_emergency) END)
$$;

-- One version as JSON. Put together as text: json_build_object would take each value apart and copy the whole at every
-- level, which was the larger half of an opening.
CREATE FUNCTION gate.version_text(e care.record, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN concat('{"entry" : ', to_json(e.entry), ', "history_no" : ', e.history_no, ', "version" : ', e.version,
              ', "valid_from" : ', coalesce(to_json(e.valid_from)::text, 'null'),
              ', "valid_to" : ', coalesce(to_json(e.valid_to)::text, 'null'),
              ', "source" : ', to_json(e.source), ', "registered_at" : ', to_json(e.registered_at),
              ', "superseded_at" : ', CASE WHEN e.superseded_at <= p_at THEN to_json(e.superseded_at)::text
                                           ELSE 'null' END,
              ', "reason" : ', to_json(e.reason), ', "content" : ', e.content, '}');

-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.insurers_decision(p_id bigint) RETURNS TABLE (told json)
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
BEGIN
    RETURN (
        SELECT concat('[', string_agg(
                   concat('{"item" : "', w.item, '", "allowed" : ', w.allowed::text, ', "answers" : "', w.answers,
                          '", "decision" : ',
                          CASE WHEN w.decision_id IS NULL THEN 'null'
                               ELSE (SELECT i.told FROM gate.insurers_decision(w.decision_id) AS i)::text END,
                          ', "records" : ', coalesce('[' || v.versions || ']', 'null'), '}'),
                   ', ' ORDER BY w.place), ']')
          FROM (SELECT a.* FROM gate.words_apart(p_words) AS a OFFSET 0) AS w  -- taken apart once a word
          LEFT JOIN (SELECT e.item, string_agg(gate.version_text(e, p_at), ', '
                                ORDER BY e.superseded_at DESC NULLS FIRST, e.valid_from DESC NULLS LAST,
                                         e.history_no DESC, e.version DESC) AS versions
                       FROM care.record AS e
                      WHERE e.insured_key = p_key AND e.registered_at <= p_at
                        AND e.item = ANY (ARRAY(SELECT s.item FROM gate.words_apart(p_words) AS s WHERE s.allowed))
                      GROUP BY e.item) AS v ON v.item = w.item);
END $$;
