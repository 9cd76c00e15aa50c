-- What has been paid of a statement: one row a payment, never changed.
CREATE TABLE settlement_payment (
    tenant_id    BLOB NOT NULL,
    statement_id BLOB NOT NULL,
    seq          BIGINT NOT NULL,   -- 1, 2, 3 … of the statement
    minor        BIGINT NOT NULL,
    currency     TEXT NOT NULL,
    paid_on      TEXT NOT NULL,     -- the day on the bank's paper
    at           BIGINT NOT NULL,   -- when it was booked
    PRIMARY KEY (tenant_id, statement_id, seq)
) WITHOUT ROWID;

ALTER TABLE settlement_statement ADD COLUMN paid_minor BIGINT NOT NULL DEFAULT 0;

-- An entry is of a case, or of the statement that was paid.
ALTER TABLE settlement_posting RENAME COLUMN case_id TO subject_id;
