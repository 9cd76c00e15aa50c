-- version counts the changes of a tenant's network: what is held in memory is
-- good as long as it stands.
CREATE TABLE network_version (
    tenant_id BLOB   NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE network_operator (
    tenant_id BLOB   NOT NULL PRIMARY KEY,
    name      TEXT   NOT NULL,
    country   TEXT   NOT NULL,
    zone      TEXT   NOT NULL,
    currency  TEXT   NOT NULL,
    version   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE network_brand (
    tenant_id BLOB   NOT NULL,
    id        BLOB   NOT NULL,
    code      TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX network_brand_code ON network_brand (tenant_id, code);

CREATE TABLE network_partner (
    tenant_id BLOB   NOT NULL,
    id        BLOB   NOT NULL,
    code      TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    country   TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX network_partner_code ON network_partner (tenant_id, code);

CREATE TABLE network_node (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    code       TEXT   NOT NULL,
    parent_id  BLOB,
    kind       TEXT   NOT NULL,
    ownership  TEXT   NOT NULL,
    partner_id BLOB,
    name       TEXT   NOT NULL,
    country    TEXT   NOT NULL,
    zone       TEXT   NOT NULL,
    lat_micro  BIGINT NOT NULL,
    lon_micro  BIGINT NOT NULL,
    languages  TEXT   NOT NULL, -- separated by spaces
    state      TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX network_node_code ON network_node (tenant_id, code);

CREATE TABLE network_territory (
    tenant_id     BLOB   NOT NULL,
    id            BLOB   NOT NULL,
    node_id       BLOB   NOT NULL,
    country       TEXT   NOT NULL,
    prefixes      TEXT   NOT NULL, -- separated by spaces
    lat_micro     BIGINT NOT NULL,
    lon_micro     BIGINT NOT NULL,
    radius_metres BIGINT NOT NULL,
    brand_id      BLOB,
    line_id       BLOB,
    priority      BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX network_territory_node ON network_territory (tenant_id, node_id);
