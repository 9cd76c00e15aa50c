-- What is to be done for a case.
CREATE TABLE work_order (
    tenant_id    BLOB NOT NULL,
    id           BLOB NOT NULL,
    case_id      BLOB NOT NULL,
    plan_id      BLOB,
    kind         TEXT NOT NULL,
    brand_id     BLOB NOT NULL,
    node_id      BLOB,
    line_id      BLOB,
    model_id     BLOB,
    minutes      BIGINT NOT NULL,
    needs        TEXT NOT NULL,   -- JSON: skills and parts
    state        TEXT NOT NULL,
    outcome      TEXT NOT NULL,   -- of the last attempt; '' before the first
    attempts     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX work_order_case ON work_order (tenant_id, case_id, id);
CREATE INDEX work_order_node ON work_order (tenant_id, node_id, state, id);
