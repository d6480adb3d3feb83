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
