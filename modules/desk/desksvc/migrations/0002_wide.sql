-- Rows of some hundred bytes that come at the end: with a rowid they follow each other,
-- and only their keys lie in trees (see outbox/0003_wide). On PostgreSQL it always
-- was so.
CREATE TABLE desk_case_wide (
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
);
INSERT INTO desk_case_wide SELECT tenant_id, id, reference, brand_id, node_id, partner_id, technician_id, order_id, unit_id, line_id, model_id, serial, requester_id, country, zone, lat_micro, lon_micro, site, channel, work_type, symptom, priority, language, state, waiting_for, chased, opened_at, responded_at, resolved_at, version FROM desk_case ORDER BY tenant_id, id;
DROP TABLE desk_case;
ALTER TABLE desk_case_wide RENAME TO desk_case;
CREATE UNIQUE INDEX desk_case_reference ON desk_case (tenant_id, reference);
CREATE INDEX desk_case_requester ON desk_case (tenant_id, requester_id, id);

CREATE TABLE desk_entry_wide (
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
);
INSERT INTO desk_entry_wide SELECT tenant_id, case_id, id, kind, channel, author_id, language, body, at FROM desk_entry ORDER BY tenant_id, case_id, id;
DROP TABLE desk_entry;
ALTER TABLE desk_entry_wide RENAME TO desk_entry;
