-- What holds between two offices, and what may not be sent ------------------------------------------------------------

-- What holds between two offices for each user and key: the newest unit's word, by ファイル連番; a deletion's word is
-- "nothing". Withdrawing a unit brings back what it had replaced.
CREATE FUNCTION gate.exchange_in_force(p_sender bigint, p_receiver bigint, p_month text)
RETURNS TABLE (unit_id bigint, insured_key bigint, key text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT x.unit_id, x.insured_key, x.key
  FROM (SELECT DISTINCT ON (e.insured_key, e.key) e.unit_id, e.insured_key, e.key, u.is_deletion
          FROM care.exchange_unit AS u
          JOIN care.exchange_entry AS e ON e.unit_id = u.id
         WHERE u.sender_id = p_sender AND u.receiver_id = p_receiver AND (p_month IS NULL OR u.month = p_month)
           AND u.sent_at IS NOT NULL AND u.withdrawn_at IS NULL
         ORDER BY e.insured_key, e.key, u.sequence DESC, u.tie DESC) AS x
 WHERE NOT x.is_deletion
$$;

-- Whose plans must not go to the receiver: the files do not name both offices as theirs, no 担当 of the receiver is in
-- force, and nothing about the user was ever sent between the two.
-- A deletion speaks of something that holds; anything else has nothing to delete.
CREATE FUNCTION gate.exchange_strangers(p_unit bigint, p_today date) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT DISTINCT e.insured_key
  FROM care.exchange_unit AS u
  JOIN care.exchange_entry AS e ON e.unit_id = u.id
 WHERE u.id = p_unit AND NOT e.names_both AND NOT u.is_deletion
   AND NOT (EXISTS (SELECT 1 FROM care.assignment AS l
                     WHERE l.insured_key = e.insured_key AND l.organisation_id = u.receiver_id
                       AND gate.goes_on(l, p_today))
            AND EXISTS (SELECT 1 FROM care.assignment AS l
                         WHERE l.insured_key = e.insured_key AND l.organisation_id = u.sender_id
                           AND gate.goes_on(l, p_today)))
   AND NOT EXISTS (SELECT 1 FROM care.exchange_entry AS b
                     JOIN care.exchange_unit AS v ON v.id = b.unit_id
                    WHERE b.insured_key = e.insured_key AND b.names_both
                      AND v.sent_at IS NOT NULL AND v.withdrawn_at IS NULL
                      AND (v.sender_id, v.receiver_id) IN ((u.sender_id, u.receiver_id), (u.receiver_id, u.sender_id)))
   AND NOT (u.record IN ('basic', 'prevention')
            AND EXISTS (SELECT 1 FROM care.exchange_vouch AS w
                         WHERE w.insured_key = e.insured_key AND w.sender_id = u.sender_id
                           AND w.receiver_id = u.receiver_id))
$$;

CREATE FUNCTION gate.exchange_without_object(p_unit bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT DISTINCT e.insured_key
  FROM care.exchange_unit AS u
  JOIN care.exchange_entry AS e ON e.unit_id = u.id
 WHERE u.id = p_unit AND u.is_deletion
   AND NOT EXISTS (SELECT 1 FROM gate.exchange_in_force(u.sender_id, u.receiver_id, nullif(u.month, '')) AS f
                    WHERE f.insured_key = e.insured_key AND f.key = e.key)
$$;

-- Whose plans stand in the way of sending units of the own office. p: units; those that are not there are left out.
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
        d.persons := ARRAY(SELECT x.key
                             FROM unnest(d.numbers) AS n
                            CROSS JOIN LATERAL (SELECT gate.exchange_strangers(n, c.today) AS key
                                                UNION SELECT gate.exchange_without_object(n)) AS x
                            GROUP BY x.key ORDER BY x.key);
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
