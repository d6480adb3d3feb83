-- A birth of which only year and month, only the year or nothing is known (不詳): then birth is NULL, and
-- birth_partial holds what is known. (DEFAULT before NOT NULL: so does the migration linter see that the table is not
-- rewritten.)
ALTER TABLE care.person ALTER COLUMN birth DROP NOT NULL;
ALTER TABLE care.person ADD COLUMN birth_partial text DEFAULT '' NOT NULL;
ALTER TABLE care.person ADD CONSTRAINT person_birth_known CHECK (
    (birth IS NULL) = (birth_partial <> '') AND birth_partial ~ '^([0-9]{4}(-(0[1-9]|1[0-2]))?|unknown|)$');
