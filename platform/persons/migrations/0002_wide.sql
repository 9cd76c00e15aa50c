-- Rows of some hundred bytes that come at the end: with a rowid they follow each other,
-- and only their keys lie in trees (see outbox/0003_wide). On PostgreSQL it always
-- was so.
CREATE TABLE persons_person_wide (
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
);
INSERT INTO persons_person_wide SELECT tenant_id, id, country, language, name, phone, email, address, phone_hash, email_hash, version, created_at, erased_at FROM persons_person ORDER BY tenant_id, id;
DROP TABLE persons_person;
ALTER TABLE persons_person_wide RENAME TO persons_person;
