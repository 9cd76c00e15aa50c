-- Visits as done. Notes and names lie sealed with the key of the person whose case it is.
CREATE TABLE field_visit (
    tenant_id      BLOB NOT NULL,
    id             BLOB NOT NULL,
    client_id      TEXT NOT NULL,    -- made by the device; counts once
    appointment_id BLOB,
    work_order_id  BLOB NOT NULL,
    case_id        BLOB NOT NULL,
    brand_id       BLOB NOT NULL,
    node_id        BLOB,
    partner_id     BLOB,
    technician_id  BLOB,
    person_id      BLOB NOT NULL,    -- the requester
    outcome        TEXT NOT NULL,
    state          TEXT NOT NULL,
    record         TEXT NOT NULL,    -- JSON: what was found and used; no personal data
    notes          BLOB,             -- sealed
    signer         BLOB,             -- sealed
    started_at     BIGINT NOT NULL,
    finished_at    BIGINT NOT NULL,
    captured_at    BIGINT,           -- NULL: it was sent at once
    recorded_at    BIGINT NOT NULL,
    user_id        BLOB,
    version        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX field_visit_client ON field_visit (tenant_id, client_id);
CREATE INDEX field_visit_case ON field_visit (tenant_id, case_id, id);
CREATE INDEX field_visit_appointment ON field_visit (tenant_id, appointment_id);
CREATE INDEX field_visit_person ON field_visit (tenant_id, person_id, id);

-- What about a visit does not fit.
CREATE TABLE field_review (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    visit_id      BLOB NOT NULL,
    code          TEXT NOT NULL,
    case_id       BLOB NOT NULL,
    brand_id      BLOB NOT NULL,
    node_id       BLOB,
    partner_id    BLOB,
    technician_id BLOB,
    state         TEXT NOT NULL,     -- open, accepted, rejected
    opened_at     BIGINT NOT NULL,
    settled_at    BIGINT,
    settled_by    BLOB,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX field_review_visit ON field_review (tenant_id, visit_id, id);
CREATE INDEX field_review_state ON field_review (tenant_id, state, id);
CREATE INDEX field_review_node ON field_review (tenant_id, node_id, state, id);

-- Which case, and which visit, a picture belongs to.
CREATE TABLE field_file (
    tenant_id BLOB NOT NULL,
    file_id   BLOB NOT NULL,
    case_id   BLOB NOT NULL,
    visit_id  BLOB,
    kind      TEXT NOT NULL,         -- photo, signature, document
    user_id   BLOB,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, file_id)
) WITHOUT ROWID;
CREATE INDEX field_file_case ON field_file (tenant_id, case_id, file_id);
CREATE INDEX field_file_visit ON field_file (tenant_id, visit_id, file_id);
