-- What kind of work a visit is, so that it can be reckoned as such work takes.
ALTER TABLE dispatch_job ADD COLUMN work_type TEXT NOT NULL DEFAULT '';

-- How long visits took, beside what was reckoned with; 0 where nothing is known.
CREATE TABLE dispatch_sample (
    tenant_id         BLOB NOT NULL,
    visit_id          BLOB NOT NULL,
    node_id           BLOB NOT NULL,
    technician_id     BLOB NOT NULL,
    work_type         TEXT NOT NULL,
    stated_seconds    BIGINT NOT NULL,
    taken_seconds     BIGINT NOT NULL,
    reckoned_seconds  BIGINT NOT NULL, -- the way, before anything was learnt
    driven_seconds    BIGINT NOT NULL,
    at                BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, visit_id)
) WITHOUT ROWID;
CREATE INDEX dispatch_sample_node ON dispatch_sample (tenant_id, node_id, at);
CREATE INDEX dispatch_sample_at ON dispatch_sample (tenant_id, at);

-- What was learnt for a node.
CREATE TABLE dispatch_lore (
    tenant_id  BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    lore       TEXT NOT NULL, -- JSON: learn.Lore
    learnt_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;

-- Whether plans use it; without a row they do.
CREATE TABLE dispatch_lore_use (
    tenant_id  BLOB NOT NULL,
    scope      TEXT NOT NULL,   -- a node; '' for all that say nothing themselves
    used       BIGINT NOT NULL, -- 1 yes, 0 no, -1 as for all
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, scope)
) WITHOUT ROWID;
