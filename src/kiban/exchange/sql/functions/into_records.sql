-- What a sent unit means for the platform's own records ---------------------------------------------------------------

-- A plan sent to another office is the person's ケアプラン of that day. Plans of persons the platform does not know, or
-- whose plan the sender is not registered to make, stay what they are: files between two offices.
CREATE FUNCTION gate.exchange_into_records(c gate.context, u care.exchange_unit, p_plans jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF u.record <> 'plan' THEN
        RETURN;
    ELSIF u.is_deletion THEN
        PERFORM gate.exchange_plans_gone(c, u, '連携で第1表の削除を送った');
    ELSE
        -- Only plans the unit itself is about; in the order of their keys, as everything that locks persons.
        PERFORM gate.store_plan(p.key, c.organisation_id, c.organisation_number, c.account_id, p.content, p.day,
                                '連携で送った計画', c.now)
           FROM (SELECT x.key, gate.day(x.made_on) AS day, x.content
                   FROM jsonb_to_recordset(coalesce(p_plans, '[]')) AS x(key bigint, made_on text, content jsonb)) AS p
           JOIN care.exchange_entry AS e ON e.unit_id = u.id AND e.insured_key = p.key
                AND e.key = 'plan:' || to_char(p.day, 'YYYYMMDD')
          WHERE EXISTS (SELECT 1 FROM care.person AS x WHERE x.insured_key = p.key);
    END IF;
END $$;

-- A plan nobody holds any longer, because it was deleted or withdrawn from the last office that had it, is over.
CREATE FUNCTION gate.exchange_plans_gone(c gate.context, u care.exchange_unit, p_reason text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
SELECT gate.remove_plan(e.insured_key, c.organisation_id, c.organisation_number, c.account_id,
                        to_date(split_part(e.key, ':', 2), 'YYYYMMDD'), p_reason, c.now)
  FROM care.exchange_entry AS e
 WHERE e.unit_id = u.id
   AND NOT EXISTS (SELECT 1
                     FROM (SELECT DISTINCT v.receiver_id
                             FROM care.exchange_entry AS b
                             JOIN care.exchange_unit AS v ON v.id = b.unit_id AND v.sender_id = u.sender_id
                            WHERE b.insured_key = e.insured_key AND b.key = e.key) AS r,
                          gate.exchange_in_force(u.sender_id, r.receiver_id, NULL) AS f
                    WHERE f.insured_key = e.insured_key AND f.key = e.key)
 ORDER BY e.insured_key
$$;
