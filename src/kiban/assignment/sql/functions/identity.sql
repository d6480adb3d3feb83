-- 本人確認: whom four items or a card speak of ------------------------------------------------------------------------

-- The person four identifying items speak of: a miss tells nothing but that (gate.too_many_misses). A birth that is
-- known in part, or not at all, is told as the card tells it.
CREATE FUNCTION gate.person_of(p_insurer_no text, p_insured_no text, p_birth text, p_sex text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT CASE WHEN p_insurer_no ~ '^[0-9]{6}$' AND p_insured_no ~ '^[0-9H][0-9]{9}$' THEN
    (SELECT p.insured_key FROM care.person AS p
      WHERE p.insured_key = care.insured_key(p_insurer_no, p_insured_no)
        AND coalesce(p.birth::text, p.birth_partial) = p_birth AND p.sex = p_sex) END
$$;

-- A card proof of this session, not older than ten minutes and not used; held until the transaction ends.
CREATE FUNCTION gate.proof(c gate.context, p_proof text) RETURNS public.assignment_cardproof
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
SELECT x.* FROM public.assignment_cardproof AS x
 WHERE x.nonce = p_proof AND x.session = c.session AND x.used_at IS NULL AND x.made_at > c.now - interval '10 minutes'
   AND x.seal = gate.sealed(concat_ws('|', 'kiban-proof-1', x.nonce, x.session, x.serial, x.revocation,
                                      gate.microseconds(x.made_at), x.issuer))
   FOR UPDATE
$$;
