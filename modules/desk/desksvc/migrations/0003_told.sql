-- The visit of which the customer was last told in a letter.
CREATE TABLE desk_told (
    tenant_id      BLOB NOT NULL,
    case_id        BLOB NOT NULL,
    appointment_id BLOB,   -- NULL: that none stands
    start_at       BIGINT,
    end_at         BIGINT,
    PRIMARY KEY (tenant_id, case_id)
) WITHOUT ROWID;
