-- Nodes whose plans look after themselves are improved while nothing happens, and planned as a whole at night.
ALTER TABLE dispatch_plan ADD COLUMN changed_at BIGINT; -- when it was counted on last
CREATE TABLE dispatch_improve (
    tenant_id      BLOB NOT NULL,
    node_id        BLOB NOT NULL,
    version        BIGINT NOT NULL, -- of the plan when it was looked at last
    looked_at      BIGINT,
    moved          BIGINT NOT NULL, -- visits given to another technician so far
    booked         BIGINT NOT NULL, -- open visits booked at night so far
    night          TEXT NOT NULL,   -- the local day whose night was planned last
    proposal       TEXT NOT NULL,   -- what somebody might adopt; empty for nothing
    deferred_until BIGINT,          -- nothing is proposed before
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;
CREATE TABLE dispatch_night (
    tenant_id  BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    day        TEXT NOT NULL,   -- at the node
    began_at   BIGINT NOT NULL,
    ended_at   BIGINT,          -- not yet
    outcome    TEXT NOT NULL,
    PRIMARY KEY (tenant_id, node_id, day)
) WITHOUT ROWID;
