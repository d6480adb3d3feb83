-- 担当ケアマネ: who in the organisation looks after the person. A view for lists and no right: nothing is opened or
-- refused by it. A successor is a fact of its own; of the one before only the end is written.
CREATE TABLE care.responsible (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    account_id      bigint NOT NULL,
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by        bigint,
    ended_at        timestamptz,
    PRIMARY KEY (insured_key, id)
);
CREATE UNIQUE INDEX responsible_now ON care.responsible (insured_key, organisation_id) WHERE ended_at IS NULL;
