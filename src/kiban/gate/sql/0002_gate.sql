-- The gate. Read docs/algorithms/gate.md beside this file.
--
-- Records leave the database in two steps that the database itself keeps apart:
--   ask_*     decides, writes the access-log row and hands out a ticket (the row's salt) - no information;
--   answer_*  gives the records a *committed* row speaks of, to the holder of its ticket, for a few seconds.
-- The procedures (open_records, list_people, who_opened) do ask, COMMIT, answer in one CALL. Whoever calls the
-- functions inside a transaction gets a ticket but no answer, so no rollback can take back the trace of a reading.
--
-- Asking and answering use one generic plan for every call: planning anew costs more than the work itself.
--
-- All functions here run as their owner (SECURITY DEFINER) except the procedures, which must commit and therefore
-- run with the rights of the caller - which is why asking and answering stand the test of being called singly.

CREATE SCHEMA IF NOT EXISTS gate;

-- 1 The access log ------------------------------------------------------------------------------------------------

CREATE SEQUENCE care.access_log_id AS bigint;

CREATE TABLE care.access_log (
    insured_key     bigint      NOT NULL,          -- 0: the row speaks of several persons (persons), or of none
    at              timestamptz NOT NULL,
    id              bigint      NOT NULL,
    xid             xid8        NOT NULL,          -- the sealer takes rows in the order of (xid, id)
    action          text        NOT NULL,          -- gate.events.Event
    account_id      bigint,
    employment_id   bigint,
    organisation_id bigint,
    delegation_id   bigint,
    session         text,                          -- key of staff_session (a hash)
    certificate     text,                          -- fingerprint the TLS peer proved, known to us or not
    purpose         text,
    matrix          text,
    relation_id     bigint,
    consent_id      bigint,
    persons         bigint[]    NOT NULL,          -- of a list: who was shown
    standing        text[]      NOT NULL,          -- what failed of account, terminal, delegation, purpose
    decisions       text[]      NOT NULL,          -- '+item|…' shown, '-item|…' not shown, with every answer not 'ok'
    detail          text        NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN ('allowed', 'partly', 'denied')),
    salt            bytea       NOT NULL,
    leaf            bytea       NOT NULL,          -- SHA-256 of 0x00, salt, canonical form (RFC 6962 leaf)
    PRIMARY KEY (insured_key, at, id)
) PARTITION BY RANGE (at);

CREATE TABLE care.access_log_default PARTITION OF care.access_log DEFAULT;
CREATE INDEX access_log_persons ON care.access_log USING gin (persons) WHERE insured_key = 0;

-- Months from the one before to three ahead. Rows of a month without a partition go to the default one; such a
-- month stays there (nothing is moved, nothing is lost).
CREATE FUNCTION gate.ensure_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_month date;
    v_made  integer := 0;
BEGIN
    FOR v_month IN
        SELECT (date_trunc('month', now() AT TIME ZONE 'Asia/Tokyo') + n * interval '1 month')::date
          FROM generate_series(-1, 3) AS n
    LOOP
        IF to_regclass('care.access_log_' || to_char(v_month, 'YYYYMM')) IS NULL
           AND NOT EXISTS (SELECT 1 FROM care.access_log_default
                            WHERE at >= v_month::timestamp AT TIME ZONE 'Asia/Tokyo'
                              AND at < (v_month + interval '1 month') AT TIME ZONE 'Asia/Tokyo') THEN
            EXECUTE format('CREATE TABLE care.%I PARTITION OF care.access_log FOR VALUES FROM (%L) TO (%L)',
                           'access_log_' || to_char(v_month, 'YYYYMM'),
                           v_month::timestamp AT TIME ZONE 'Asia/Tokyo',
                           (v_month + interval '1 month') AT TIME ZONE 'Asia/Tokyo');
            v_made := v_made + 1;
        END IF;
    END LOOP;
    RETURN v_made;
END $$;

-- The canonical form of a row: its fields in this order, separated by U+001F, arrays by U+001E, NULL as empty, time
-- as microseconds since 1970. No field can hold these separators: they are codes and numbers, never free text.
CREATE FUNCTION gate.canonical(r care.access_log) RETURNS text
LANGUAGE sql STABLE
RETURN array_to_string(ARRAY[
    'kiban-access-1', r.insured_key::text, (extract(epoch FROM r.at) * 1000000)::bigint::text, r.id::text,
    r.xid::text, r.action, r.account_id::text, r.employment_id::text, r.organisation_id::text,
    r.delegation_id::text, r.session, r.certificate, r.purpose, r.matrix, r.relation_id::text, r.consent_id::text,
    array_to_string(r.persons, E'\x1e'), array_to_string(r.standing, E'\x1e'),
    array_to_string(r.decisions, E'\x1e'), r.detail, r.outcome], E'\x1f', '');

CREATE TYPE gate.ticket AS (insured_key bigint, at timestamptz, id bigint, salt bytea);

