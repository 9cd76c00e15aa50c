-- What was promised, committed with the step that promised it.
CREATE TABLE leaf_entry (
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
) WITHOUT ROWID;
CREATE INDEX leaf_entry_subject ON leaf_entry (tenant_id, subject_id, id);

-- What the log has not taken in yet; narrow, and empty when nothing happens.
CREATE TABLE leaf_pending (
    tenant_id BLOB NOT NULL,
    id        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
