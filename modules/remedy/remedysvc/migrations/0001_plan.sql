-- How a case is to be fixed, with everything it was decided by.
CREATE TABLE remedy_plan (
    tenant_id   BLOB NOT NULL,
    id          BLOB NOT NULL,
    case_id     BLOB NOT NULL,
    brand_id    BLOB NOT NULL,
    node_id     BLOB,
    line_id     BLOB,
    unit_id     BLOB,
    symptom     TEXT NOT NULL,
    facts       TEXT NOT NULL,   -- JSON
    proposal    TEXT NOT NULL,   -- JSON
    needs       TEXT NOT NULL,   -- JSON: minutes, skills, parts
    state       TEXT NOT NULL,   -- proposed, accepted, overruled, superseded
    mode        TEXT NOT NULL,   -- that was chosen; '' while proposed
    reason      TEXT NOT NULL,   -- code of why it was overruled
    decided_by  BLOB,            -- user; NULL: nobody needed to
    outcome     TEXT NOT NULL,   -- of the work; '' until then
    proposed_at BIGINT NOT NULL,
    decided_at  BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX remedy_plan_case ON remedy_plan (tenant_id, case_id, id);

-- Repairs that worked, by unit and symptom: how often the same fault came back.
CREATE TABLE remedy_repair (
    tenant_id BLOB NOT NULL,
    unit_id   BLOB NOT NULL,
    symptom   TEXT NOT NULL,
    case_id   BLOB NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, unit_id, symptom, case_id)
) WITHOUT ROWID;

-- What became of each way, by product line: what the odds are learned from.
CREATE TABLE remedy_count (
    tenant_id BLOB NOT NULL,
    line_id   BLOB NOT NULL,
    mode      TEXT NOT NULL,
    tried     BIGINT NOT NULL,
    fixed     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, line_id, mode)
) WITHOUT ROWID;

CREATE TABLE remedy_policy (
    tenant_id BLOB NOT NULL,
    version   BIGINT NOT NULL,
    policy    TEXT NOT NULL,     -- JSON
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, version)
) WITHOUT ROWID;
