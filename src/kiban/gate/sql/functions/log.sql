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
    r.delegation_id::text, r.session, r.certificate, r.purpose, r.matrix, r.assignment_id::text, r.consent_id::text,
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
