-- What lies where. technician_id is sixteen zero bytes for the shelves of the node.
CREATE TABLE parts_stock (
    tenant_id     BLOB NOT NULL,
    part_id       BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    technician_id BLOB NOT NULL,
    condition     TEXT NOT NULL,
    owner         TEXT NOT NULL,
    partner_id    BLOB,            -- of the node; NULL: the operator's own
    on_hand       BIGINT NOT NULL,
    reserved      BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, part_id, node_id, technician_id, condition, owner)
) WITHOUT ROWID;
CREATE INDEX parts_stock_node ON parts_stock (tenant_id, node_id, part_id, technician_id, condition, owner);
CREATE INDEX parts_stock_van ON parts_stock (tenant_id, technician_id, part_id);

-- The journal: two lines a movement, which add up to nothing. Only ever added to.
CREATE TABLE parts_movement (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    line          BIGINT NOT NULL, -- 0 takes, 1 gives
    kind          TEXT NOT NULL,
    account       TEXT NOT NULL,
    part_id       BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    technician_id BLOB NOT NULL,
    condition     TEXT NOT NULL,
    owner         TEXT NOT NULL,
    partner_id    BLOB,
    quantity      BIGINT NOT NULL, -- negative: taken
    case_id       BLOB,
    work_order_id BLOB,
    visit_id      BLOB,
    reference     TEXT NOT NULL,   -- a delivery note's number or the like; '' for none
    user_id       BLOB,            -- who did it; NULL: it followed from an event
    at            BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id, line)
) WITHOUT ROWID;
CREATE INDEX parts_movement_node ON parts_movement (tenant_id, node_id, id, line);
CREATE INDEX parts_movement_part ON parts_movement (tenant_id, part_id, id, line);

-- What is held for an appointment, whose id it shares.
CREATE TABLE parts_reservation (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    work_order_id BLOB NOT NULL,
    case_id       BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    technician_id BLOB NOT NULL,
    state         TEXT NOT NULL,   -- held, released, consumed
    expires_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX parts_reservation_case ON parts_reservation (tenant_id, case_id, id);
CREATE INDEX parts_reservation_work ON parts_reservation (tenant_id, work_order_id, state);
CREATE INDEX parts_reservation_expiry ON parts_reservation (tenant_id, state, expires_at);

CREATE TABLE parts_reservation_line (
    tenant_id      BLOB NOT NULL,
    reservation_id BLOB NOT NULL,
    line           BIGINT NOT NULL,
    part_id        BLOB NOT NULL,
    node_id        BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    condition      TEXT NOT NULL,
    owner          TEXT NOT NULL,
    quantity       BIGINT NOT NULL,
    lead_hours     BIGINT NOT NULL, -- until it can be at the node that serves
    PRIMARY KEY (tenant_id, reservation_id, line)
) WITHOUT ROWID;

-- What work orders wait for because it could not be reserved.
CREATE TABLE parts_wanted (
    tenant_id     BLOB NOT NULL,
    part_id       BLOB NOT NULL,
    work_order_id BLOB NOT NULL,
    case_id       BLOB NOT NULL,
    node_id       BLOB NOT NULL,
    quantity      BIGINT NOT NULL,
    since         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, part_id, work_order_id)
) WITHOUT ROWID;
CREATE INDEX parts_wanted_work ON parts_wanted (tenant_id, work_order_id);
CREATE INDEX parts_wanted_case ON parts_wanted (tenant_id, case_id);

-- What suppliers have announced.
CREATE TABLE parts_expected (
    tenant_id BLOB NOT NULL,
    part_id   BLOB NOT NULL,
    node_id   BLOB NOT NULL,
    due_on    TEXT NOT NULL,       -- day in the zone of the node
    quantity  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, part_id, node_id, due_on)
) WITHOUT ROWID;
