-- (DEFAULT before NOT NULL: so does the migration linter see that no table is rewritten.)
-- 登録のまちがい: a fact that never was true is taken back. It counts no more from that moment on, and stays in the
-- record beside the correction, which says who, when and why. It is no withdrawal: the person said nothing.
CREATE TABLE care.correction (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    subject         text NOT NULL CHECK (subject IN ('consent', 'withdrawal', 'refusal', 'other', 'scan', 'identity',
                                                     'assignment', 'ending')),
    subject_id      bigint NOT NULL,
    reason          text NOT NULL CHECK (reason <> ''),
    was             jsonb,                         -- what stood in the fact's row and was put back
    organisation_id bigint NOT NULL,
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (insured_key, id)
);
