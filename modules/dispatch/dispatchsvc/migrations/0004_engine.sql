-- How far a node's plan looks after itself, and what came of it. A node without
-- a row is planned by people.
CREATE TABLE dispatch_engine (
    tenant_id   BLOB NOT NULL,
    node_id     BLOB NOT NULL,
    autonomy    TEXT NOT NULL,
    looked_at   BIGINT,          -- last
    looks       BIGINT NOT NULL, -- since the row is there, as are the next four
    kept        BIGINT NOT NULL, -- visits given to another technician, in their window
    booked      BIGINT NOT NULL,
    told        BIGINT NOT NULL,
    unkept      BIGINT NOT NULL, -- promises that nobody could keep at the last look
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;
