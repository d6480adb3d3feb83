-- Staged rows of one turn become versions. A row like the current version changes nothing; another one is the next
-- version of the same history number, and the one before it gets superseded_at. Which rows were added and changed is
-- told by the version.
WITH merged AS (
    INSERT INTO care.record (insured_key, item, entry, history_no, version, valid_from, valid_to, source, reason,
                             load_id, digest, content)
    SELECT s.insured_key, %(item)s, s.entry, s.history_no,
           -- A plan with no version in force may have had one: its office took it back. (Looked up for plans only.)
           coalesce(r.version, CASE WHEN %(item)s = 'careplan.plan' THEN
                                    (SELECT max(x.version) FROM care.record AS x
                                      WHERE x.insured_key = s.insured_key AND x.item = %(item)s AND x.entry = s.entry
                                        AND x.history_no = s.history_no) END, 0) + 1, s.valid_from, s.valid_to,
           s.source, CASE WHEN r.version IS NULL OR s.reason <> '' THEN s.reason ELSE '再送による訂正' END,
           %(load)s, s.digest, s.content
      FROM staged AS s
      LEFT JOIN care.record AS r
             ON r.insured_key = s.insured_key AND r.item = %(item)s AND r.entry = s.entry
            AND r.history_no = s.history_no AND r.superseded_at IS NULL
     WHERE s.turn = %(turn)s AND r.digest IS DISTINCT FROM s.digest
    RETURNING version
)
SELECT count(*) FILTER (WHERE version = 1) AS added, count(*) FILTER (WHERE version > 1) AS changed FROM merged
;
UPDATE care.record AS r SET superseded_at = clock_timestamp()
  FROM staged AS s
 WHERE s.turn = %(turn)s AND %(changed)s > 0
   AND r.insured_key = s.insured_key AND r.item = %(item)s AND r.entry = s.entry AND r.history_no = s.history_no
   AND r.superseded_at IS NULL AND r.digest <> s.digest
