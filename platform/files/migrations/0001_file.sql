CREATE TABLE files_file (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    person_id  BLOB   NOT NULL, -- whose key opens it
    address    BLOB   NOT NULL, -- SHA-256 of the ciphertext
    media_type TEXT   NOT NULL,
    bytes      BIGINT NOT NULL,
    width      BIGINT NOT NULL, -- pixels
    height     BIGINT NOT NULL,
    state      TEXT   NOT NULL, -- pending, kept
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX files_file_address ON files_file (tenant_id, address);
CREATE INDEX files_file_person ON files_file (tenant_id, person_id);
CREATE INDEX files_file_pending ON files_file (tenant_id, created_at) WHERE state = 'pending';
