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
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, id)
);

-- When a fact was taken back; NULL: it stands.
ALTER TABLE care.consent       ADD COLUMN mistaken_at timestamptz,
                               ADD COLUMN ended_refusal bigint;       -- the refusal this consent ended
ALTER TABLE care.refusal       ADD COLUMN mistaken_at timestamptz,
                               ADD COLUMN ended_consent bigint;       -- the consent this refusal ended
ALTER TABLE care.other_consent ADD COLUMN mistaken_at timestamptz;
ALTER TABLE care.scan          ADD COLUMN mistaken_at timestamptz;
ALTER TABLE care.identity      ADD COLUMN mistaken_at timestamptz;
ALTER TABLE care.confirmation  ADD COLUMN mistaken_at timestamptz,
                               ADD COLUMN card_id bigint;             -- the card it was done with
ALTER TABLE care.card          ADD COLUMN mistaken_at timestamptz;
ALTER TABLE care.assignment    ADD COLUMN mistaken_at timestamptz,
                               ADD COLUMN ended_org bigint,           -- whose act the end by hand was
                               ADD COLUMN ended_for bigint,           -- the 担当 that took its place
                               ADD COLUMN viewing_to_before date;     -- what ended_for made shorter
