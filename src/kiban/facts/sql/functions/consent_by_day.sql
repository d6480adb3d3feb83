-- 同意 by the days of what was said -----------------------------------------------------------------------------------

-- The day a consent ended: as it was declared, else the day it was recorded.
CREATE FUNCTION gate.withdrawn_day(p_on date, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(p_on, (p_at AT TIME ZONE 'Asia/Tokyo')::date);

-- The first day from p_from on, of those on which the person said no: taken back (by file or on a page) or refused.
-- Yes and no on one day is no.
CREATE FUNCTION gate.next_no(p_key bigint, p_from date) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT min(n.day)
  FROM (SELECT w.day FROM care.consent_word AS w WHERE w.insured_key = p_key AND w.act = 'withdraw'
         UNION ALL
        SELECT gate.withdrawn_day(c.withdrawn_on, c.withdrawn_at) FROM care.consent AS c
         WHERE c.insured_key = p_key AND c.withdrawn_at IS NOT NULL AND c.mistaken_at IS NULL
         UNION ALL
        SELECT r.refused_on FROM care.refusal AS r
         WHERE r.insured_key = p_key AND r.mistaken_at IS NULL) AS n
 WHERE n.day >= p_from
$$;

-- Whether a consent that is recorded covers a day: given on it or before, and not ended before it. One taken back as a
-- mistake covers nothing; but where it came of a word, that word does not bring it back.
CREATE FUNCTION gate.is_covered(p_key bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT 1 FROM care.consent AS c
                WHERE c.insured_key = p_key AND c.given_on <= p_day
                  AND CASE WHEN c.mistaken_at IS NOT NULL THEN c.load_id IS NOT NULL AND c.given_on = p_day
                           ELSE c.withdrawn_at IS NULL
                                OR gate.withdrawn_day(c.withdrawn_on, c.withdrawn_at) >= p_day END);

-- Make care.consent say what the words of the files and the facts of the pages amount to in the order of their days.
-- In whatever order they came, the state is the same; again changes nothing. Facts of the pages stay as they are: of a
-- consent only its end is written, of a refusal only that a later consent overcame it.
CREATE FUNCTION gate.settle_consent(p_key bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w care.consent_word;
    v_no date;
BEGIN
    -- The consent in force, where a word from its day on takes it back.
    SELECT x.* INTO w
      FROM care.consent_word AS x
      JOIN care.consent AS c ON c.insured_key = p_key AND c.withdrawn_at IS NULL AND c.given_on <= x.day
     WHERE x.insured_key = p_key AND x.act = 'withdraw'
     ORDER BY x.day, x.id LIMIT 1;
    IF FOUND THEN
        UPDATE care.consent AS c
           SET withdrawn_at = clock_timestamp(), withdrawn_on = w.day,
               withdrawn_org = nullif(w.organisation_id, 0), withdrawn_load_id = w.load_id
         WHERE c.insured_key = p_key AND c.withdrawn_at IS NULL;
    END IF;
    -- Every period that a word begins: closed by the next no, or in force.
    FOR w IN SELECT x.* FROM care.consent_word AS x
              WHERE x.insured_key = p_key AND x.act = 'give' ORDER BY x.day, x.id LOOP
        CONTINUE WHEN gate.is_covered(p_key, w.day);
        v_no := gate.next_no(p_key, w.day);
        INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by, organisation_id, load_id,
                                  withdrawn_at, withdrawn_on, withdrawn_load_id)
        VALUES (p_key, w.day, w.text_version, w.signer,
                CASE WHEN w.organisation_id = 0 THEN 'municipality' ELSE 'office' END, nullif(w.organisation_id, 0),
                w.load_id, CASE WHEN v_no IS NOT NULL THEN clock_timestamp() END, v_no,
                CASE WHEN v_no IS NOT NULL THEN w.load_id END)
            ON CONFLICT (insured_key) WHERE withdrawn_at IS NULL DO NOTHING;  -- one from a later day is in force
        UPDATE care.refusal AS r SET ended_at = clock_timestamp()  -- overcome, also where that was taken back since
         WHERE r.insured_key = p_key AND r.ended_at IS NULL AND r.refused_on < w.day;
    END LOOP;
END $$;
