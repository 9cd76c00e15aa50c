-- Rows of some hundred bytes that come at the end: with a rowid they follow each other,
-- and only their keys lie in trees (see outbox/0003_wide). On PostgreSQL it always
-- was so.
CREATE TABLE leaf_entry_wide (
    tenant_id  BLOB NOT NULL,
    id         BLOB NOT NULL,
    kind       TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    record     TEXT NOT NULL,   -- JSON without personal data: what the commitment commits to
    salt       BLOB NOT NULL,   -- sealed with the key of person_id where there is one
    person_id  BLOB,
    commitment BLOB NOT NULL,
    at         BIGINT NOT NULL,
    place      BIGINT,          -- in the log, once it is there
    PRIMARY KEY (tenant_id, id)
);
INSERT INTO leaf_entry_wide SELECT tenant_id, id, kind, subject_id, record, salt, person_id, commitment, at, place FROM leaf_entry ORDER BY tenant_id, id;
DROP TABLE leaf_entry;
ALTER TABLE leaf_entry_wide RENAME TO leaf_entry;
CREATE INDEX leaf_entry_subject ON leaf_entry (tenant_id, subject_id, id);
