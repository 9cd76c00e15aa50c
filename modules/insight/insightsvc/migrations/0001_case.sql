-- One row a case, built from events alone: it can be dropped and built again.
CREATE TABLE insight_case (
    tenant_id    BLOB NOT NULL,
    case_id      BLOB NOT NULL,
    brand_id     BLOB NOT NULL,
    node_id      BLOB,
    line_id      BLOB,
    country      TEXT NOT NULL,
    work_type    TEXT NOT NULL,
    symptom      TEXT NOT NULL,
    mode         TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    state        TEXT NOT NULL,
    active       BIGINT NOT NULL,
    opened_at    BIGINT NOT NULL,
    responded_at BIGINT,
    resolved_at  BIGINT,
    visits       BIGINT NOT NULL,
    met          BIGINT NOT NULL,
    breached     BIGINT NOT NULL,
    stars        BIGINT NOT NULL,
    cost_minor   BIGINT NOT NULL,
    currency     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, case_id)
) WITHOUT ROWID;
CREATE INDEX insight_case_opened ON insight_case (tenant_id, opened_at);
