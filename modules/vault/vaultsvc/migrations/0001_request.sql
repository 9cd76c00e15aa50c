CREATE TABLE vault_request (
    tenant_id   BLOB   NOT NULL,
    id          BLOB   NOT NULL,
    person_id   BLOB   NOT NULL,
    kind        TEXT   NOT NULL, -- access, erasure, correct
    state       TEXT   NOT NULL, -- received, identified, in_progress, answered, refused
    ground      TEXT   NOT NULL, -- of a refusal
    law         TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    answer_by   BIGINT NOT NULL, -- the law's clock
    closed_at   BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE INDEX vault_request_due ON vault_request (tenant_id, answer_by, id) WHERE closed_at IS NULL;
CREATE INDEX vault_request_person ON vault_request (tenant_id, person_id);
