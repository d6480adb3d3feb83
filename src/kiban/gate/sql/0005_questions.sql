-- kiban-access-2: a question and its decision are two rows of the log, each committed before what follows from it.
-- (DEFAULT before NOT NULL, new constraints NOT VALID: no row that stands is read or written again.)

ALTER TABLE care.access_log
    ADD COLUMN step                text CONSTRAINT access_log_step CHECK (step IN ('question', 'decision')),
                                            -- NULL: a row of kiban-access-1, which is both
    ADD COLUMN shard               smallint,
    -- of a question: as whom and with what it was asked
    ADD COLUMN attempt             uuid,    -- the same for a call and its retry
    ADD COLUMN organisation_kind   text,
    ADD COLUMN organisation_number text,
    ADD COLUMN job_type            text,
    ADD COLUMN level               text,
    ADD COLUMN parties             text[],
    ADD COLUMN machine             bigint,  -- of the exchange's key, when nobody was at a screen
    ADD COLUMN items               text[],
    ADD COLUMN parameters          bytea,   -- keyed, salted hash of everything else that was asked with
    -- of a decision: its question, and what it speaks of beside persons and answers
    ADD COLUMN question_at         timestamptz,
    ADD COLUMN question_id         bigint,
    ADD COLUMN emergency_id        bigint,
    ADD COLUMN numbers             bigint[],
    ADD COLUMN day                 date,
    ADD COLUMN total               bigint;
ALTER TABLE care.access_log DROP CONSTRAINT access_log_outcome_check;
ALTER TABLE care.access_log ADD CONSTRAINT access_log_outcome_check
    CHECK (outcome IN ('asked', 'allowed', 'partly', 'denied')) NOT VALID;

-- How fast a session asks is told by its questions.
CREATE INDEX access_log_session ON care.access_log (session, at) WHERE step = 'question';

-- A question and its decision as one line; a row of kiban-access-1 as it is.
CREATE VIEW care.access_line AS
SELECT q.insured_key, coalesce(d.at, q.at) AS at, q.id, q.at AS asked_at, d.at AS decided_at, d.id AS decision_id,
       q.action, q.account_id, q.employment_id, q.organisation_id, q.delegation_id, q.session, q.certificate, q.purpose,
       q.matrix, q.step, q.attempt, q.machine, q.items, q.parameters,
       coalesce(d.assignment_id, q.assignment_id) AS assignment_id, coalesce(d.consent_id, q.consent_id) AS consent_id,
       d.emergency_id, coalesce(d.persons, q.persons) AS persons, q.standing,
       coalesce(d.decisions, q.decisions) AS decisions, d.numbers, d.day, d.total, q.detail,
       coalesce(d.outcome, q.outcome) AS outcome, coalesce(d.leaf, q.leaf) AS leaf
  FROM care.access_log AS q
  LEFT JOIN care.access_log AS d
         ON d.insured_key = q.insured_key AND d.question_at = q.at AND d.question_id = q.id AND d.step = 'decision'
        AND d.at >= q.at AND d.at < q.at + interval '1 hour'
 WHERE q.step IS DISTINCT FROM 'decision';

-- What the gate needs and no person: outside care, so that care can be split by person.
-- Only the owner reads these (kiban_web has no right on a table of this schema).
CREATE TABLE gate.installation (
    only_one            boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    shard               smallint NOT NULL,
    inner_key           bytea NOT NULL,            -- of HMAC-SHA-256: the key of secrets.json XOR 0x36…, XOR 0x5c…
    outer_key           bytea NOT NULL,
    openings_per_minute integer                    -- of one session; NULL: no stop
);

-- Tries at saying which person somebody is (four items): counted before they are compared.
CREATE TABLE gate.guess (
    question_id bigint      PRIMARY KEY,
    account_id  bigint      NOT NULL,
    at          timestamptz NOT NULL,
    is_miss     boolean     DEFAULT true NOT NULL  -- until it is decided that it was none
);
CREATE INDEX guess_of_account ON gate.guess (account_id, at);
