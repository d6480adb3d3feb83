-- What a municipal file says of a consent, word for word: given or taken back, on a day. Files and rows come in any
-- order; care.consent holds what the words amount to when they stand in the order of their days
-- (gate.settle_consent). A word is never changed and never taken away.
-- (DEFAULT before NOT NULL: so does the migration linter see that nothing older lacks a value.)
CREATE TABLE care.consent_word (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    act             text NOT NULL CHECK (act IN ('give', 'withdraw')),
    day             date NOT NULL,
    text_version    text DEFAULT '' NOT NULL,
    signer          text DEFAULT '' NOT NULL,
    organisation_id bigint DEFAULT 0 NOT NULL,     -- who took it; 0: the municipality
    load_id         bigint NOT NULL,
    line            bigint NOT NULL,               -- of the file
    recorded_at     timestamptz DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX consent_word_once
    ON care.consent_word (insured_key, day, act, text_version, signer, organisation_id);
