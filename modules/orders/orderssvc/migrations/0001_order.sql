-- A brand's service order, under its own number. What it says of a person is
-- sealed with that person's key.
CREATE TABLE orders_order (
    tenant_id    BLOB NOT NULL,
    id           BLOB NOT NULL,
    brand_id     BLOB NOT NULL,
    number       TEXT NOT NULL,
    fingerprint  BLOB NOT NULL,   -- keyed hash of the content, to tell a repetition from another order
    requester_id BLOB NOT NULL,
    content      BLOB NOT NULL,   -- sealed
    work_type    TEXT NOT NULL,
    country      TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    case_id      BLOB,
    received_at  BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX orders_order_number ON orders_order (tenant_id, brand_id, number);
CREATE INDEX orders_order_requester ON orders_order (tenant_id, requester_id);

-- A brand's own words for our states.
CREATE TABLE orders_code (
    tenant_id BLOB NOT NULL,
    brand_id  BLOB NOT NULL,
    state     TEXT NOT NULL,
    code      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, brand_id, state)
) WITHOUT ROWID;
