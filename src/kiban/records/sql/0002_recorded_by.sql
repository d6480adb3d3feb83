-- The account that wrote a version at a screen or sent it; NULL: it was loaded.
ALTER TABLE care.record ADD COLUMN recorded_by bigint;
