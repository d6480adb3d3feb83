-- The sealed log (docs/algorithms/sealing.md): a Merkle tree over the rows of the access log, and its signed heads. Of
-- the rows only their leaves stand here. Owner: reads. kiban_sealer: adds.

-- An entry of the tree is 32 bytes. (NOT VALID: no row that stands is read; the sealer looks at each.)
ALTER TABLE care.access_log ADD CONSTRAINT access_log_leaf CHECK (octet_length(leaf) = 32) NOT VALID;

-- A tree. Another one begins where transaction numbers begin anew (another cluster), or where the database went back.
CREATE TABLE gate.sealed_log (
    number     integer     PRIMARY KEY,
    origin     text        NOT NULL UNIQUE,    -- the name in every head (tlog-checkpoint)
    cluster    bigint      NOT NULL,           -- whose transaction numbers: system_identifier of pg_control_system()
    after_id   bigint      NOT NULL,           -- its own rows have greater ids; what lies before is in its first batch
    because    text        NOT NULL,           -- why it was begun
    begun_at   timestamptz NOT NULL DEFAULT now()
);

-- What was signed, each with the rows that came in by it: of transactions from from_xid to before below_xid, with ids
-- above after_id up to until_id.
CREATE TABLE gate.sealed_head (
    log       integer     NOT NULL,
    size      bigint      NOT NULL,
    first     bigint      NOT NULL,            -- the index of the first entry that came in by it
    from_xid  xid8        NOT NULL,
    below_xid xid8        NOT NULL,
    after_id  bigint      NOT NULL,
    until_id  bigint      NOT NULL,
    root      bytea       NOT NULL,
    note      text        NOT NULL,            -- the signed head, as it leaves the machine
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, size)
);

-- The entries of the tree (the rows' leaves, 32 bytes each), 256 together.
CREATE TABLE gate.sealed_bundle (
    log     integer NOT NULL,
    number  bigint  NOT NULL,
    entries bytea   NOT NULL,
    root    bytea,                             -- over 256 entries
    PRIMARY KEY (log, number)
);

-- How sealing is. While good_until is over, the gate opens nothing (only where KIBAN_SEAL_CLOSES_AFTER is set).
CREATE TABLE gate.sealing (
    only_one   boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    looked_at  timestamptz,
    good_until timestamptz
);
INSERT INTO gate.sealing DEFAULT VALUES;

-- What witnesses answered: each a line under a head (tlog-cosignature).
CREATE TABLE gate.sealed_cosignature (
    log       integer     NOT NULL,
    size      bigint      NOT NULL,
    witness   text        NOT NULL,
    line      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, size, witness)
);

-- As a witness for other installations: the latest head of each log this one has vouched for.
CREATE TABLE gate.witnessed (
    origin  text        PRIMARY KEY,
    size    bigint      NOT NULL,
    root    bytea       NOT NULL,
    seen_at timestamptz NOT NULL
);
