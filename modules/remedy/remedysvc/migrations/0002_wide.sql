-- A proposal with its options is more than a kilobyte. In a table without rowid
-- each row of that size takes a page of its own beside the tree; here several
-- share one. On PostgreSQL it always was so.
CREATE TABLE remedy_plan_wide (
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
);
INSERT INTO remedy_plan_wide
SELECT tenant_id, id, case_id, brand_id, node_id, line_id, unit_id, symptom, facts, proposal, needs, state, mode, reason, decided_by, outcome,
    proposed_at, decided_at, version FROM remedy_plan ORDER BY tenant_id, id;
DROP TABLE remedy_plan;
ALTER TABLE remedy_plan_wide RENAME TO remedy_plan;
CREATE INDEX remedy_plan_case ON remedy_plan (tenant_id, case_id, id);
