-- Who opened this person's information? -------------------------------------------------------------------------------
-- For administrators: the openings made in their own organisation; for the insurer's administrators: all.
-- Reading the log is itself an entry of the log.

CREATE FUNCTION gate.ask_log(p_session text, p_certificate text, p_key bigint, p_purpose text, p_limit integer)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row('log:read', c, p_key);
    v_known boolean;
BEGIN
    IF p_key IS NULL OR p_key <= 0 OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'not a person and a number of rows' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM gate.touch(c);
    -- Also after the assignment has ended: an office must be able to answer for what it looked at.
    v_known := EXISTS (SELECT 1 FROM care.assignment AS l
                        WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id)
            OR EXISTS (SELECT 1 FROM care.emergency AS e
                        WHERE e.insured_key = p_key AND e.organisation_id = c.organisation_id)
            OR (c.organisation_kind = 'municipality' AND c.organisation_number = care.insurer_no(p_key));
    r.decisions := ARRAY[gate.word('log.read', CASE WHEN gate.administers(c.level) THEN 'ok'
                                                    ELSE 'not_administrator' END,
                                   CASE WHEN v_known THEN 'ok' ELSE 'none' END, 'not_needed', 'ok', NULL,
                                   c.standing = '{}')];
    r.outcome := CASE WHEN r.decisions[1] LIKE '+%' THEN 'allowed' ELSE 'denied' END;
    r.detail := format('limit=%s;all=%s', p_limit, c.organisation_kind = 'municipality');
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.answer_log(t gate.ticket) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'log:read');
BEGIN
    RETURN (
        SELECT json_build_object(
            'log', r.id, 'at', r.at, 'outcome', r.outcome, 'standing', r.standing, 'answers', r.decisions[1],
            'person', (SELECT json_build_object('name', p.name, 'kana', p.kana, 'birth', p.birth)
                         FROM care.person AS p WHERE p.insured_key = r.insured_key AND r.outcome = 'allowed'),
            'rows', coalesce((
                SELECT json_agg(json_build_object(
                           'id', q.id, 'at', q.at, 'action', q.action, 'outcome', q.outcome, 'purpose', q.purpose,
                           'account', a.name, 'job', j.name, 'organisation', o.name, 'terminal', m.name,
                           'for', absent.name, 'standing', q.standing, 'decisions', q.decisions,
                           'leaf', encode(q.leaf, 'hex')) ORDER BY q.at DESC, q.id DESC)
                  FROM (SELECT x.* FROM care.access_log AS x
                         WHERE r.outcome = 'allowed' AND x.id <> r.id
                           AND (x.insured_key = r.insured_key
                                OR (x.insured_key = 0 AND x.persons @> ARRAY[r.insured_key]))
                           AND (x.organisation_id = r.organisation_id OR r.detail LIKE '%all=t')
                         ORDER BY x.at DESC, x.id DESC
                         LIMIT substring(r.detail FROM 'limit=(\d+)')::integer) AS q
                  LEFT JOIN public.staff_account AS a ON a.id = q.account_id
                  LEFT JOIN public.staff_employment AS e ON e.id = q.employment_id
                  LEFT JOIN public.registry_jobtype AS j ON j.code = e.job_type_id
                  LEFT JOIN public.registry_organisation AS o ON o.id = q.organisation_id
                  LEFT JOIN public.terminals_certificate AS f ON f.fingerprint = q.certificate
                  LEFT JOIN public.terminals_terminal AS m ON m.id = f.terminal_id
                  LEFT JOIN public.staff_delegation AS v ON v.id = q.delegation_id
                  LEFT JOIN public.staff_account AS absent ON absent.id = v.absent_id), '[]'))::text);
END $$;

CREATE PROCEDURE gate.who_opened(p_session text, p_certificate text, p_key bigint, p_purpose text,
                                 p_limit integer, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_log(p_session, p_certificate, p_key, p_purpose, p_limit);
    COMMIT;
    answer := gate.answer_log(t);
END $$;
