-- viewing_until is the last day, viewing_to the first day on which nothing is shown. An assignment ended by hand stays
-- ended, and one whose end was settled (handed over, taken by another office) keeps that end: an old row sent again is
-- no decision about it. A row without an end says nothing of an end that is known: files and rows come in any order.
WITH found AS (
    SELECT s.*, s.viewing_until + 1 AS viewing_to,
           (SELECT o.id FROM public.registry_organisation AS o
             WHERE o.number = s.number
               AND o.kind = CASE s.capacity WHEN 'opinion' THEN 'medical' ELSE 'office' END) AS organisation_id
      FROM staged AS s WHERE s.turn = %(turn)s
), renewed AS (
    UPDATE care.assignment AS l SET viewing_to = f.viewing_to, load_id = %(load)s
      FROM found AS f
     WHERE l.insured_key = f.insured_key AND l.organisation_id = f.organisation_id AND l.capacity = f.capacity
       AND l.viewing_from = f.viewing_from AND l.viewing_to IS DISTINCT FROM f.viewing_to
       AND l.end_reason IS NULL AND f.viewing_to IS NOT NULL
    RETURNING l.id
), fresh AS (
    INSERT INTO care.assignment (insured_key, organisation_id, capacity, viewing_from, viewing_to, load_id)
    SELECT f.insured_key, f.organisation_id, f.capacity, f.viewing_from, f.viewing_to, %(load)s FROM found AS f
        ON CONFLICT (insured_key, organisation_id, capacity, viewing_from) DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM fresh) AS added, (SELECT count(*) FROM renewed) AS changed
