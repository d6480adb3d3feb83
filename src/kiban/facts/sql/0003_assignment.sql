-- 担当 is called assignment everywhere (docs/glossary.md). Rows stay as they are.
ALTER TABLE care.relation RENAME TO assignment;
ALTER TABLE care.assignment RENAME CONSTRAINT relation_pkey TO assignment_pkey;
ALTER INDEX care.relation_once RENAME TO assignment_once;
ALTER INDEX care.relation_of_organisation RENAME TO assignment_of_organisation;
ALTER SEQUENCE care.relation_id_seq RENAME TO assignment_id_seq;
ALTER TABLE care.continuation RENAME COLUMN relation_id TO assignment_id;
