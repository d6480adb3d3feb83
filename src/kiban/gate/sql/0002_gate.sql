-- The gate's tables. Its functions stand in functions/: they are code, put in place anew by every "kiban setup"
-- that brings other ones (kiban.ops.provision), so each of them has one text only.

CREATE SCHEMA IF NOT EXISTS gate;

-- The access log ------------------------------------------------------------------------------------------------

CREATE SEQUENCE care.access_log_id AS bigint;

CREATE TABLE care.access_log (
    insured_key     bigint      NOT NULL,          -- 0: the row speaks of several persons (persons), or of none
    at              timestamptz NOT NULL,
    id              bigint      NOT NULL,
    xid             xid8        NOT NULL,          -- the sealer takes rows in the order of (xid, id)
    action          text        NOT NULL,          -- gate.events.Event
    account_id      bigint,
    employment_id   bigint,
    organisation_id bigint,
    delegation_id   bigint,
    session         text,                          -- key of staff_session (a hash)
    certificate     text,                          -- fingerprint the TLS peer proved, known to us or not
    purpose         text,
    matrix          text,
    relation_id     bigint,
    consent_id      bigint,
    persons         bigint[]    NOT NULL,          -- of a list: who was shown
    standing        text[]      NOT NULL,          -- what failed of account, terminal, delegation, purpose
    decisions       text[]      NOT NULL,          -- '+item|…' shown, '-item|…' not shown, with every answer not 'ok'
    detail          text        NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN ('allowed', 'partly', 'denied')),
    salt            bytea       NOT NULL,
    leaf            bytea       NOT NULL,          -- SHA-256 of 0x00, salt, canonical form (RFC 6962 leaf)
    PRIMARY KEY (insured_key, at, id)
) PARTITION BY RANGE (at);

CREATE TABLE care.access_log_default PARTITION OF care.access_log DEFAULT;
CREATE INDEX access_log_persons ON care.access_log USING gin (persons) WHERE insured_key = 0;
