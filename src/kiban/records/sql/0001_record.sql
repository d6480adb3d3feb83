-- One envelope per version. A version is never changed but for superseded_at; a correction is the next version.
CREATE SCHEMA IF NOT EXISTS care;

CREATE TABLE care.record (
    insured_key   bigint NOT NULL,
    item          text NOT NULL,                   -- '<kind>.<item>', e.g. 'certification.survey'
    entry         text NOT NULL DEFAULT '',        -- which of several (a purchase, a plan); '' when there is one course
    history_no    integer NOT NULL,                -- 履歴番号 of the sender
    version       smallint NOT NULL,               -- 1, then one more for each correction of the same history_no
    valid_from    date,
    valid_to      date,                            -- half-open: first day it no longer holds; NULL: open
    source        text NOT NULL,                   -- who sent it: 'insurer:131136', 'office:1370400001', 'life'
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    superseded_at timestamptz,
    reason        text NOT NULL DEFAULT '',        -- why it was corrected
    load_id       bigint,
    digest        bytea NOT NULL,                  -- SHA-256 of validity and content: the same row twice is no version
    content       jsonb NOT NULL,
    PRIMARY KEY (insured_key, item, entry, history_no, version)
);
