-- Questions and decisions as rows of the log ----------------------------------------------------------------------

-- The parameters as the question keeps them: bound to it, and told to nobody who reads the log.
CREATE FUNCTION gate.bound(p_salt bytea, p jsonb, p_files bytea[]) RETURNS bytea
LANGUAGE sql STABLE
RETURN (SELECT sha256(i.outer_key || sha256(i.inner_key || 'kiban-question-2'::bytea || p_salt
                                            || convert_to(coalesce(p::text, ''), 'UTF8')
                                            || convert_to(coalesce(array_dims(p_files), ''), 'UTF8')
                                            || coalesce((SELECT string_agg(coalesce(sha256(f), ''), '|' ORDER BY n)
                                                           FROM unnest(p_files) WITH ORDINALITY AS u(f, n)), '')))
          FROM gate.installation AS i);

-- The row of a question by a caller about a person (0: none named), before it is written. In the order of the table's
-- columns, as one expression: a field set by itself costs as much as the whole.
CREATE FUNCTION gate.question_of(c gate.context, p_action text, p_key bigint, p_items text[] DEFAULT NULL,
                                 p_attempt uuid DEFAULT NULL) RETURNS care.access_log
LANGUAGE sql
RETURN ROW(
    coalesce(p_key, 0), NULL, nextval('care.access_log_id'), NULL, p_action,
    c.account_id, c.employment_id, c.organisation_id, c.delegation_id, c.session,
    -- A fingerprint is 64 hexadecimal digits; anything else is not written into the log.
    CASE WHEN length(c.certificate) = 64 AND translate(c.certificate, '0123456789abcdef', '') = ''
         THEN c.certificate END,
    c.purpose, c.matrix, NULL, NULL, '{}', c.standing, '{}', '',
    CASE WHEN c.standing = '{}' THEN 'asked' ELSE 'denied' END, uuid_send(gen_random_uuid()), NULL,
    'question', c.shard, p_attempt, c.organisation_kind, c.organisation_number, c.job_type, c.level, c.parties,
    c.machine, p_items, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL)::care.access_log;

-- The caller as the question's row has it; the moment is that of the decision.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.context_of(q care.access_log) RETURNS gate.context
LANGUAGE plpgsql AS $$
DECLARE
    c gate.context;
BEGIN
    c.now := clock_timestamp();             c.today := (c.now AT TIME ZONE 'Asia/Tokyo')::date;
    c.question := q.id;                     c.shard := q.shard;
    c.account_id := q.account_id;           c.employment_id := q.employment_id;
    c.organisation_id := q.organisation_id; c.delegation_id := q.delegation_id;
    c.session := q.session;                 c.certificate := q.certificate;
    c.purpose := q.purpose;                 c.matrix := q.matrix;
    c.organisation_kind := q.organisation_kind; c.organisation_number := q.organisation_number;
    c.job_type := q.job_type;               c.level := q.level;
    c.parties := q.parties;                 c.machine := q.machine;
    c.standing := q.standing;
    RETURN c;
END $$;

-- The row of a decision on a question, before it is written: the citation and nothing else. In the order of the table's
-- columns, as one expression.
CREATE FUNCTION gate.decision_on(q care.access_log) RETURNS care.access_log
LANGUAGE sql
RETURN ROW(
    q.insured_key, NULL, nextval('care.access_log_id'), NULL, q.action,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '{}', '{}', '', NULL,
    uuid_send(gen_random_uuid()), NULL, 'decision', q.shard, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    q.at, q.id, NULL, NULL, NULL, NULL)::care.access_log;

-- The decision on a question; no id: there is none yet. (A question is decided within seconds; without an end the
-- months to come would be looked through as well.)
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.decision_of(q care.access_log) RETURNS gate.ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
    t gate.ticket;
    v_until timestamptz := greatest(clock_timestamp(), q.at) + interval '1 hour';
BEGIN
    SELECT x.shard, x.insured_key, x.at, x.id, x.salt INTO t FROM care.access_log AS x
     WHERE x.insured_key = q.insured_key AND x.at >= q.at AND x.at < v_until AND x.question_id = q.id
       AND x.step = 'decision';
    RETURN t;
END $$;

-- The same call came twice, because its answer was lost on the way: what was decided for the one counts for the other,
-- whichever came first. Asked under the lock both take (gate.decide).
CREATE FUNCTION gate.decision_of_twin(q care.access_log) RETURNS gate.ticket
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t gate.ticket;
BEGIN
    SELECT y.shard, y.insured_key, y.at, y.id, y.salt INTO t
      FROM care.access_log AS x
      JOIN care.access_log AS y ON y.insured_key = x.insured_key AND y.at >= x.at AND y.question_id = x.id
                               AND y.step = 'decision'
     WHERE x.insured_key = q.insured_key AND x.id <> q.id AND x.step = 'question'
       AND x.at BETWEEN q.at - interval '1 minute' AND q.at + interval '1 minute'
       AND x.attempt = q.attempt AND x.action = q.action
       AND x.session IS NOT DISTINCT FROM q.session AND x.machine IS NOT DISTINCT FROM q.machine
     LIMIT 1;
    RETURN t;
END $$;

-- The question a decision cites.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.question_cited(d care.access_log) RETURNS care.access_log
LANGUAGE plpgsql STABLE AS $$
DECLARE
    q care.access_log;
BEGIN
    SELECT x.* INTO q FROM care.access_log AS x
     WHERE x.insured_key = d.insured_key AND x.at = d.question_at AND x.id = d.question_id;
    RETURN q;
END $$;
