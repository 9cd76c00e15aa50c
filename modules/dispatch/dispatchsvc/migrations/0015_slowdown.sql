-- Ways of a node take longer for a while. It ends by itself, or when somebody takes it back.
CREATE TABLE dispatch_slowdown (
    tenant_id  BLOB NOT NULL,
    id         BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL, -- as was said
    percent    BIGINT NOT NULL, -- longer than usual
    reason     TEXT NOT NULL,
    user_id    BLOB,            -- who said so
    said_at    BIGINT NOT NULL,
    ended_at   BIGINT,          -- taken back then
    ended_by   BLOB,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX dispatch_slowdown_node ON dispatch_slowdown (tenant_id, node_id, until_at);

-- How many seconds the visit takes by what somebody has said who sees it; 0: nobody has.
ALTER TABLE dispatch_appointment ADD COLUMN takes BIGINT NOT NULL DEFAULT 0;
