-- To which nodes technicians may be sent beside their own. A row says in whose plan their days are.
CREATE TABLE dispatch_lend (
    tenant_id      BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    node_id        BLOB NOT NULL,   -- where they are a guest
    price_minor    BIGINT NOT NULL, -- of each visit there, in the technician's currency
    until          TEXT NOT NULL,   -- day in the technician's zone, exclusive; '' without end
    lent           BIGINT NOT NULL, -- 0: not any more, but visits there are near
    plan_version   BIGINT NOT NULL, -- of that node's plan when a day of theirs changed last
    PRIMARY KEY (tenant_id, technician_id, node_id)
) WITHOUT ROWID;
CREATE INDEX dispatch_lend_node ON dispatch_lend (tenant_id, node_id, technician_id);
