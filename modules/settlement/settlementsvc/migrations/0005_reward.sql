-- What customers were promised last for the slot of a visit, until the work is charged.
CREATE TABLE settlement_reward (
    tenant_id      BLOB NOT NULL,
    work_order_id  BLOB NOT NULL,
    appointment_id BLOB NOT NULL,   -- with which it was promised
    minor          BIGINT NOT NULL,
    currency       TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, work_order_id)
) WITHOUT ROWID;
