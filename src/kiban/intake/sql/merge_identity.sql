-- The latest confirmation stands, in whatever order they come.
WITH found AS (
    SELECT s.*, (SELECT o.id FROM public.registry_organisation AS o
                  WHERE o.number = s.number AND o.kind IN ('office', 'medical')
                  ORDER BY o.kind DESC LIMIT 1) AS organisation_id
      FROM staged AS s WHERE s.turn = %(turn)s
), renewed AS (
    UPDATE care.identity AS d SET confirmed_on = f.confirmed_on, method = f.method,
           load_id = %(load)s, mistaken_at = NULL
      FROM found AS f
     WHERE d.insured_key = f.insured_key AND d.organisation_id = f.organisation_id
       AND ((d.confirmed_on, d.method) IS DISTINCT FROM (f.confirmed_on, f.method) AND d.confirmed_on <= f.confirmed_on
            OR d.mistaken_at IS NOT NULL)
    RETURNING d.id
), fresh AS (
    INSERT INTO care.identity (insured_key, organisation_id, confirmed_on, method, load_id)
    SELECT f.insured_key, f.organisation_id, f.confirmed_on, f.method, %(load)s FROM found AS f
        ON CONFLICT (insured_key, organisation_id) DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM fresh) AS added, (SELECT count(*) FROM renewed) AS changed
