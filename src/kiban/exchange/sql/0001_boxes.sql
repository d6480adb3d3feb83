-- The boxes of ケアプランデータ連携: what one office sent another, as it was sent.
-- Units and files belong to two offices, not to one person: on Citus they are reference tables or stay with the
-- coordinator. Entries are about a person and lie with that person's other rows.

CREATE TABLE care.exchange_unit (
    id               bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender_id        bigint NOT NULL,
    receiver_id      bigint NOT NULL,
    sender_service   text NOT NULL,                -- サービス種類コード of the file names; '' in names of V3.2
    receiver_service text NOT NULL,
    sequence         text NOT NULL,                -- ファイル連番, YYYYMMDDHHMMSS
    tie              text NOT NULL,                -- the rest of the names: settles the order within one second
    record           text NOT NULL CHECK (record IN ('plan', 'schedule', 'actual', 'basic', 'prevention')),
    is_deletion      boolean NOT NULL,
    month            text NOT NULL,                -- YYYYMM; '' where the unit has none
    users            integer NOT NULL,
    digest           bytea NOT NULL,               -- SHA-256 over names and contents: the same unit again is this one
    staged_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    staged_by        bigint NOT NULL,
    sent_at          timestamptz,                  -- NULL: waits for the sender's last look
    sent_by          bigint,
    sent_with        text,                         -- fingerprint of the terminal's certificate
    machine_id       bigint,                       -- of the sync key, when no person was at a screen
    opened_at        timestamptz,                  -- the receiver fetched it for the first time: 受領
    settled_at       timestamptz,
    outcome          text CHECK (outcome IN ('taken', 'error')),
    withdrawn_at     timestamptz,
    withdrawn_by     bigint
);
-- A unit leaves once. (Another unit of the same second to the same office is another record or month.)
CREATE UNIQUE INDEX exchange_unit_once
    ON care.exchange_unit (sender_id, receiver_id, sequence, record, is_deletion, month);
CREATE INDEX exchange_unit_inbox ON care.exchange_unit (receiver_id, sequence);

-- The bytes as they were sent, compressed and encrypted with the installation's key (kiban.exchange.units.vault).
CREATE TABLE care.exchange_file (
    unit_id bigint  NOT NULL,
    name    text    NOT NULL,
    kind    text    NOT NULL,
    size    integer NOT NULL,
    rows    integer NOT NULL,
    sha256  bytea   NOT NULL,                      -- of the original
    content bytea   NOT NULL,
    PRIMARY KEY (unit_id, name)
);

-- Which record of which user a unit brings or takes away. What holds for a key is what the newest unit says of it.
CREATE TABLE care.exchange_entry (
    insured_key   bigint  NOT NULL,
    unit_id       bigint  NOT NULL,
    key           text    NOT NULL,                -- record and the standard's linking key without the user
    names_both    boolean NOT NULL,                -- the files name sender and receiver as this user's offices
    PRIMARY KEY (insured_key, unit_id, key)
);
CREATE INDEX exchange_entry_unit ON care.exchange_entry (unit_id);

-- What the receiver told the sender. The words may speak of a person: they are encrypted like the files.
CREATE TABLE care.exchange_receipt (
    unit_id    bigint NOT NULL,
    id         bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    outcome    text NOT NULL CHECK (outcome IN ('taken', 'error')),
    rows       bytea NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint,
    PRIMARY KEY (unit_id, id)
);

-- A question about a difference of 予定 and 実績, from one office to the other.
CREATE TABLE care.exchange_query (
    insured_key bigint NOT NULL,
    id          bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    from_id     bigint NOT NULL,
    to_id       bigint NOT NULL,
    month       text   NOT NULL,                   -- YYYYMM
    body        bytea  NOT NULL,                   -- encrypted: days, services, words
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_by    bigint NOT NULL,
    answer      bytea,
    answered_at timestamptz,
    answered_by bigint,
    PRIMARY KEY (insured_key, id)
);
CREATE INDEX exchange_query_pair ON care.exchange_query (to_id, from_id, month);

-- A person of the sender said of a user that the receiver is this user's office: for files that name no office (介護予防).
CREATE TABLE care.exchange_vouch (
    insured_key bigint NOT NULL,
    sender_id   bigint NOT NULL,
    receiver_id bigint NOT NULL,
    account_id  bigint NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insured_key, sender_id, receiver_id)
);
