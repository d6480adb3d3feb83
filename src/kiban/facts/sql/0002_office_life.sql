-- (DEFAULT before NOT NULL: so does the migration linter see that the table is not rewritten.)
-- What an office lives through with a person: refusing, other consents, papers, cards, going on, handing over,
-- an emergency. Facts are added; of a fact already there only its end is ever written.

ALTER TABLE care.consent
    ADD COLUMN signer_name      text DEFAULT '' NOT NULL,
    ADD COLUMN witness          text DEFAULT '' NOT NULL,
    ADD COLUMN channel          text DEFAULT 'unconfirmed' NOT NULL,   -- meeting | letter | telephone | other
    ADD COLUMN note             text DEFAULT '' NOT NULL,
    ADD COLUMN withdrawn_on     date,                                  -- the day the person said so
    ADD COLUMN withdrawn_signer text,
    ADD COLUMN withdrawn_signer_name text DEFAULT '' NOT NULL,
    ADD COLUMN withdrawn_witness text DEFAULT '' NOT NULL,
    ADD COLUMN withdrawn_channel text,
    ADD COLUMN withdrawn_note   text DEFAULT '' NOT NULL;

-- 不同意: as much a fact as a consent; in force until a consent is given.
CREATE TABLE care.refusal (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    refused_on      date NOT NULL,
    text_version    text NOT NULL,
    signer          text NOT NULL,
    signer_name     text NOT NULL,
    witness         text NOT NULL,
    channel         text NOT NULL,
    note            text NOT NULL,
    organisation_id bigint NOT NULL,
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at        timestamptz,
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX refusal_in_force ON care.refusal (insured_key) WHERE ended_at IS NULL;

-- The older consents (基準33条, 認定申請書). They open nothing in the gate.
CREATE TABLE care.other_consent (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind            text NOT NULL CHECK (kind IN ('article33', 'application')),
    given_on        date NOT NULL,
    signer          text NOT NULL,
    signer_name     text NOT NULL,
    covers_family   boolean NOT NULL,
    note            text NOT NULL,
    organisation_id bigint NOT NULL,
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at    timestamptz,
    withdrawn_by    bigint,
    PRIMARY KEY (insured_key, id)
);

-- The signed paper as an image or PDF, beside the fact it proves.
CREATE TABLE care.scan (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    subject         text NOT NULL CHECK (subject IN ('consent', 'withdrawal', 'refusal', 'other')),
    subject_id      bigint NOT NULL,
    media_type      text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    content         bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 5242880),
    organisation_id bigint NOT NULL,
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, id)
);

-- Every confirmation of identity as it was done; care.identity says only that (and how) it holds.
CREATE TABLE care.confirmation (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    confirmed_on    date NOT NULL,
    method          text NOT NULL,                 -- card | four_items | visual
    place           text NOT NULL,                 -- office | visit | facility | other
    document        text NOT NULL,                 -- what was shown, in the office's words
    revocation      text,                          -- of a card: whether its revocation was checked (yes | off)
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, id)
);

-- A card's authentication certificate tells no name: issuer and serial are bound to the person at first use.
CREATE TABLE care.card (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    issuer          text NOT NULL,
    serial          text NOT NULL,
    organisation_id bigint NOT NULL,
    bound_by        bigint NOT NULL,
    bound_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX card_once ON care.card (insured_key, issuer, serial);
CREATE INDEX card_serial ON care.card (serial, issuer);

ALTER TABLE care.relation
    ADD COLUMN end_reason text,                    -- ended | moved | facility | died | mistake | handover | policy
    ADD COLUMN rule       text DEFAULT '' NOT NULL;  -- the policy the viewing period came from

-- 継続: the service went on in a month, so the viewing period was renewed.
CREATE TABLE care.continuation (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    relation_id     bigint NOT NULL,
    organisation_id bigint NOT NULL,
    month           date NOT NULL CHECK (extract(day FROM month) = 1),
    source          text NOT NULL CHECK (source IN ('actuals', 'confirmed')),
    viewing_before  date,
    viewing_to      date NOT NULL,
    recorded_by     bigint,                        -- NULL: a received 実績 renewed it
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX continuation_once ON care.continuation (insured_key, relation_id, month, source);

-- 引き継ぎ: the office that makes the plan names the next one; done when that one has confirmed identity itself.
CREATE TABLE care.handover (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    from_id         bigint NOT NULL,
    to_id           bigint NOT NULL,
    starts_on       date NOT NULL,
    note            text NOT NULL,
    offered_by      bigint NOT NULL,
    offered_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at    timestamptz,
    done_at         timestamptz,
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX handover_open ON care.handover (insured_key, from_id)
    WHERE withdrawn_at IS NULL AND done_at IS NULL;
CREATE INDEX handover_to ON care.handover (to_id) WHERE withdrawn_at IS NULL AND done_at IS NULL;

-- 緊急時の閲覧: opened without relation or consent, for one account, for some hours; to be reviewed.
CREATE TABLE care.emergency (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    account_id      bigint NOT NULL,
    terminal        text NOT NULL,                 -- fingerprint of its certificate
    reason          text NOT NULL,
    opened_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    review_by       date NOT NULL,
    reviewed_at     timestamptz,
    reviewed_by     bigint,
    verdict         text CHECK (verdict IN ('proper', 'improper', 'unclear')),
    note            text DEFAULT '' NOT NULL,
    PRIMARY KEY (insured_key, id)
);
CREATE INDEX emergency_of_organisation ON care.emergency (organisation_id, opened_at);
