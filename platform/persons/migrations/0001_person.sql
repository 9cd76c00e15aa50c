-- name, phone, email and address are sealed with the person's key; NULL is none.
CREATE TABLE persons_person (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    country    TEXT   NOT NULL, -- whose law applies
    language   TEXT   NOT NULL,
    name       BLOB,
    phone      BLOB,
    email      BLOB,
    address    BLOB,
    phone_hash BLOB,            -- the person's rows of persons_blind
    email_hash BLOB,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    erased_at  BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE persons_blind (
    tenant_id BLOB NOT NULL,
    kind      TEXT NOT NULL,
    hash      BLOB NOT NULL,
    person_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, kind, hash, person_id)
) WITHOUT ROWID;
