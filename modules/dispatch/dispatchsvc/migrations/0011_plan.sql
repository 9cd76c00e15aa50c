-- How often what a node's plan stands on has changed: whoever keeps the plan in memory knows by it
-- whether something was missed, and by the technicians' numbers whose days have to be read again.
CREATE TABLE dispatch_plan (
    tenant_id  BLOB NOT NULL,
    node_id    BLOB NOT NULL,
    version    BIGINT NOT NULL,
    ground     BIGINT NOT NULL, -- the version at which ways or lore changed, which all days stand on
    PRIMARY KEY (tenant_id, node_id)
) WITHOUT ROWID;
INSERT INTO dispatch_plan (tenant_id, node_id, version, ground) SELECT DISTINCT tenant_id, node_id, 0, 0 FROM dispatch_technician;
ALTER TABLE dispatch_technician ADD COLUMN plan_version BIGINT NOT NULL DEFAULT 0; -- of the node's plan when a day of theirs changed last
