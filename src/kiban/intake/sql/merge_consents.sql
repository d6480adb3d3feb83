-- The words were taken and settled for the whole batch (prepare_consents.sql); here they are counted. A word that was
-- known is a row that changes nothing.
SELECT count(*) FILTER (WHERE s.act = 'give') AS added, count(*) FILTER (WHERE s.act = 'withdraw') AS changed
  FROM staged AS s
 WHERE s.turn = %(turn)s
   AND EXISTS (SELECT FROM care.consent_word AS w
                WHERE w.insured_key = s.insured_key AND w.load_id = %(load)s AND w.line = s.line)
