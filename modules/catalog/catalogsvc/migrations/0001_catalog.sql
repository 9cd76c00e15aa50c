-- version counts the changes of lines, models and parts: what is held in memory
-- is good as long as it stands.
CREATE TABLE catalog_version (
    tenant_id BLOB   NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL
) WITHOUT ROWID;

-- Names and attributes are JSON; codes and serials are stored in the form in
-- which they are compared.
CREATE TABLE catalog_line (
    tenant_id BLOB   NOT NULL,
    id        BLOB   NOT NULL,
    brand_id  BLOB   NOT NULL,
    code      TEXT   NOT NULL,
    names     TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX catalog_line_code ON catalog_line (tenant_id, code, brand_id);

CREATE TABLE catalog_model (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    brand_id   BLOB   NOT NULL,
    line_id    BLOB   NOT NULL,
    code       TEXT   NOT NULL,
    gtin       TEXT, -- NULL: none
    names      TEXT   NOT NULL,
    attributes TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX catalog_model_code ON catalog_model (tenant_id, code, brand_id);
CREATE UNIQUE INDEX catalog_model_gtin ON catalog_model (tenant_id, gtin);

CREATE TABLE catalog_part (
    tenant_id      BLOB   NOT NULL,
    id             BLOB   NOT NULL,
    number         TEXT   NOT NULL,
    names          TEXT   NOT NULL,
    line_id        BLOB, -- NULL: fits several lines
    brand_id       BLOB, -- of the line
    price_minor    BIGINT NOT NULL,
    price_currency TEXT   NOT NULL,
    weight_grams   BIGINT NOT NULL,
    hazardous      BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX catalog_part_number ON catalog_part (tenant_id, number);

-- The bill of material: which part belongs into which model.
CREATE TABLE catalog_fit (
    tenant_id BLOB   NOT NULL,
    model_id  BLOB   NOT NULL,
    part_id   BLOB   NOT NULL,
    quantity  BIGINT NOT NULL,
    hints     TEXT   NOT NULL, -- symptom code → permille
    PRIMARY KEY (tenant_id, model_id, part_id)
) WITHOUT ROWID;

-- line_id is sixteen zero bytes for what holds for every line.
CREATE TABLE catalog_symptom (
    tenant_id BLOB   NOT NULL,
    code      TEXT   NOT NULL,
    line_id   BLOB   NOT NULL,
    brand_id  BLOB,
    names     TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, code, line_id)
) WITHOUT ROWID;

CREATE TABLE catalog_fix (
    tenant_id BLOB   NOT NULL,
    code      TEXT   NOT NULL,
    line_id   BLOB   NOT NULL,
    brand_id  BLOB,
    names     TEXT   NOT NULL,
    minutes   BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, code, line_id)
) WITHOUT ROWID;

CREATE TABLE catalog_unit (
    tenant_id    BLOB   NOT NULL,
    id           BLOB   NOT NULL,
    brand_id     BLOB   NOT NULL,
    serial       TEXT   NOT NULL,
    model_id     BLOB   NOT NULL,
    line_id      BLOB   NOT NULL,
    sold_on      TEXT   NOT NULL, -- days are ISO 8601, '' unknown
    sold_in      TEXT   NOT NULL,
    installed_on TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX catalog_unit_serial ON catalog_unit (tenant_id, serial, brand_id);
