-- Giving: nothing happens where a consent is in force, or where this one (or a later one) was recorded before, so that
-- an old file never revives a consent that was withdrawn, nor overrules a later refusal. Withdrawing takes effect at
-- once.
WITH found AS (
    SELECT s.*, o.id AS organisation_id
      FROM staged AS s
      LEFT JOIN public.registry_organisation AS o ON o.number = s.taker AND o.kind = 'office'
     WHERE s.turn = %(turn)s
), withdrawn AS (
    UPDATE care.consent AS c
       SET withdrawn_at = clock_timestamp(), withdrawn_org = f.organisation_id, withdrawn_load_id = %(load)s
      FROM found AS f
     WHERE f.act = 'withdraw' AND c.insured_key = f.insured_key AND c.withdrawn_at IS NULL AND c.given_on <= f.day
    RETURNING c.id
), fresh AS (
    INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by, organisation_id, load_id)
    SELECT f.insured_key, f.day, f.text_version, f.signer,
           CASE WHEN f.taker IS NULL THEN 'municipality' ELSE 'office' END, f.organisation_id, %(load)s
      FROM found AS f
     WHERE f.act = 'give'
       AND NOT EXISTS (SELECT FROM care.consent AS c
                        WHERE c.insured_key = f.insured_key AND (c.withdrawn_at IS NULL OR c.given_on >= f.day))
       AND NOT EXISTS (SELECT FROM care.refusal AS r
                        WHERE r.insured_key = f.insured_key AND r.ended_at IS NULL AND r.refused_on > f.day)
        ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING
    RETURNING id, insured_key
), overcome AS (
    UPDATE care.refusal AS r SET ended_at = clock_timestamp()
      FROM fresh AS f WHERE r.insured_key = f.insured_key AND r.ended_at IS NULL
)
SELECT (SELECT count(*) FROM fresh) AS added, (SELECT count(*) FROM withdrawn) AS changed
