-- version counts the changes of a tenant's terms: terms held in memory are good
-- as long as it stands.
CREATE TABLE warranty_policy (
    tenant_id BLOB   NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL
) WITHOUT ROWID;

-- Every version of a term stays; the one without replaced_at holds.
CREATE TABLE warranty_term (
    tenant_id   BLOB   NOT NULL,
    id          BLOB   NOT NULL,
    version     BIGINT NOT NULL,
    code        TEXT   NOT NULL,
    brand_id    BLOB   NOT NULL,
    line_id     BLOB, -- NULL: every line
    body        TEXT   NOT NULL, -- the term as JSON
    created_at  BIGINT NOT NULL,
    replaced_at BIGINT,
    PRIMARY KEY (tenant_id, id, version)
) WITHOUT ROWID;
CREATE UNIQUE INDEX warranty_term_code ON warranty_term (tenant_id, code) WHERE replaced_at IS NULL;

CREATE TABLE warranty_registration (
    tenant_id     BLOB   NOT NULL,
    unit_id       BLOB   NOT NULL,
    brand_id      BLOB   NOT NULL,
    sold_on       TEXT   NOT NULL,
    sold_in       TEXT   NOT NULL,
    installed_on  TEXT   NOT NULL,
    proof         TEXT   NOT NULL,
    proof_file    BLOB,
    registered_at BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, unit_id)
) WITHOUT ROWID;

-- Decisions on cases, the highest seq holds. Facts and decision are JSON.
CREATE TABLE warranty_entitlement (
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
) WITHOUT ROWID;
