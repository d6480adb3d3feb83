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
