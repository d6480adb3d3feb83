-- The gate: the rows of the access log. Read docs/algorithms/gate.md beside this file. ----------------------------
--
-- Whatever is told about a person is told in three steps that the database itself keeps apart:
--   ask     looks at who is asking, never at a person, and writes the *question* as a row of the log;
--   decide  works on a question that another transaction has committed and that is on the disk, and writes the
--           *decision* as a second row - or does what was asked for, in the same transaction as that row;
--   answer  tells what a decision says that another transaction has committed and that is on the disk.
-- The procedures do all three with a COMMIT between them, in one CALL. Each function stands the test of being called
-- singly, with any SQL around it: what a step leaves behind when it is undone (counters, positions of the write-ahead
-- log, plans) speaks of nothing that the committed step before it does not already name.
--
-- Every function the web process may call runs as its owner, with the settings pinned that a caller could change.

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

-- (STABLE, as extract of a moment is: only so does the planner inline it.)
CREATE FUNCTION gate.microseconds(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN (extract(epoch FROM p_at) * 1000000)::bigint::text;

-- The canonical form of a row: its fields in this order, separated by U+001F, arrays by U+001E, NULL as empty, time
-- as microseconds since 1970. No field can hold these separators: they are codes and numbers, never free text.
-- (One function a kind of row: what is not called costs nothing.)
CREATE FUNCTION gate.canonical_question(r care.access_log) RETURNS text
LANGUAGE sql STABLE
RETURN array_to_string(ARRAY[
        'kiban-access-2', r.step, r.shard::text, r.insured_key::text, gate.microseconds(r.at), r.id::text, r.xid::text,
        r.action, r.account_id::text, r.employment_id::text, r.organisation_id::text, r.delegation_id::text, r.session,
        r.certificate, r.purpose, r.matrix, array_to_string(r.standing, E'\x1e'), r.outcome, r.attempt::text,
        r.organisation_kind, r.organisation_number, r.job_type, r.level, array_to_string(r.parties, E'\x1e'),
        r.machine::text, array_to_string(r.items, E'\x1e'), encode(r.parameters, 'hex')], E'\x1f', '');

CREATE FUNCTION gate.canonical_decision(r care.access_log) RETURNS text
LANGUAGE sql STABLE
RETURN array_to_string(ARRAY[
        'kiban-access-2', r.step, r.shard::text, r.insured_key::text, gate.microseconds(r.at), r.id::text, r.xid::text,
        r.action, gate.microseconds(r.question_at), r.question_id::text, r.assignment_id::text, r.consent_id::text,
        r.emergency_id::text, array_to_string(r.persons, E'\x1e'), array_to_string(r.decisions, E'\x1e'),
        array_to_string(r.numbers, E'\x1e'), r.day::text, r.total::text, r.outcome], E'\x1f', '');

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.canonical(r care.access_log) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF r.step = 'question' THEN
        RETURN gate.canonical_question(r);
    ELSIF r.step = 'decision' THEN
        RETURN gate.canonical_decision(r);
    END IF;
    RETURN array_to_string(ARRAY[
        'kiban-access-1', r.insured_key::text, gate.microseconds(r.at), r.id::text,
        r.xid::text, r.action, r.account_id::text, r.employment_id::text, r.organisation_id::text,
        r.delegation_id::text, r.session, r.certificate, r.purpose, r.matrix, r.assignment_id::text, r.consent_id::text,
        array_to_string(r.persons, E'\x1e'), array_to_string(r.standing, E'\x1e'),
        array_to_string(r.decisions, E'\x1e'), r.detail, r.outcome], E'\x1f', '');
END $$;

-- The salt makes a ticket: nobody who may not read the log knows it.
CREATE TYPE gate.ticket AS (shard smallint, insured_key bigint, at timestamptz, id bigint, salt bytea);

-- Whether a function can have the log flushed (from PostgreSQL 17 on).
CREATE FUNCTION gate.can_flush() RETURNS boolean LANGUAGE sql STABLE
RETURN current_setting('server_version_num')::integer >= 170000;

-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.write_log(r care.access_log) RETURNS gate.ticket
LANGUAGE plpgsql AS $$
BEGIN
    r.at   := clock_timestamp();
    r.xid  := pg_current_xact_id();
    r.leaf := sha256('\x00'::bytea || r.salt || convert_to(gate.canonical(r), 'UTF8'));
    INSERT INTO care.access_log VALUES (r.*);
    -- The next step waits for the disk (gate.redeem) whatever the commit did: its own waiting would be a second time.
    -- Not where a commit waits for another server as well.
    IF gate.can_flush() AND current_setting('synchronous_standby_names') = '' THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    RETURN ROW(r.shard, r.insured_key, r.at, r.id, r.salt)::gate.ticket;
END $$;

-- See to it that what this transaction sees committed is on the disk, however it was committed (synchronous_commit is
-- the caller's). The position is read after the row was seen: its commit lies before it.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.await_disk() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_position pg_lsn := pg_current_wal_insert_lsn();
BEGIN
    IF pg_current_wal_flush_lsn() >= v_position THEN
        RETURN;
    END IF;
    IF gate.can_flush() THEN
        PERFORM pg_logical_emit_message(false, 'kiban', '', true);  -- an empty record, flushed with all before it
        RETURN;
    END IF;
    -- Where others commit at the same time, the flush that serves them is under way and serves this as well.
    FOR v_try IN 1 .. 2000 LOOP
        IF pg_current_wal_flush_lsn() >= v_position THEN
            RETURN;
        END IF;
        PERFORM pg_sleep(0.001);
        -- Somebody's open transaction has written and nobody commits: a new segment of the log flushes the one before.
        IF v_try = 50 AND has_function_privilege('pg_switch_wal()', 'EXECUTE') THEN
            PERFORM pg_switch_wal();
        END IF;
    END LOOP;
    RAISE EXCEPTION 'the log row does not reach the disk' USING ERRCODE = 'query_canceled';
END $$;

-- Before PostgreSQL 17 only a commit flushes: an honest caller makes one, so that nobody waits for somebody else's.
CREATE FUNCTION gate.is_to_be_flushed() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF gate.can_flush() OR pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn() THEN
        RETURN false;
    END IF;
    PERFORM pg_logical_emit_message(true, 'kiban', '');
    RETURN true;
END $$;

-- What is not decided or told within two seconds after its row is not decided or told.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.must_be_fresh(p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_at < clock_timestamp() - interval '2 seconds' THEN
        RAISE EXCEPTION 'the ticket is too old' USING ERRCODE = 'query_canceled';
    END IF;
END $$;

-- Numbers and states are told without a row of the log: of what is committed only, never of what the caller has just
-- had decided and can take back.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.must_have_written_nothing() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'not in a transaction that has written' USING ERRCODE = 'invalid_transaction_state';
    END IF;
END $$;

-- The row a ticket was given for: of a transaction that has committed, on the disk, and not two seconds old. In a
-- transaction that has written anything nothing is redeemed: neither a row of its own, nor one whose facts are its own.
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.redeem(t gate.ticket) RETURNS care.access_log
LANGUAGE plpgsql AS $$
DECLARE
    r care.access_log;
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'the log row is not committed yet' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        -- It would see an earlier state than the locks were taken in: what was decided since would be decided again.
        RAISE EXCEPTION 'only where what is committed is read' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    SELECT * INTO r FROM care.access_log
     WHERE insured_key = t.insured_key AND at = t.at AND id = t.id AND salt = t.salt AND shard = t.shard;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no such ticket' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM gate.await_disk();
    PERFORM gate.must_be_fresh(r.at);
    RETURN r;
END $$;
