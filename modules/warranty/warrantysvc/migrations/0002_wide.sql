-- A decision with its reasons is more than a kilobyte. In a table without rowid
-- each row of that size takes a page of its own beside the tree; here several
-- share one. On PostgreSQL it always was so.
CREATE TABLE warranty_entitlement_wide (
    tenant_id     BLOB   NOT NULL,
    case_id       BLOB   NOT NULL,
    seq           BIGINT NOT NULL,
    id            BLOB   NOT NULL,
    brand_id      BLOB   NOT NULL,
    node_id       BLOB,
    unit_id       BLOB,
    facts         TEXT   NOT NULL,
    decision      TEXT   NOT NULL,
    policy_hash   TEXT   NOT NULL,
    decided_at    BIGINT NOT NULL,
    superseded_by BLOB,
    PRIMARY KEY (tenant_id, case_id, seq)
);
INSERT INTO warranty_entitlement_wide
SELECT tenant_id, case_id, seq, id, brand_id, node_id, unit_id, facts, decision, policy_hash, decided_at, superseded_by FROM warranty_entitlement ORDER BY tenant_id, case_id, seq;
DROP TABLE warranty_entitlement;
ALTER TABLE warranty_entitlement_wide RENAME TO warranty_entitlement;
