-- Units fetched -------------------------------------------------------------------------------------------------------

CREATE FUNCTION gate.exchange_received(c gate.context, p_units bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u care.exchange_unit;
BEGIN
    FOR u IN UPDATE care.exchange_unit AS x SET opened_at = c.now
              WHERE x.id = ANY (p_units) AND x.receiver_id = c.organisation_id AND x.opened_at IS NULL
             RETURNING x.*
    LOOP
        CONTINUE WHEN u.record <> 'actual' OR u.is_deletion;
        PERFORM gate.renew_assignment(k.key, o.id, to_date(u.month, 'YYYYMM'), 'actuals', NULL, c.today)
           FROM (SELECT DISTINCT e.insured_key AS key FROM care.exchange_entry AS e
                  WHERE e.unit_id = u.id ORDER BY 1) AS k,
                unnest(ARRAY[u.sender_id, u.receiver_id]) AS o(id)
          WHERE to_date(u.month, 'YYYYMM') <= c.today;
    END LOOP;
END $$;

-- Fetch files: of units the caller's office has sent or was sent. The first fetch by the receiver is 受領; for a 実績 it
-- shows that the service goes on, so the 担当 of both offices is renewed.
CREATE FUNCTION gate.decide_exchange_open(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                          INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p_units bigint[] := gate.numbers(p -> 'units');
    v_mine bigint[];
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        SELECT array_agg(u.id ORDER BY u.id) INTO v_mine FROM care.exchange_unit AS u
         WHERE u.id = ANY (p_units)
           AND (u.sender_id = c.organisation_id
                OR (u.receiver_id = c.organisation_id AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL));
        IF v_mine IS NULL OR cardinality(v_mine) <> (SELECT count(DISTINCT n) FROM unnest(p_units) AS n) THEN
            refusal := 'exchange:no_unit';
        END IF;
    END IF;
    IF refusal IS NULL THEN
        PERFORM gate.exchange_received(c, v_mine);
        d.persons := gate.exchange_persons(v_mine);
        d.numbers := v_mine;
    END IF;
END $$;

-- The units a decision speaks of, when it lets any be read.
CREATE FUNCTION gate.exchange_units(t gate.ticket) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    d care.access_log;
BEGIN
    SELECT x.d INTO f FROM gate.decided(t) AS x;
    d := f.d;
    IF d.action <> 'exchange:open' THEN
        RAISE EXCEPTION 'no such ticket' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN d.outcome = 'allowed' THEN d.numbers ELSE '{}' END;
END $$;

CREATE FUNCTION gate.answer_exchange(t gate.ticket)
RETURNS TABLE (unit_id bigint, name text, sha256 bytea, content bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(t);
BEGIN
    RETURN QUERY SELECT f.unit_id, f.name, f.sha256, f.content FROM care.exchange_file AS f
                  WHERE f.unit_id = ANY (v_units) ORDER BY f.unit_id, f.name;
END $$;

-- What holds of the units a ticket speaks of.
CREATE FUNCTION gate.answer_exchange_state(t gate.ticket)
RETURNS TABLE (unit_id bigint, insured_key bigint, key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(t);
BEGIN
    RETURN QUERY
        SELECT f.unit_id, f.insured_key, f.key
          FROM (SELECT DISTINCT u.sender_id, u.receiver_id
                  FROM care.exchange_unit AS u WHERE u.id = ANY (v_units)) AS p,
               gate.exchange_in_force(p.sender_id, p.receiver_id, NULL) AS f
         WHERE f.unit_id = ANY (v_units);
END $$;

CREATE FUNCTION gate.answer_exchange_receipts(t gate.ticket)
RETURNS TABLE (unit_id bigint, outcome text, rows bytea, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_units bigint[] := gate.exchange_units(t);
BEGIN
    RETURN QUERY SELECT x.unit_id, x.outcome, x.rows, x.at FROM care.exchange_receipt AS x
                  WHERE x.unit_id = ANY (v_units) ORDER BY x.unit_id, x.id;
END $$;
