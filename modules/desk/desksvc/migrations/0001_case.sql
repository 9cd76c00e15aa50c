-- A customer's problem. What the customer said and where they live is sealed
-- with the key of the requester.
CREATE TABLE desk_case (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    reference     TEXT NOT NULL,   -- what is said on the phone
    brand_id      BLOB NOT NULL,
    node_id       BLOB,            -- NULL: nobody serves the place yet
    partner_id    BLOB,            -- of the node
    technician_id BLOB,            -- of the appointment that stands
    order_id      BLOB,
    unit_id       BLOB,
    line_id       BLOB,
    model_id      BLOB,
    serial        TEXT NOT NULL,   -- as given, where no unit is known by it
    requester_id  BLOB NOT NULL,
    country       TEXT NOT NULL,
    zone          TEXT NOT NULL,
    lat_micro     BIGINT NOT NULL, -- coarse
    lon_micro     BIGINT NOT NULL,
    site          BLOB NOT NULL,   -- sealed
    channel       TEXT NOT NULL,
    work_type     TEXT NOT NULL,
    symptom       TEXT NOT NULL,
    priority      BIGINT NOT NULL,
    language      TEXT NOT NULL,
    state         TEXT NOT NULL,
    waiting_for   TEXT NOT NULL,
    chased        BIGINT NOT NULL,
    opened_at     BIGINT NOT NULL,
    responded_at  BIGINT,
    resolved_at   BIGINT,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX desk_case_reference ON desk_case (tenant_id, reference);
CREATE INDEX desk_case_requester ON desk_case (tenant_id, requester_id, id);

-- What lists filter and sort by, and nothing else. due_at is when the next
-- clock runs out; far in the future when none runs.
CREATE TABLE desk_list (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    active        BIGINT NOT NULL,
    state         TEXT NOT NULL,
    due_at        BIGINT NOT NULL,
    priority      BIGINT NOT NULL,
    brand_id      BLOB NOT NULL,
    node_id       BLOB,
    partner_id    BLOB,
    technician_id BLOB,
    requester_id  BLOB NOT NULL,
    country       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX desk_list_due ON desk_list (tenant_id, active, due_at, id);
CREATE INDEX desk_list_node ON desk_list (tenant_id, node_id, active, due_at, id);
CREATE INDEX desk_list_brand ON desk_list (tenant_id, brand_id, active, due_at, id);
CREATE INDEX desk_list_technician ON desk_list (tenant_id, technician_id, active, due_at, id) WHERE technician_id IS NOT NULL;

-- What people said, in order: messages and notes, sealed.
CREATE TABLE desk_entry (
    tenant_id BLOB NOT NULL,
    case_id   BLOB NOT NULL,
    id        BLOB NOT NULL,
    kind      TEXT NOT NULL,   -- message_in, message_out, note
    channel   TEXT NOT NULL,
    author_id BLOB,            -- the user who wrote; NULL: the customer
    language  TEXT NOT NULL,
    body      BLOB NOT NULL,   -- sealed
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, case_id, id)
) WITHOUT ROWID;

CREATE TABLE desk_rating (
    tenant_id BLOB NOT NULL,
    case_id   BLOB NOT NULL,
    stars     BIGINT NOT NULL,
    comment   BLOB,            -- sealed
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, case_id)
) WITHOUT ROWID;
