-- What visits were asked for, by local day and hour at the node: one row for all of
-- them (skill '') and one for each skill.
CREATE TABLE dispatch_demand (
    tenant_id  BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    day        TEXT NOT NULL,
    hour       BIGINT NOT NULL,
    skill      TEXT NOT NULL,
    urgent     BIGINT NOT NULL, -- 1: critical or high
    visits     BIGINT NOT NULL,
    minutes    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, node_id, day, hour, skill, urgent)
) WITHOUT ROWID;

-- What is kept free for urgent work on the days to come.
CREATE TABLE dispatch_outlook (
    tenant_id  BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    outlook    TEXT NOT NULL, -- JSON
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;
