CREATE TABLE proof_log (
    tenant_id  BLOB NOT NULL PRIMARY KEY,
    origin     TEXT NOT NULL,
    public_key TEXT NOT NULL,   -- C2SP verifier key
    secret_key BLOB NOT NULL,   -- sealed with the tenant's key
    size       BIGINT NOT NULL,
    root       BLOB NOT NULL,
    checkpoint TEXT NOT NULL,   -- the head, signed
    at         BIGINT NOT NULL
);
-- C2SP tiles: 256 hashes of a level; the last one of a level grows.
CREATE TABLE proof_tile (
    tenant_id BLOB NOT NULL,
    level     BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (tenant_id, level, number)
);
