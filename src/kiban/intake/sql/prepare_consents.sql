-- The words of the batch, each once, whatever its line; then what they amount to (gate.settle_consent). A row whose
-- person or office is not known leaves no word: it is a fault.
INSERT INTO care.consent_word (insured_key, act, day, text_version, signer, organisation_id, load_id, line)
SELECT s.insured_key, s.act, s.day, coalesce(s.text_version, ''), coalesce(s.signer, ''), coalesce(o.id, 0), %(load)s,
       s.line
  FROM staged AS s
  LEFT JOIN public.registry_organisation AS o ON o.number = s.taker AND o.kind = 'office'
 WHERE (s.taker IS NULL OR o.id IS NOT NULL)
   AND EXISTS (SELECT FROM care.person AS p WHERE p.insured_key = s.insured_key)
 ORDER BY s.line
    ON CONFLICT DO NOTHING
;
-- The usual case at once: one consent, and nothing else was ever said.
INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by, organisation_id, load_id)
SELECT w.insured_key, w.day, w.text_version, w.signer,
       CASE WHEN w.organisation_id = 0 THEN 'municipality' ELSE 'office' END, nullif(w.organisation_id, 0), w.load_id
  FROM (SELECT DISTINCT s.insured_key FROM staged AS s) AS k
  JOIN care.consent_word AS w ON w.insured_key = k.insured_key
 WHERE w.act = 'give'
   AND NOT EXISTS (SELECT FROM care.consent_word AS x WHERE x.insured_key = w.insured_key AND x.id <> w.id)
   AND NOT EXISTS (SELECT FROM care.consent AS c WHERE c.insured_key = w.insured_key)
   AND NOT EXISTS (SELECT FROM care.refusal AS r WHERE r.insured_key = w.insured_key)
    ON CONFLICT DO NOTHING
;
SELECT count(gate.settle_consent(k.insured_key))
  FROM (SELECT DISTINCT s.insured_key FROM staged AS s) AS k
 WHERE EXISTS (SELECT FROM care.consent_word AS w
                WHERE w.insured_key = k.insured_key
                  AND CASE w.act WHEN 'give' THEN NOT gate.is_covered(w.insured_key, w.day)
                                 ELSE EXISTS (SELECT FROM care.consent AS c
                                               WHERE c.insured_key = w.insured_key AND c.withdrawn_at IS NULL
                                                 AND c.given_on <= w.day) END)