CREATE FUNCTION gate.write_log(r care.access_log) RETURNS gate.ticket
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    r.at   := clock_timestamp();
    r.id   := nextval('care.access_log_id');
    r.xid  := pg_current_xact_id();
    r.salt := uuid_send(gen_random_uuid());
    r.leaf := sha256('\x00'::bytea || r.salt || convert_to(gate.canonical(r), 'UTF8'));
    INSERT INTO care.access_log VALUES (r.*);
    RETURN ROW(r.insured_key, r.at, r.id, r.salt)::gate.ticket;
END $$;

-- The row a ticket was given for: committed, ours to read, and fresh. Anything else raises.
CREATE FUNCTION gate.redeem(t gate.ticket, p_action text) RETURNS care.access_log
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log;
BEGIN
    SELECT * INTO r FROM care.access_log
     WHERE insured_key = t.insured_key AND at = t.at AND id = t.id AND salt = t.salt AND action = p_action;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no such ticket' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A row this transaction can see and has not written itself was committed by another one.
    IF r.xid IS NOT DISTINCT FROM pg_current_xact_id_if_assigned() THEN
        RAISE EXCEPTION 'the log row is not committed yet' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF r.at < clock_timestamp() - interval '10 seconds' THEN
        RAISE EXCEPTION 'the ticket is too old' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN r;
END $$;

-- 2 Who is asking -------------------------------------------------------------------------------------------------

CREATE FUNCTION gate.purposes() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['care_planning', 'service_provision', 'certification_support', 'opinion_writing', 'insurer_duty',
             'inquiry'];

-- How long a second factor counts as fresh.
CREATE FUNCTION gate.second_factor_lifetime() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '8 hours';

CREATE TYPE gate.context AS (
    account_id bigint, employment_id bigint, organisation_id bigint, organisation_kind text,
    organisation_number text, job_type text, level text, delegation_id bigint, session text, certificate text,
    purpose text, parties text[], matrix text, today date, now timestamptz,
    account text, terminal text, delegation text, purpose_answer text, standing text[]
);

-- Session and certificate are looked up here; nothing the caller says about the account counts.
CREATE FUNCTION gate.context(p_session text, p_certificate text, p_purpose text) RETURNS gate.context
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context;
    f record;
