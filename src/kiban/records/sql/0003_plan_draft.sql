-- (DEFAULT before NOT NULL: so does the migration linter see that no table is rewritten.)
-- What somebody has typed of a plan and not yet stored: a telephone call and a locked screen must not lose it. Seen by
-- nobody but the one who typed it; gone when the plan is stored, and after two weeks.
CREATE TABLE care.plan_draft (
    insured_key     bigint      NOT NULL,
    organisation_id bigint      NOT NULL,
    account_id      bigint      NOT NULL,
    plan            text        NOT NULL,          -- the day of the plan that is corrected; '' for a new one
    typed           jsonb       NOT NULL,          -- inputs of the form, as they stood
    saved_at        timestamptz DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (insured_key, organisation_id, account_id, plan)
);
