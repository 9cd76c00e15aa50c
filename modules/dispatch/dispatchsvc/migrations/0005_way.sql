-- What a road service said of the ways from one coarse place to others: one row
-- for each place, packed, so that a day of a hundred places is a hundred rows.
CREATE TABLE dispatch_way (
    tenant_id  BLOB NOT NULL,
    from_cell  BIGINT NOT NULL,
    ways       BLOB NOT NULL,   -- travel.Reach
    asked_at   BIGINT NOT NULL, -- last
    PRIMARY KEY (tenant_id, from_cell)
) WITHOUT ROWID;

-- How asking for a node's ways went.
CREATE TABLE dispatch_road (
    tenant_id     BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    service       TEXT NOT NULL,   -- the protocol: osrm or valhalla
    asked_at      BIGINT NOT NULL,
    failed_since  BIGINT,          -- absent: it answers
    code          TEXT NOT NULL,   -- why it failed
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;
