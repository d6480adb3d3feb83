-- What a person's row said before stays in care.person_before.
WITH before AS (
    INSERT INTO care.person_before (insured_key, load_id, row_before)
    SELECT p.insured_key, %(load)s, to_jsonb(p)
      FROM staged AS s JOIN care.person AS p ON p.insured_key = s.insured_key
     WHERE s.turn = %(turn)s
       AND (p.name, p.kana, p.birth, p.birth_partial, p.sex, p.address, p.district, p.died_on)
           IS DISTINCT FROM (s.name, s.kana, s.birth, s.birth_partial, s.sex, s.address, s.district, s.died_on)
    RETURNING insured_key
), renewed AS (
    UPDATE care.person AS p
       SET name = s.name, kana = s.kana, birth = s.birth, birth_partial = s.birth_partial, sex = s.sex,
           address = s.address, district = s.district, died_on = s.died_on, charset = %(charset)s,
           search_key = s.search_key, kana_key = s.kana_key, load_id = %(load)s, registered_at = clock_timestamp()
      FROM staged AS s JOIN before AS b ON b.insured_key = s.insured_key
     WHERE s.turn = %(turn)s AND p.insured_key = s.insured_key
    RETURNING p.insured_key
), fresh AS (
    INSERT INTO care.person (insured_key, name, kana, birth, birth_partial, sex, address, district, charset,
                             search_key, kana_key, died_on, load_id)
    SELECT s.insured_key, s.name, s.kana, s.birth, s.birth_partial, s.sex, s.address, s.district,
           %(charset)s, s.search_key, s.kana_key, s.died_on, %(load)s
      FROM staged AS s WHERE s.turn = %(turn)s
        ON CONFLICT (insured_key) DO NOTHING
    RETURNING insured_key
)
SELECT (SELECT count(*) FROM fresh) AS added, (SELECT count(*) FROM renewed) AS changed
