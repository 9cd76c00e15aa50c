-- Who can be sent. The name is a person's and lies sealed; the place is coarse.
CREATE TABLE dispatch_technician (
    tenant_id         BLOB NOT NULL,
    id                BLOB NOT NULL,
    node_id           BLOB NOT NULL,
    partner_id        BLOB,
    person_id         BLOB NOT NULL,
    country           TEXT NOT NULL,
    zone              TEXT NOT NULL,
    lat_micro         BIGINT NOT NULL,
    lon_micro         BIGINT NOT NULL,
    employment        TEXT NOT NULL,
    standing          TEXT NOT NULL,
    hour_minor        BIGINT NOT NULL,
    hour_currency     TEXT NOT NULL,
    kilometre_minor   BIGINT NOT NULL,
    max_minutes       BIGINT NOT NULL,
    overtime_minutes  BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX dispatch_technician_node ON dispatch_technician (tenant_id, node_id, id);
CREATE INDEX dispatch_technician_partner ON dispatch_technician (tenant_id, partner_id, id);

CREATE TABLE dispatch_skill (
    tenant_id      BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    skill          TEXT NOT NULL,
    level          BIGINT NOT NULL,
    valid_until    TEXT NOT NULL,   -- day, exclusive; '' without end
    PRIMARY KEY (tenant_id, technician_id, skill)
) WITHOUT ROWID;

-- The weekly pattern, in the technician's zone, and the days off.
CREATE TABLE dispatch_shift (
    tenant_id      BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    week           TEXT NOT NULL,   -- such as Mo-Fr 08:30-12:00,13:30-18:00
    PRIMARY KEY (tenant_id, technician_id)
) WITHOUT ROWID;
CREATE TABLE dispatch_absence (
    tenant_id      BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    day            TEXT NOT NULL,
    reason         TEXT NOT NULL,
    PRIMARY KEY (tenant_id, technician_id, day)
) WITHOUT ROWID;

-- What is to be planned: one row for each work order that is a visit.
CREATE TABLE dispatch_job (
    tenant_id      BLOB NOT NULL,
    work_order_id  BLOB NOT NULL,
    case_id        BLOB NOT NULL,
    brand_id       BLOB,
    node_id        BLOB,
    partner_id     BLOB,
    requester_id   BLOB,
    country        TEXT NOT NULL,
    zone           TEXT NOT NULL,
    lat_micro      BIGINT NOT NULL,
    lon_micro      BIGINT NOT NULL,
    minutes        BIGINT NOT NULL,
    needs          TEXT NOT NULL,   -- JSON: skills and parts
    priority       BIGINT NOT NULL, -- of the case, 1 to 4
    state          TEXT NOT NULL,
    passed         TEXT NOT NULL,   -- JSON: technicians who said no or nothing
    why            TEXT NOT NULL,   -- JSON: what kept whom from it when it was planned last
    why_at         BIGINT,
    ready_at       BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, work_order_id)
) WITHOUT ROWID;
CREATE INDEX dispatch_job_case ON dispatch_job (tenant_id, case_id);
CREATE INDEX dispatch_job_node ON dispatch_job (tenant_id, node_id, state, priority, ready_at);

-- Until when a case must be visited, as its clocks say.
CREATE TABLE dispatch_due (
    tenant_id   BLOB NOT NULL,
    case_id     BLOB NOT NULL,
    arrive_at   BIGINT,
    resolve_at  BIGINT,
    PRIMARY KEY (tenant_id, case_id)
) WITHOUT ROWID;

CREATE TABLE dispatch_offer (
    tenant_id      BLOB NOT NULL,
    id             BLOB NOT NULL,
    work_order_id  BLOB NOT NULL,
    technician_id  BLOB NOT NULL,
    start_at       BIGINT NOT NULL,
    end_at         BIGINT NOT NULL,
    reasons        TEXT NOT NULL,   -- JSON
    expires_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX dispatch_offer_job ON dispatch_offer (tenant_id, work_order_id, expires_at);

CREATE TABLE dispatch_appointment (
    tenant_id         BLOB NOT NULL,
    id                BLOB NOT NULL,
    work_order_id     BLOB NOT NULL,
    case_id           BLOB NOT NULL,
    brand_id          BLOB,
    node_id           BLOB NOT NULL,
    partner_id        BLOB,
    technician_id     BLOB NOT NULL,
    requester_id      BLOB,
    country           TEXT NOT NULL,
    zone              TEXT NOT NULL,
    state             TEXT NOT NULL,
    live              BIGINT NOT NULL, -- 1: it holds the technician's time
    reason            TEXT NOT NULL,
    start_at          BIGINT NOT NULL, -- the promised window
    end_at            BIGINT NOT NULL,
    service_start_at  BIGINT NOT NULL, -- as the day is planned
    service_end_at    BIGINT NOT NULL,
    travel_seconds    BIGINT NOT NULL,
    minutes           BIGINT NOT NULL,
    lat_micro         BIGINT NOT NULL,
    lon_micro         BIGINT NOT NULL,
    attempt           BIGINT NOT NULL,
    previous_id       BLOB,
    reasons           TEXT NOT NULL,   -- JSON
    created_at        BIGINT NOT NULL,
    changed_at        BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
-- One promise at a time for a work order.
CREATE UNIQUE INDEX dispatch_appointment_live ON dispatch_appointment (tenant_id, work_order_id) WHERE live = 1;
CREATE INDEX dispatch_appointment_case ON dispatch_appointment (tenant_id, case_id, id);
CREATE INDEX dispatch_appointment_work ON dispatch_appointment (tenant_id, work_order_id, attempt);
CREATE INDEX dispatch_appointment_day ON dispatch_appointment (tenant_id, technician_id, start_at, id);
CREATE INDEX dispatch_appointment_node ON dispatch_appointment (tenant_id, node_id, start_at, id);
CREATE INDEX dispatch_appointment_partner ON dispatch_appointment (tenant_id, partner_id, start_at, id);
CREATE INDEX dispatch_appointment_person ON dispatch_appointment (tenant_id, requester_id, start_at, id);

-- What became of an appointment, move by move.
CREATE TABLE dispatch_history (
    tenant_id       BLOB NOT NULL,
    appointment_id  BLOB NOT NULL,
    seq             BIGINT NOT NULL,
    state           TEXT NOT NULL,
    technician_id   BLOB NOT NULL,
    start_at        BIGINT NOT NULL,
    end_at          BIGINT NOT NULL,
    reason          TEXT NOT NULL,
    user_id         BLOB,            -- nobody: it followed from an event
    at              BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, appointment_id, seq)
) WITHOUT ROWID;
