-- version counts the changes of a tenant's targets, hours and special days:
-- what is held in memory is good as long as it stands.
CREATE TABLE sla_version (
    tenant_id BLOB   NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL
) WITHOUT ROWID;

-- What is promised to whom, for which cases. An empty condition fits every case.
CREATE TABLE sla_target (
    tenant_id      BLOB   NOT NULL,
    id             BLOB   NOT NULL,
    party          TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    line_id        BLOB,
    brand_id       BLOB,
    node_id        BLOB,
    country        TEXT   NOT NULL,
    work_type      TEXT   NOT NULL,
    priority       BIGINT NOT NULL, -- 0: any
    within_minutes BIGINT NOT NULL,
    always         BIGINT NOT NULL,
    warn_at        TEXT   NOT NULL, -- percents, separated by spaces
    pause_for      TEXT   NOT NULL, -- reasons, separated by spaces
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- Business hours of a node, of a country's sites, or (without either) of all others.
CREATE TABLE sla_calendar (
    tenant_id BLOB NOT NULL,
    id        BLOB NOT NULL,
    node_id   BLOB,
    country   TEXT NOT NULL,
    week      TEXT NOT NULL, -- Mo-Fr 08:30-12:00,13:30-18:00
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- Days of a country on which people do not work as the weekday says.
CREATE TABLE sla_holiday (
    tenant_id  BLOB NOT NULL,
    country    TEXT NOT NULL,
    on_day     TEXT NOT NULL,
    name       TEXT NOT NULL,
    works_like TEXT NOT NULL, -- weekday; empty: closed
    PRIMARY KEY (tenant_id, country, on_day)
) WITHOUT ROWID;

-- A case held to a promise. The promise is copied: it stays as it was when the
-- clock began. What the clock counts in (node, country, zone) stands beside it.
CREATE TABLE sla_clock (
    tenant_id      BLOB   NOT NULL,
    case_id        BLOB   NOT NULL,
    party          TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    target_id      BLOB   NOT NULL,
    brand_id       BLOB   NOT NULL,
    node_id        BLOB,
    country        TEXT   NOT NULL,
    zone           TEXT   NOT NULL,
    within_minutes BIGINT NOT NULL,
    always         BIGINT NOT NULL,
    warn_at        TEXT   NOT NULL,
    pause_for      TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    started_at     BIGINT NOT NULL,
    since_at       BIGINT NOT NULL, -- worked_us was counted until then
    worked_us      BIGINT NOT NULL,
    due_at         BIGINT,          -- NULL: paused
    tell_at        BIGINT,          -- next warning or breach; NULL: nothing to tell
    warned         BIGINT NOT NULL, -- percent
    paused_at      BIGINT,
    paused_for     TEXT   NOT NULL,
    breached_at    BIGINT,
    ended_at       BIGINT,
    PRIMARY KEY (tenant_id, case_id, party, kind)
) WITHOUT ROWID;
CREATE INDEX sla_clock_tell ON sla_clock (tenant_id, tell_at) WHERE tell_at IS NOT NULL;
