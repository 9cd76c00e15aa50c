-- The replies that are repeated when a client asks again. Key and fingerprint
-- are keyed hashes; caller is the user, or zeros for a visitor.
CREATE TABLE command_reply (
  tenant_id   BLOB   NOT NULL,
  caller      BLOB   NOT NULL,
  key         BLOB   NOT NULL,
  fingerprint BLOB   NOT NULL,
  reply       BLOB, -- NULL only inside the step that claims the key
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, caller, key)
) WITHOUT ROWID;

CREATE INDEX command_reply_age ON command_reply (tenant_id, created_at);
