-- Opening the records of one person -----------------------------------------------------------------------------------

CREATE FUNCTION gate.ask_open(p_session text, p_certificate text, p_key bigint, p_items text[], p_purpose text)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row('record:open', c, p_key);
    v_allowed integer;
BEGIN
    IF p_key IS NULL OR p_key <= 0 OR coalesce(cardinality(p_items), 0) NOT BETWEEN 1 AND 100
       OR EXISTS (SELECT 1 FROM unnest(p_items) AS i WHERE i !~ '^[a-z_]{1,30}\.[a-z_]{1,30}$' OR i IS NULL) THEN
        RAISE EXCEPTION 'not a person and a list of items' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM gate.touch(c);
    SELECT array_agg(gate.word(d.item, d.role, d.assignment, d.consent, d.municipality, d.decision_id,
                               c.standing = '{}')),
           max(d.assignment_id), max(d.consent_id), coalesce('emergency=' || max(d.emergency_id), '')
      INTO r.decisions, r.assignment_id, r.consent_id, r.detail
      FROM gate.decide(p_key, p_items, c.organisation_id, c.organisation_kind, c.organisation_number,
                       c.parties, c.job_type, c.matrix, c.account_id, c.today, c.now) AS d;
    SELECT count(*) INTO v_allowed FROM unnest(r.decisions) AS w WHERE w LIKE '+%';
    r.outcome := CASE v_allowed WHEN 0 THEN 'denied' WHEN cardinality(r.decisions) THEN 'allowed'
                 ELSE 'partly' END;
    RETURN gate.write_log(r);
END $$;

-- {"log":…, "at":…, "standing":[…], "caller":{…}|null, "person":{…}|null, "basis":{…},
--  "items":[{item, allowed, answers, cell, records}]}
CREATE FUNCTION gate.answer_open(t gate.ticket) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'record:open');
    v_known boolean;
BEGIN
    -- The name is shown to those who stand before the door with an assignment in force, whatever else is missing.
    v_known := r.standing = '{}'
           AND EXISTS (SELECT 1 FROM unnest(r.decisions) AS w
                        WHERE w NOT LIKE '%assignment:%' OR w LIKE '%assignment:emergency%');
    RETURN (
        SELECT json_build_object(
            'log', r.id, 'at', r.at, 'outcome', r.outcome, 'purpose', r.purpose, 'standing', r.standing,
            'caller', (SELECT json_build_object('name', a.name, 'job', j.name, 'job_type', j.code, 'level', e.level,
                              'organisation', o.name, 'number', o.number, 'kind', o.kind, 'terminal', m.name, 'acting',
                              (SELECT json_build_object('for', b.name, 'reason', d.reason, 'until', d.ends_at)
                                 FROM public.staff_delegation AS d
                                 JOIN public.staff_account AS b ON b.id = d.absent_id
                                WHERE d.id = r.delegation_id))
                         FROM public.staff_account AS a
                         JOIN public.staff_employment AS e ON e.id = r.employment_id
                         JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
                         JOIN public.registry_organisation AS o ON o.id = r.organisation_id
                         JOIN public.terminals_certificate AS f ON f.fingerprint = r.certificate
                         JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
                        WHERE a.id = r.account_id AND r.standing = '{}'),
            'person', (SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth, 'sex', p.sex,
                              'insurer_no', care.insurer_no(p.insured_key),
                              'insured_no', care.insured_no(p.insured_key),
                              'insurer_name', n.name, 'died_on', p.died_on)
                         FROM care.person AS p
                         LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(p.insured_key)
                        WHERE p.insured_key = r.insured_key AND v_known),
            'basis', json_build_object(
                'matrix', r.matrix,
                'assignment', (SELECT json_build_object('capacity', l.capacity, 'from', l.viewing_from,
                                                      'to', l.viewing_to)
                               FROM care.assignment AS l
                              WHERE l.insured_key = r.insured_key AND l.id = r.assignment_id),
                'consent', (SELECT json_build_object('given_on', g.given_on, 'taken_by', g.taken_by,
                                                     'organisation', o.name)
                              FROM care.consent AS g
                              LEFT JOIN public.registry_organisation AS o ON o.id = g.organisation_id
                             WHERE g.insured_key = r.insured_key AND g.id = r.consent_id AND v_known),
                'emergency', (SELECT json_build_object('number', e.id, 'reason', e.reason, 'until', e.ends_at,
                                                       'review_by', e.review_by)
                                FROM care.emergency AS e
                               WHERE e.insured_key = r.insured_key AND v_known
                                 AND e.id = substring(r.detail FROM 'emergency=(\d+)')::bigint)),
            'items', (SELECT json_agg(json_build_object(
                          'item', i.item, 'allowed', i.allowed, 'answers', i.answers,
                          'decision', (SELECT json_build_object('document', x.document_name,
                                              'number', x.document_number, 'decided_on', x.decided_on,
                                              'insurer', n.name)
                                         FROM public.gate_insurerdecision AS x
                                         JOIN public.registry_insurer AS n ON n.id = x.insurer_id
                                        WHERE x.id = substring(i.answers FROM 'decision:(\d+)')::bigint),
                          'records', CASE WHEN i.allowed THEN v.versions ELSE NULL END) ORDER BY i.position)
                        FROM (SELECT substr(split_part(w, '|', 1), 2) AS item, w LIKE '+%' AS allowed,
                                     split_part(w, '|', 2) AS answers, position
                                FROM unnest(r.decisions) WITH ORDINALITY AS u(w, position)) AS i
                        LEFT JOIN (SELECT e.item, json_agg(json_build_object(
                                              'entry', e.entry, 'history_no', e.history_no, 'version', e.version,
                                              'valid_from', e.valid_from, 'valid_to', e.valid_to,
                                              'source', e.source, 'registered_at', e.registered_at,
                                              'superseded_at', e.superseded_at, 'reason', e.reason,
                                              'content', e.content)
                                          ORDER BY e.superseded_at DESC NULLS FIRST, e.valid_from DESC NULLS LAST,
                                                   e.history_no DESC, e.version DESC) AS versions
                                     FROM care.record AS e
                                    WHERE e.insured_key = r.insured_key
                                      AND e.item = ANY (SELECT substr(split_part(w, '|', 1), 2)
                                                          FROM unnest(r.decisions) AS w WHERE w LIKE '+%')
                                    GROUP BY e.item) AS v ON v.item = i.item))::text);
END $$;

CREATE PROCEDURE gate.open_records(p_session text, p_certificate text, p_key bigint, p_items text[],
                                   p_purpose text, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_open(p_session, p_certificate, p_key, p_items, p_purpose);
    COMMIT;  -- fails inside a transaction block: then nothing is answered
    answer := gate.answer_open(t);
END $$;
