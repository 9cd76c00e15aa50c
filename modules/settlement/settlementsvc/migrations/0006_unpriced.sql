-- Work that was priced at nothing, so that no charge names its card: a reward that is told
-- of later is given beside it.
CREATE TABLE settlement_unpriced (
    tenant_id      BLOB NOT NULL,
    work_order_id  BLOB NOT NULL,
    brand_id       BLOB NOT NULL,
    node_id        BLOB NOT NULL,
    card_id        BLOB NOT NULL,
    card_version   BIGINT NOT NULL,
    at             BIGINT NOT NULL,   -- when the work was completed
    PRIMARY KEY (tenant_id, work_order_id)
) WITHOUT ROWID;