BEGIN
    c.now := clock_timestamp();
    c.today := (c.now AT TIME ZONE 'Asia/Tokyo')::date;
    c.certificate := nullif(p_certificate, '');
    SELECT s.session_key, s.expire_date, s.certificate_fingerprint, s.second_factor_at, s.delegation_id,
           a.id AS account_id, a.is_active, a.must_change_password,
           e.id AS employment_id, e.account_id AS employed, e.job_type_id, e.level, e.starts_on, e.ends_on,
           o.id AS organisation_id, o.kind, o.number, o.enrolled_on, o.ended_on,
           t.id AS certificate_id, t.organisation_id AS owner, t.not_before, t.not_after, t.revoked_at,
           d.actor_id, d.organisation_id AS delegated_at, d.permitted_by_id, d.starts_at, d.ends_at,
           d.revoked_at AS delegation_revoked_at
      INTO f
      FROM (SELECT encode(sha256(convert_to(coalesce(p_session, ''), 'UTF8')), 'hex') AS session_key) AS k
      LEFT JOIN public.staff_session AS s ON s.session_key = k.session_key
      LEFT JOIN public.staff_account AS a ON a.id = s.account_id
      LEFT JOIN public.staff_employment AS e ON e.id = s.employment_id
      LEFT JOIN public.registry_organisation AS o ON o.id = e.organisation_id
      LEFT JOIN public.staff_delegation AS d ON d.id = s.delegation_id
      LEFT JOIN public.terminals_certificate AS t ON t.fingerprint = p_certificate;

    c.account := CASE
        WHEN f.account_id IS NULL                                        THEN 'no_session'
        WHEN f.expire_date <= c.now                                      THEN 'session_expired'
        WHEN NOT f.is_active                                             THEN 'inactive'
        WHEN f.must_change_password                                      THEN 'first_password'
        WHEN f.second_factor_at IS NULL                                  THEN 'no_second_factor'
        WHEN f.second_factor_at <= c.now - gate.second_factor_lifetime() THEN 'second_factor_old'
        WHEN f.employment_id IS NULL OR f.employed <> f.account_id       THEN 'not_employed'
        WHEN f.starts_on > c.today                                       THEN 'not_yet_employed'
        WHEN f.ends_on <= c.today                                        THEN 'left'
        WHEN f.enrolled_on > c.today OR f.ended_on <= c.today            THEN 'organisation_not_in_use'
        ELSE 'ok' END;
    c.terminal := CASE
        WHEN c.certificate IS NULL                              THEN 'none'
        WHEN f.certificate_id IS NULL                           THEN 'unknown'
        WHEN f.revoked_at <= c.now                              THEN 'revoked'
        WHEN f.not_before > c.now                               THEN 'not_yet_valid'
        WHEN f.not_after <= c.now                               THEN 'expired'
        WHEN f.owner IS DISTINCT FROM f.organisation_id         THEN 'other_organisation'
        WHEN f.certificate_fingerprint <> c.certificate         THEN 'other_terminal'
        ELSE 'ok' END;
    c.delegation := CASE
        WHEN f.delegation_id IS NULL                            THEN 'ok'
        WHEN f.actor_id IS DISTINCT FROM f.account_id           THEN 'other_actor'
        WHEN f.delegated_at IS DISTINCT FROM f.organisation_id  THEN 'other_organisation'
        WHEN f.permitted_by_id IS NULL                          THEN 'no_permitter'
        WHEN f.delegation_revoked_at <= c.now                   THEN 'revoked'
        WHEN f.starts_at > c.now                                THEN 'not_started'
        WHEN f.ends_at <= c.now                                 THEN 'ended'
        ELSE 'ok' END;
    c.purpose_answer := CASE WHEN p_purpose = ANY (gate.purposes()) THEN 'ok' ELSE 'undeclared' END;
    -- An undeclared purpose is not stored as given: it may be anything.
    c.purpose := CASE WHEN c.purpose_answer = 'ok' THEN p_purpose END;
    c.standing := array_remove(ARRAY[
        CASE WHEN c.account        <> 'ok' THEN 'account:' || c.account END,
        CASE WHEN c.terminal       <> 'ok' THEN 'terminal:' || c.terminal END,
        CASE WHEN c.delegation     <> 'ok' THEN 'delegation:' || c.delegation END,
        CASE WHEN c.purpose_answer <> 'ok' THEN 'purpose:' || c.purpose_answer END], NULL);

    c.account_id := f.account_id;          c.employment_id := f.employment_id;
    c.organisation_id := f.organisation_id; c.organisation_kind := f.kind;
    c.organisation_number := f.number;      c.job_type := f.job_type_id;
    c.level := f.level;                     c.delegation_id := f.delegation_id;
    c.session := CASE WHEN f.account_id IS NOT NULL THEN f.session_key END;
    SELECT v.version,
           CASE f.kind
               WHEN 'municipality' THEN ARRAY['municipality']
               WHEN 'medical'      THEN ARRAY['medical']
               ELSE ARRAY(SELECT DISTINCT v.party_of_service ->> s.service_id
                            FROM public.registry_organisationservice AS s
                           WHERE s.organisation_id = f.organisation_id
                             AND s.starts_on <= c.today AND (s.ends_on IS NULL OR s.ends_on > c.today)
                             AND v.party_of_service ? s.service_id::text)
           END
      INTO c.matrix, c.parties
      FROM public.gate_matrixversion AS v
     WHERE v.effective_from <= c.today
     ORDER BY v.effective_from DESC, v.loaded_at DESC
     LIMIT 1;
    RETURN c;
END $$;

-- 3 The four answers about a person --------------------------------------------------------------------------------
-- One home for the rules: the planner inlines this function both where one record is opened and, per person, where
-- a list is made. It must therefore stay one plain SELECT (no SECURITY DEFINER, no SET), and it takes the context
-- field by field: a field of a composite value is taken out anew for every row. Answers per item:
--   role          ok | no_cell | closed | unconfirmed
--   relation      ok | none | no_identity | not_started | ended | other_capacity | other_insurer
--   consent       ok | not_needed | none | later | withdrawn
--   municipality  ok | unknown_insurer | not_started | starts_later | not_migrated
-- When an organisation stands in several columns of the matrix, the column that opens the item counts; else the one
-- that fails least (between equals the first in the alphabet: any order would do, but it must be one).

CREATE FUNCTION gate.decide(p_key bigint, p_items text[], p_organisation bigint, p_kind text, p_number text,
                            p_parties text[], p_job text, p_matrix text, p_today date, p_now timestamptz)
RETURNS TABLE (item text, role text, relation text, consent text, municipality text,
               relation_id bigint, consent_id bigint, cell_id bigint, decision_id bigint)
