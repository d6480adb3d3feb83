-- What stands in the way of sending -------------------------------------------------------------------------------

-- Whose plans stand in the way of sending units of the own office. p: units; those that are not there are left out.
-- The row names everybody the units speak of.
CREATE FUNCTION gate.decide_exchange_objections(c gate.context, p_key bigint, p jsonb, p_files bytea[],
                                                INOUT d care.access_log, OUT refusal text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    refusal := gate.exchange_hindrance(c);
    IF refusal IS NULL THEN
        d.numbers := ARRAY(SELECT u.id FROM care.exchange_unit AS u
                            WHERE u.id IN (SELECT n::bigint FROM jsonb_array_elements_text(p -> 'units') AS n)
                              AND u.sender_id = c.organisation_id
                            ORDER BY u.id);
        d.persons := gate.exchange_persons(d.numbers);
        refusal := CASE WHEN d.numbers = '{}' THEN 'exchange:no_unit' END;
    END IF;
END $$;

-- Of each unit whom nothing shows to be the receiver's, whose plan takes away what is not in force, and the units that
-- speak of the same records.
CREATE FUNCTION gate.answer_exchange_objections(q care.access_log, d care.access_log) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT json_agg(json_build_object(
           'id', u.id,
           'unconfirmed', to_json(ARRAY(SELECT gate.exchange_strangers(u.id, (d.at AT TIME ZONE 'Asia/Tokyo')::date)
                                               AS key ORDER BY key)),
           'nothing_to_delete', to_json(ARRAY(SELECT gate.exchange_without_object(u.id) AS key ORDER BY key)),
           'others', gate.exchange_others(u, q.organisation_id)) ORDER BY u.id)
  FROM care.exchange_unit AS u
 WHERE u.id = ANY (d.numbers)
$$;
