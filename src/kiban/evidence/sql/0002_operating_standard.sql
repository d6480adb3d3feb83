-- What a care manager did for a person by the 運営基準, as it was entered: what, on which day, how, what was so.
-- Written once. Of a mistaken one only mistaken_at is set; care.correction (standard) says who took it back and why.
CREATE TABLE care.standard_fact (
    insured_key     bigint NOT NULL,
    id              bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id bigint NOT NULL,
    kind            text NOT NULL CHECK (kind <> ''),
    way             text NOT NULL CHECK (way <> ''),
    ticks           text[] DEFAULT '{}' NOT NULL,
    happened_on     date NOT NULL,
    written_on      date CHECK (written_on >= happened_on),  -- of a monitoring: when its result was written down
    recorded_by     bigint NOT NULL,
    recorded_at     timestamptz DEFAULT clock_timestamp() NOT NULL,
    mistaken_at     timestamptz,
    PRIMARY KEY (insured_key, id)
);
