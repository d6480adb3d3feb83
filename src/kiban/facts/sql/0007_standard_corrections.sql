-- A mistaken fact of 運営基準 (evidence) is taken back like any other.
ALTER TABLE care.correction DROP CONSTRAINT correction_subject_check;
ALTER TABLE care.correction ADD CONSTRAINT correction_subject_check
    CHECK (subject IN ('consent', 'withdrawal', 'refusal', 'other', 'scan', 'identity', 'assignment', 'ending',
                       'standard')) NOT VALID;
ALTER TABLE care.correction VALIDATE CONSTRAINT correction_subject_check;
