-- Questions and decisions as rows of the log ----------------------------------------------------------------------

-- The parameters as the question keeps them: bound to it, and told to nobody who reads the log.
CREATE FUNCTION gate.bound(p_salt bytea, p jsonb, p_files bytea[]) RETURNS bytea
LANGUAGE sql STABLE
RETURN (SELECT sha256(i.outer_key || sha256(i.inner_key || 'kiban-question-2'::bytea || p_salt
                                            || convert_to(coalesce(p::text, ''), 'UTF8')
                                            || coalesce((SELECT string_agg(sha256(f), '\x'::bytea ORDER BY n)
                                                           FROM unnest(p_files) WITH ORDINALITY AS u(f, n)), '')))
          FROM gate.installation AS i);

-- The row of a question by a caller about a person (0: none named), before it is written.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.question_of(c gate.context, p_action text, p_key bigint) RETURNS care.access_log
LANGUAGE plpgsql AS $$
DECLARE
    r care.access_log;
BEGIN
    r.step := 'question';                   r.shard := c.shard;
    r.id := nextval('care.access_log_id');  r.salt := uuid_send(gen_random_uuid());
    r.action := p_action;                   r.insured_key := coalesce(p_key, 0);
    r.account_id := c.account_id;           r.employment_id := c.employment_id;
    r.organisation_id := c.organisation_id; r.delegation_id := c.delegation_id;
    r.session := c.session;                 r.purpose := c.purpose;
    r.matrix := c.matrix;                   r.standing := c.standing;
    r.organisation_kind := c.organisation_kind; r.organisation_number := c.organisation_number;
    r.job_type := c.job_type;               r.level := c.level;
    r.parties := c.parties;                 r.machine := c.machine;
    -- A fingerprint is 64 hexadecimal digits; anything else is not written into the log.
    r.certificate := CASE WHEN c.certificate ~ '^[0-9a-f]{64}$' THEN c.certificate END;
    r.persons := '{}';                      r.decisions := '{}';
    r.detail := '';
    r.outcome := CASE WHEN c.standing = '{}' THEN 'asked' ELSE 'denied' END;
    RETURN r;
END $$;

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

-- The row of a decision on a question, before it is written: the citation and nothing else.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.decision_on(q care.access_log) RETURNS care.access_log
LANGUAGE plpgsql AS $$
DECLARE
    d care.access_log;
BEGIN
    d.step := 'decision';                   d.shard := q.shard;
    d.id := nextval('care.access_log_id');  d.salt := uuid_send(gen_random_uuid());
    d.insured_key := q.insured_key;         d.action := q.action;
    d.question_at := q.at;                  d.question_id := q.id;
    d.persons := '{}';                      d.standing := '{}';
    d.decisions := '{}';                    d.detail := '';
    RETURN d;
END $$;

-- The decision on a question; no id: there is none yet.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.decision_of(q care.access_log) RETURNS care.access_log
LANGUAGE plpgsql STABLE AS $$
DECLARE
    d care.access_log;
BEGIN
    SELECT x.* INTO d FROM care.access_log AS x
     WHERE x.insured_key = q.insured_key AND x.at >= q.at AND x.question_id = q.id AND x.step = 'decision';
    RETURN d;
END $$;

-- The same call came twice, because its answer was lost on the way: what was decided for the one counts for the other,
-- whichever came first. Asked under the lock both take (gate.decide).
CREATE FUNCTION gate.decision_of_twin(q care.access_log) RETURNS care.access_log
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d care.access_log;
BEGIN
    SELECT y.* INTO d
      FROM care.access_log AS x
      JOIN care.access_log AS y ON y.insured_key = x.insured_key AND y.at >= x.at AND y.question_id = x.id
                               AND y.step = 'decision'
     WHERE x.insured_key = q.insured_key AND x.id <> q.id AND x.step = 'question'
       AND x.at BETWEEN q.at - interval '1 minute' AND q.at + interval '1 minute'
       AND x.attempt = q.attempt AND x.action = q.action
       AND x.session IS NOT DISTINCT FROM q.session AND x.machine IS NOT DISTINCT FROM q.machine
     LIMIT 1;
    RETURN d;
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