LANGUAGE sql STABLE AS $$
SELECT i.item, best.role, best.relation, best.consent,
       CASE WHEN n.id IS NULL                     THEN 'unknown_insurer'
            WHEN n.started_on IS NULL             THEN 'not_started'
            WHEN n.started_on > p_today         THEN 'starts_later'
            WHEN NOT h.migrated                   THEN 'not_migrated'
            ELSE 'ok' END,
       r.ids[array_position(r.capacities, best.needs)], g.id, best.cell_id, best.decision_id
  FROM unnest(p_items) AS i(item)
 CROSS JOIN (SELECT care.insurer_no(p_key) AS number) AS k
  LEFT JOIN public.registry_insurer AS n ON n.number = k.number
 -- count(*) > 0 and not EXISTS, here and below: a subquery the planner pulls up is computed at each use.
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS migrated
         FROM public.registry_migrateditem AS m
        WHERE m.insurer_id = n.id AND m.item IN (i.item, '*') AND m.migrated_on <= p_today) AS h
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known, bool_or(q.viewing_from > p_today) AS later,
              coalesce(array_agg(q.capacity ORDER BY q.id DESC) FILTER (WHERE q.live), '{}') AS capacities,
              array_agg(q.id ORDER BY q.id DESC) FILTER (WHERE q.live) AS ids
         FROM (SELECT l.id, l.capacity, l.viewing_from,
                      l.viewing_from <= p_today AND (l.viewing_to IS NULL OR l.viewing_to > p_today)
                      AND (l.ended_at IS NULL OR l.ended_at > p_now) AS live
                 FROM care.relation AS l
                WHERE l.insured_key = p_key AND l.organisation_id = p_organisation) AS q) AS r
 CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS known
         FROM care.identity AS d
        WHERE d.insured_key = p_key AND d.organisation_id = p_organisation
          AND d.confirmed_on <= p_today) AS d
 CROSS JOIN LATERAL (
       SELECT max(o.id) FILTER (WHERE o.given_on <= p_today
                                  AND (o.withdrawn_at IS NULL OR o.withdrawn_at > p_now)) AS id,
              bool_or(o.withdrawn_at IS NULL AND o.given_on > p_today) AS later, count(*) > 0 AS known
         FROM care.consent AS o WHERE o.insured_key = p_key) AS g
 CROSS JOIN LATERAL (
       SELECT a.role, a.relation, a.consent, a.cell_id, a.decision_id, a.needs
         FROM (
           SELECT CASE WHEN cell.id IS NULL                                       THEN 'no_cell'
                       WHEN cell.status = 'published' AND cell.is_open             THEN 'ok'
                       WHEN cell.status = 'published'                              THEN 'closed'
                       WHEN own.is_open                                           THEN 'ok'
                       WHEN own.id IS NOT NULL                                    THEN 'closed'
                       ELSE 'unconfirmed' END AS role,
                  CASE WHEN w.needs = 'own' THEN CASE WHEN p_number = k.number THEN 'ok'
                                                      ELSE 'other_insurer' END
                       WHEN NOT r.known                                  THEN 'none'
                       WHEN w.needs <> 'opinion' AND NOT d.known         THEN 'no_identity'
                       WHEN r.ids IS NULL AND r.later                    THEN 'not_started'
                       WHEN r.ids IS NULL                                THEN 'ended'
                       WHEN w.needs = 'any' OR w.needs = ANY (r.capacities) THEN 'ok'
                       ELSE 'other_capacity' END AS relation,
                  CASE WHEN NOT coalesce(own.needs_consent, cell.needs_consent, true) THEN 'not_needed'
                       WHEN g.id IS NOT NULL                             THEN 'ok'
                       WHEN g.later                                      THEN 'later'
                       WHEN g.known                                      THEN 'withdrawn'
                       ELSE 'none' END AS consent,
                  cell.id AS cell_id, own.id AS decision_id,
                  CASE WHEN w.needs IN ('own', 'any') THEN r.capacities[1] ELSE w.needs END AS needs
             FROM (SELECT unnest(CASE WHEN p_parties = '{}' OR p_parties IS NULL THEN ARRAY['']
                                      ELSE p_parties END) AS name) AS party
             -- At most one cell (gate_cell_once); LIMIT has it looked up, where a join would read all parties' cells.
             LEFT JOIN LATERAL (
                  SELECT x.id, x.status, x.is_open, x.needs_consent, x.relation
                    FROM public.gate_cell AS x
                   WHERE x.matrix_id = p_matrix AND x.party = party.name AND x.item = i.item AND x.job_type = p_job
                   LIMIT 1) AS cell ON true
             LEFT JOIN LATERAL (
                  SELECT x.id, x.is_open, x.needs_consent
                    FROM public.gate_insurerdecision AS x
                   WHERE cell.status = 'unconfirmed' AND x.insurer_id = n.id AND x.item = i.item
                     AND x.party = party.name AND x.job_type = p_job
                     AND x.starts_on <= p_today AND (x.ends_on IS NULL OR x.ends_on > p_today)
                   ORDER BY x.version DESC LIMIT 1) AS own ON true
            CROSS JOIN LATERAL (
                  SELECT coalesce(cell.relation, CASE p_kind WHEN 'municipality' THEN 'own'
                                                 WHEN 'medical' THEN 'opinion' ELSE 'any' END) AS needs) AS w
         ) AS a
        ORDER BY (a.role <> 'ok')::int + (a.relation <> 'ok')::int + (a.consent NOT IN ('ok', 'not_needed'))::int,
                 a.role <> 'ok', a.role COLLATE "C", a.relation COLLATE "C", a.consent COLLATE "C", a.cell_id
        LIMIT 1) AS best
