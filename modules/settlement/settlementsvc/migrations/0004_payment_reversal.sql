-- The payments that have been taken back: a payment is so at most once, and its
-- own row stays as it was booked.
CREATE TABLE settlement_payment_reversal (
    tenant_id    BLOB NOT NULL,
    statement_id BLOB NOT NULL,
    seq          BIGINT NOT NULL,   -- of the payment
    reason       TEXT NOT NULL,     -- a code
    actor        TEXT,              -- who took it back, as the outbox has it: a kind and an id, never a name
    at           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, statement_id, seq)
) WITHOUT ROWID;
