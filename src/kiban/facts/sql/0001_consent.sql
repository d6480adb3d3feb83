-- 包括的同意, 本人確認 and 担当: three separate objects (docs/glossary.md), all dated, all with who recorded them.
CREATE SCHEMA IF NOT EXISTS care;

CREATE TABLE care.consent (
    insured_key        bigint NOT NULL,
    id                 bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    given_on           date NOT NULL,
    text_version       text NOT NULL,              -- which explanation the person was given
    signer             text NOT NULL,              -- self | scribe | legal_agent | voluntary_agent | family
    taken_by           text NOT NULL,              -- municipality | office (in the municipality's place)
    organisation_id    bigint,                     -- who took it; NULL when it came by a municipal file
    recorded_by        bigint,                     -- account; NULL when it came by a municipal file
    recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    load_id            bigint,
    withdrawn_at       timestamptz,
    withdrawn_by       bigint,
    withdrawn_org      bigint,
    withdrawn_load_id  bigint,
    PRIMARY KEY (insured_key, id)
);
-- One consent in force at a time: giving it twice changes nothing.
CREATE UNIQUE INDEX consent_in_force ON care.consent (insured_key) WHERE withdrawn_at IS NULL;

CREATE TABLE care.identity (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    confirmed_on    date NOT NULL,
    method          text NOT NULL,                 -- card | four_items | visual | municipal_file
    recorded_by     bigint,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    load_id         bigint,
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX identity_once ON care.identity (insured_key, organisation_id);

CREATE TABLE care.relation (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    capacity        text NOT NULL CHECK (capacity IN ('plan', 'service', 'opinion')),
    viewing_from    date NOT NULL,
    viewing_to      date,                          -- first day on which nothing is shown any more; NULL: open
    recorded_by     bigint,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    load_id         bigint,
    ended_at        timestamptz,                   -- ended by hand; stops viewing at once
    ended_by        bigint,
    PRIMARY KEY (insured_key, id),
    CHECK (viewing_to IS NULL OR viewing_to > viewing_from)
);
CREATE UNIQUE INDEX relation_once ON care.relation (insured_key, organisation_id, capacity, viewing_from);
CREATE INDEX relation_of_organisation ON care.relation (organisation_id, insured_key);