$$;

-- A decision as one word of the log: sign, item, every answer that is not plainly 'ok', and the insurer's decision
-- (its number) where one decided the role. (STABLE, as concat_ws is:
-- only so does the planner inline it.)
CREATE FUNCTION gate.word(p_item text, p_role text, p_relation text, p_consent text, p_municipality text,
                          p_decision bigint, p_standing boolean) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT CASE WHEN p_standing AND p_role = 'ok' AND p_relation = 'ok' AND p_consent IN ('ok', 'not_needed')
                 AND p_municipality = 'ok' THEN '+' ELSE '-' END || p_item || '|' ||
       concat_ws(',', CASE WHEN p_role <> 'ok' THEN 'role:' || p_role END,
                      CASE WHEN p_relation <> 'ok' THEN 'relation:' || p_relation END,
                      CASE WHEN p_consent <> 'ok' THEN 'consent:' || p_consent END,
                      CASE WHEN p_municipality <> 'ok' THEN 'municipality:' || p_municipality END,
                      'decision:' || p_decision)
$$;

CREATE FUNCTION gate.log_row(p_action text, c gate.context, p_key bigint) RETURNS care.access_log
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log;
BEGIN
    r.action := p_action;                 r.insured_key := p_key;
    r.account_id := c.account_id;         r.employment_id := c.employment_id;
    r.organisation_id := c.organisation_id; r.delegation_id := c.delegation_id;
    r.session := c.session;               r.purpose := c.purpose;
    r.matrix := c.matrix;                 r.standing := c.standing;
    -- A fingerprint is 64 hexadecimal digits; anything else is not written into the log.
    r.certificate := CASE WHEN c.certificate ~ '^[0-9a-f]{64}$' THEN c.certificate END;
    r.persons := '{}';                    r.decisions := '{}';
    r.detail := '';                       r.outcome := 'denied';
    RETURN r;
END $$;

-- 4 Opening the records of one person -------------------------------------------------------------------------------

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
    SELECT array_agg(gate.word(d.item, d.role, d.relation, d.consent, d.municipality, d.decision_id,
                               c.standing = '{}')),
           max(d.relation_id), max(d.consent_id)
      INTO r.decisions, r.relation_id, r.consent_id
      FROM gate.decide(p_key, p_items, c.organisation_id, c.organisation_kind, c.organisation_number,
                       c.parties, c.job_type, c.matrix, c.today, c.now) AS d;
    SELECT count(*) INTO v_allowed FROM unnest(r.decisions) AS w WHERE w LIKE '+%';
    r.outcome := CASE v_allowed WHEN 0 THEN 'denied' WHEN cardinality(r.decisions) THEN 'allowed'
                 ELSE 'partly' END;
    RETURN gate.write_log(r);
END $$;

-- {"log":…, "at":…, "standing":[…], "caller":{…}|null, "person":{…}|null, "basis":{…}, "items":[{item, allowed, answers, cell, records}]}
CREATE FUNCTION gate.answer_open(t gate.ticket) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'record:open');
    v_known boolean;
