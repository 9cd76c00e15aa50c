CREATE TABLE keys_tenant (
    tenant_id  BLOB   NOT NULL PRIMARY KEY,
    wrapped    BLOB   NOT NULL,
    created_at BIGINT NOT NULL -- machine clock
) WITHOUT ROWID;

CREATE TABLE keys_person (
    tenant_id  BLOB   NOT NULL,
    person_id  BLOB   NOT NULL,
    wrapped    BLOB   NOT NULL, -- empty: a tombstone, so that nobody gets a second key
    created_at BIGINT NOT NULL, -- machine clock
    PRIMARY KEY (tenant_id, person_id)
) WITHOUT ROWID;

-- Who was erased; kept for ever, so that no key is made again and a restore can replay it.
CREATE TABLE keys_erasure (
    tenant_id BLOB   NOT NULL,
    person_id BLOB   NOT NULL,
    erased_at BIGINT NOT NULL, -- domain clock
    PRIMARY KEY (tenant_id, person_id)
) WITHOUT ROWID;
