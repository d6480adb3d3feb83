-- 被保険者. Schema "care" holds everything about persons; kiban_web has no right on it at all (ops/sql/grants.sql).
CREATE SCHEMA IF NOT EXISTS care;

-- The key of every table about a person, and the distribution column on Citus: insurer_no (6 digits) followed by
-- insured_no (10). みなし2号 numbers start with H: they map into the reserved range from 10^16, H replaced by 0.
-- Raises when a number is not of that form: such a row must be reported, never guessed.
CREATE FUNCTION care.insured_key(p_insurer_no text, p_insured_no text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF p_insurer_no !~ '^[0-9]{6}$' OR p_insured_no !~ '^[0-9H][0-9]{9}$' THEN
        RAISE EXCEPTION 'not an insurer number and an insured number' USING ERRCODE = '22023';
    END IF;
    RETURN (p_insurer_no || translate(p_insured_no, 'H', '0'))::bigint
         + CASE WHEN p_insured_no LIKE 'H%' THEN 10000000000000000 ELSE 0 END;
END $$;

CREATE FUNCTION care.insurer_no(p_key bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lpad(((p_key % 10000000000000000) / 10000000000)::text, 6, '0');

CREATE FUNCTION care.insured_no(p_key bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN p_key >= 10000000000000000 THEN 'H' || lpad((p_key % 1000000000)::text, 9, '0')
            ELSE lpad((p_key % 10000000000)::text, 10, '0') END;

-- Names are kept exactly as received (character set beside them); search_key is normalised, for searching only.
CREATE TABLE care.person (
    insured_key   bigint PRIMARY KEY,
    name          text NOT NULL,
    kana          text NOT NULL,
    birth         date NOT NULL,
    sex           text NOT NULL CHECK (sex IN ('1', '2', '9')),
    address       text NOT NULL DEFAULT '',
    district      text NOT NULL DEFAULT '',
    charset       text NOT NULL,
    search_key    text NOT NULL,
    kana_key      text NOT NULL,
    died_on       date,
    load_id       bigint,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What a person's row said before it changed (a move, a new name, a correction).
CREATE TABLE care.person_before (
    insured_key   bigint NOT NULL,
    replaced_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    load_id       bigint,
    row_before    jsonb NOT NULL,
    PRIMARY KEY (insured_key, replaced_at)
);