BEGIN
    -- The name is shown to those who stand before the door with a relation in force, whatever else is missing.
    v_known := r.standing = '{}' AND EXISTS (SELECT 1 FROM unnest(r.decisions) AS w WHERE w NOT LIKE '%relation:%');
    RETURN (
        SELECT json_build_object(
            'log', r.id, 'at', r.at, 'outcome', r.outcome, 'purpose', r.purpose, 'standing', r.standing,
            'caller', (SELECT json_build_object('name', a.name, 'job', j.name, 'job_type', j.code, 'level', e.level,
                              'organisation', o.name, 'number', o.number, 'kind', o.kind, 'terminal', m.name)
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
                'relation', (SELECT json_build_object('capacity', l.capacity, 'from', l.viewing_from,
                                                      'to', l.viewing_to)
                               FROM care.relation AS l
                              WHERE l.insured_key = r.insured_key AND l.id = r.relation_id),
                'consent', (SELECT json_build_object('given_on', g.given_on, 'taken_by', g.taken_by,
                                                     'organisation', o.name)
                              FROM care.consent AS g
                              LEFT JOIN public.registry_organisation AS o ON o.id = g.organisation_id
                             WHERE g.insured_key = r.insured_key AND g.id = r.consent_id AND v_known)),
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

-- 5 Whom may I see? ---------------------------------------------------------------------------------------------------
-- Offices and medical institutions: the persons they have a relation in force with. A municipality: its own insured,
-- by search only (nobody reads through a list of a million people). Care level and validity appear, sort and count
-- only for those whose insurance card the caller may open.

CREATE FUNCTION gate.list_items() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['insurance_card.card', 'insurance_card.burden_ratio'];

CREATE FUNCTION gate.current_content(p_key bigint, p_item text, p_today date)
RETURNS TABLE (valid_from date, valid_to date, content jsonb)
LANGUAGE sql STABLE AS $$
SELECT e.valid_from, e.valid_to, e.content
  FROM care.record AS e
 WHERE e.insured_key = p_key AND e.item = p_item AND e.superseded_at IS NULL
 ORDER BY (e.valid_from IS NULL OR e.valid_from <= p_today) DESC, e.valid_from DESC NULLS LAST, e.history_no DESC
 LIMIT 1
$$;

CREATE FUNCTION gate.ask_list(p_session text, p_certificate text, p_purpose text, p_search text, p_sort text,
                              p_offset integer, p_limit integer)
RETURNS gate.ticket
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    r care.access_log := gate.log_row('people:list', c, 0);
    v_total bigint;
    v_mine bigint[];
    v_first bigint := CASE c.organisation_kind WHEN 'municipality' THEN c.organisation_number::bigint * 10000000000 END;
    v_pattern text := '%' || replace(replace(replace(coalesce(p_search, ''), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
    IF p_sort NOT IN ('kana', 'valid_to', 'care_level') OR p_offset < 0 OR p_limit NOT BETWEEN 1 AND 200
       OR num_nulls(p_sort, p_offset, p_limit) > 0 THEN
        RAISE EXCEPTION 'not an order and a page' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF c.standing = '{}' THEN
        -- First whom, then what of them: as an array the persons are looked up one by one by key, however many
        -- persons the database holds (a generic plan would otherwise have to guess, and read them all).
        IF c.organisation_kind <> 'municipality' THEN
            SELECT array_agg(DISTINCT l.insured_key) INTO v_mine
              FROM care.relation AS l
             WHERE l.organisation_id = c.organisation_id
               AND l.viewing_from <= c.today AND (l.viewing_to IS NULL OR l.viewing_to > c.today)
               AND (l.ended_at IS NULL OR l.ended_at > c.now);
        ELSIF coalesce(p_search, '') <> '' THEN
            SELECT array_agg(p.insured_key) INTO v_mine
              FROM care.person AS p
             WHERE (p.insured_key BETWEEN v_first AND v_first + 9999999999
                    OR p.insured_key BETWEEN v_first + 10000000000000000 AND v_first + 10000009999999999)
               AND (p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
                    OR right(care.insured_no(p.insured_key), 4) = p_search);
        END IF;
        WITH found AS MATERIALIZED (
            SELECT m.insured_key, p.kana_key
              FROM unnest(v_mine) AS m(insured_key)
             CROSS JOIN LATERAL (SELECT q.kana_key, q.search_key FROM care.person AS q
                                  WHERE q.insured_key = m.insured_key LIMIT 1) AS p
             WHERE coalesce(p_search, '') = ''
                OR p.search_key LIKE v_pattern OR p.kana_key LIKE v_pattern
                OR right(care.insured_no(m.insured_key), 4) = p_search
        ), judged AS (
            SELECT f.insured_key, f.kana_key, w.words, k.valid_to, k.content ->> 'care_level' AS care_level
              FROM found AS f
             CROSS JOIN LATERAL (
                   SELECT array_agg(gate.word(d.item, d.role, d.relation, d.consent, d.municipality, d.decision_id, true)
                                    ORDER BY d.item) AS words,
                          bool_or(d.item = 'insurance_card.card' AND d.role = 'ok' AND d.relation = 'ok'
                                  AND d.consent IN ('ok', 'not_needed') AND d.municipality = 'ok') AS card,
                          bool_and(d.relation <> 'ok') AS stranger
                     FROM gate.decide(f.insured_key, gate.list_items(), c.organisation_id, c.organisation_kind, c.organisation_number,
                                     c.parties, c.job_type, c.matrix, c.today, c.now) AS d) AS w
              LEFT JOIN LATERAL gate.current_content(f.insured_key, 'insurance_card.card', c.today) AS k ON w.card
             WHERE NOT w.stranger
        ), page AS (
            SELECT j.*, count(*) OVER () AS total,
                   row_number() OVER (ORDER BY
                       CASE WHEN p_sort = 'valid_to' THEN j.valid_to END NULLS LAST,
                       CASE WHEN p_sort = 'care_level' THEN j.care_level END DESC NULLS LAST,
                       j.kana_key, j.insured_key) AS position
              FROM judged AS j
        )
        SELECT array_agg(g.insured_key ORDER BY g.position),
               array_agg(array_to_string(g.words, ' ') ORDER BY g.position), max(g.total)
          INTO r.persons, r.decisions, v_total
          FROM page AS g WHERE g.position > p_offset AND g.position <= p_offset + p_limit;
        r.persons := coalesce(r.persons, '{}');
        r.decisions := coalesce(r.decisions, '{}');
        r.outcome := 'allowed';
    END IF;
    r.detail := format('total=%s;sort=%s;offset=%s;limit=%s;searched=%s', coalesce(v_total, 0), p_sort, p_offset,
                       p_limit, coalesce(p_search, '') <> '');
    RETURN gate.write_log(r);
END $$;

CREATE FUNCTION gate.answer_list(t gate.ticket) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r care.access_log := gate.redeem(t, 'people:list');
    v_today date := (r.at AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
    RETURN (
        SELECT json_build_object(
            'log', r.id, 'at', r.at, 'outcome', r.outcome, 'standing', r.standing, 'matrix', r.matrix,
            'total', substring(r.detail FROM 'total=(\d+)')::bigint,
            'people', coalesce(json_agg(json_build_object(
                'key', u.key, 'name', p.name, 'kana', p.kana, 'birth', p.birth, 'sex', p.sex,
                'insurer_no', care.insurer_no(u.key), 'insurer_name', n.name,
                'insured_tail', right(care.insured_no(u.key), 4),
                'capacity', l.capacity, 'viewing_to', l.viewing_to,
                'care_level', k.content ->> 'care_level', 'valid_from', k.valid_from, 'valid_to', k.valid_to,
                'burden_ratio', b.content ->> 'burden_ratio', 'starts_on', n.started_on,
                'decisions', string_to_array(u.word, ' ')) ORDER BY u.position), '[]'))::text
          FROM unnest(r.persons, r.decisions) WITH ORDINALITY AS u(key, word, position)
          JOIN care.person AS p ON p.insured_key = u.key
          LEFT JOIN public.registry_insurer AS n ON n.number = care.insurer_no(u.key)
          LEFT JOIN LATERAL (SELECT x.capacity, x.viewing_to FROM care.relation AS x
                              WHERE x.insured_key = u.key AND x.organisation_id = r.organisation_id
                                AND x.viewing_from <= v_today AND (x.viewing_to IS NULL OR x.viewing_to > v_today)
                                AND x.ended_at IS NULL
                              ORDER BY x.id DESC LIMIT 1) AS l ON true
          LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.card', v_today) AS k
                 ON u.word LIKE '%+insurance_card.card|%'
          LEFT JOIN LATERAL gate.current_content(u.key, 'insurance_card.burden_ratio', v_today) AS b
                 ON u.word LIKE '%+insurance_card.burden_ratio|%');
END $$;

CREATE PROCEDURE gate.list_people(p_session text, p_certificate text, p_purpose text, p_search text, p_sort text,
                                  p_offset integer, p_limit integer, INOUT answer text)
LANGUAGE plpgsql AS $$
DECLARE
    t gate.ticket;
BEGIN
    t := gate.ask_list(p_session, p_certificate, p_purpose, p_search, p_sort, p_offset, p_limit);
    COMMIT;
    answer := gate.answer_list(t);
END $$;

-- 6 Who opened this person's information? ------------------------------------------------------------------------------
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
    -- Also after the relation has ended: an office must be able to answer for what it looked at.
    v_known := EXISTS (SELECT 1 FROM care.relation AS l
                        WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id)
            OR (c.organisation_kind = 'municipality' AND c.organisation_number = care.insurer_no(p_key));
    r.decisions := ARRAY[gate.word('log.read', CASE WHEN c.level = 'administrator' THEN 'ok'
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

-- 7 Consent, identity, relation: written through the same door -----------------------------------------------------------
-- Each returns 'ok' or the answer that stood in the way ('account:left', 'relation:none', …) and is an entry of the
-- log either way. The account that recorded it comes from the session.

CREATE FUNCTION gate.note(p_action text, c gate.context, p_key bigint, p_refusal text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r care.access_log := gate.log_row(p_action, c, p_key);
BEGIN
    r.outcome := CASE WHEN p_refusal IS NULL THEN 'allowed' ELSE 'denied' END;
    r.decisions := ARRAY[CASE WHEN p_refusal IS NULL THEN '+' ELSE '-' END || p_action || '|'
                         || coalesce(p_refusal, '')];
    PERFORM gate.write_log(r);
    RETURN coalesce(p_refusal, 'ok');
END $$;

-- What stands in the way of acting for a person: the caller's standing, then the relation (or being the insurer).
CREATE FUNCTION gate.hindrance(c gate.context, p_key bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF c.standing <> '{}' THEN
        RETURN c.standing[1];
    END IF;
    IF c.organisation_kind = 'municipality' THEN
        RETURN CASE WHEN c.organisation_number <> care.insurer_no(p_key) THEN 'relation:other_insurer' END;
    END IF;
    RETURN (SELECT CASE d.relation WHEN 'ok' THEN NULL ELSE 'relation:' || d.relation END
              FROM gate.decide(p_key, ARRAY['person.any'], c.organisation_id, c.organisation_kind, c.organisation_number,
                               c.parties, c.job_type, c.matrix, c.today, c.now) AS d);
END $$;

CREATE FUNCTION gate.give_consent(p_session text, p_certificate text, p_key bigint, p_purpose text, p_given_on date,
                                  p_text_version text, p_signer text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL AND (p_given_on IS NULL OR p_given_on > c.today) THEN
        v_refusal := 'consent:date_in_future';
    END IF;
    IF v_refusal IS NULL AND p_signer NOT IN ('self', 'scribe', 'legal_agent', 'voluntary_agent', 'family') THEN
        v_refusal := 'consent:unknown_signer';
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by, organisation_id, recorded_by)
        VALUES (p_key, p_given_on, p_text_version, p_signer,
                CASE c.organisation_kind WHEN 'municipality' THEN 'municipality' ELSE 'office' END,
                c.organisation_id, c.account_id)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;
    END IF;
    RETURN gate.note('consent:give', c, p_key, v_refusal);
END $$;

CREATE FUNCTION gate.withdraw_consent(p_session text, p_certificate text, p_key bigint, p_purpose text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := gate.hindrance(c, p_key);
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.consent SET withdrawn_at = c.now, withdrawn_by = c.account_id, withdrawn_org = c.organisation_id
         WHERE insured_key = p_key AND withdrawn_at IS NULL;
        IF NOT FOUND THEN
            v_refusal := 'consent:none';
        END IF;
    END IF;
    RETURN gate.note('consent:withdraw', c, p_key, v_refusal);
END $$;

-- 本人確認 and 担当 in one act: the office states the four identifying items; a mismatch tells nothing but that.
-- After ten misses in ten minutes an account must wait: the door is not for guessing.
CREATE FUNCTION gate.register_relation(p_session text, p_certificate text, p_purpose text, p_insurer_no text,
                                       p_insured_no text, p_birth date, p_sex text, p_method text,
                                       p_capacity text, p_viewing_from date, p_viewing_to date,
                                       OUT result text, OUT insured_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
    v_key bigint;
BEGIN
    IF v_refusal IS NULL AND (c.organisation_kind <> 'office' OR p_capacity NOT IN ('plan', 'service')
            OR (p_capacity = 'plan' AND NOT 'care_management' = ANY (c.parties))) THEN
        v_refusal := 'relation:other_capacity';
    END IF;
    IF v_refusal IS NULL AND (p_method IS NULL OR p_method NOT IN ('card', 'four_items', 'visual')) THEN
        v_refusal := 'relation:unknown_method';
    END IF;
    IF v_refusal IS NULL AND (p_viewing_from IS NULL OR p_viewing_to <= p_viewing_from
                              OR p_viewing_to <= c.today) THEN
        v_refusal := 'relation:bad_period';
    END IF;
    IF v_refusal IS NULL AND (SELECT count(*) FROM care.access_log AS x
                               WHERE x.insured_key = 0 AND x.at > c.now - interval '10 minutes'
                                 AND x.action = 'relation:register' AND x.account_id = c.account_id) >= 10 THEN
        v_refusal := 'relation:too_many_misses';
    END IF;
    IF v_refusal IS NULL THEN
        IF p_insurer_no ~ '^[0-9]{6}$' AND p_insured_no ~ '^[0-9H][0-9]{9}$' THEN
            SELECT p.insured_key INTO v_key FROM care.person AS p
             WHERE p.insured_key = care.insured_key(p_insurer_no, p_insured_no)
               AND p.birth = p_birth AND p.sex = p_sex;
        END IF;
        IF v_key IS NULL THEN
            v_refusal := 'relation:no_match';
        END IF;
    END IF;
    IF v_refusal IS NULL THEN
        INSERT INTO care.identity AS d (insured_key, organisation_id, confirmed_on, method, recorded_by)
        VALUES (v_key, c.organisation_id, c.today, p_method, c.account_id)
        ON CONFLICT DO NOTHING;
        INSERT INTO care.relation AS l (insured_key, organisation_id, capacity, viewing_from, viewing_to, recorded_by)
        VALUES (v_key, c.organisation_id, p_capacity, p_viewing_from, p_viewing_to, c.account_id)
        ON CONFLICT DO NOTHING;
    END IF;
    result := gate.note('relation:register', c, coalesce(v_key, 0), v_refusal);
    insured_key := v_key;
END $$;

CREATE FUNCTION gate.end_relation(p_session text, p_certificate text, p_key bigint, p_purpose text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gate.context := gate.context(p_session, p_certificate, p_purpose);
    v_refusal text := c.standing[1];
BEGIN
    IF v_refusal IS NULL THEN
        UPDATE care.relation AS l SET ended_at = c.now, ended_by = c.account_id
         WHERE l.insured_key = p_key AND l.organisation_id = c.organisation_id AND l.ended_at IS NULL
           AND (l.viewing_to IS NULL OR l.viewing_to > c.today);
        IF NOT FOUND THEN
            v_refusal := 'relation:none';
        END IF;
    END IF;
    RETURN gate.note('relation:end', c, p_key, v_refusal);
END $$;
