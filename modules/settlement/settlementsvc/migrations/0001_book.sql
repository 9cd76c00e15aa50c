-- Prices, by whom they are agreed with; the most specific one that is valid holds.
CREATE TABLE settlement_card (
    tenant_id  BLOB NOT NULL,
    id         BLOB NOT NULL,
    party      TEXT NOT NULL,    -- brand: what the operator charges; partner: what it owes
    brand_id   BLOB,             -- NULL: every brand
    partner_id BLOB,             -- NULL: every partner
    country    TEXT NOT NULL,    -- '': every country
    card       TEXT NOT NULL,    -- JSON
    valid_from BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE settlement_charge (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    case_id       BLOB NOT NULL,
    work_order_id BLOB NOT NULL,
    statement_id  BLOB,
    brand_id      BLOB NOT NULL,
    node_id       BLOB,
    partner_id    BLOB,
    kind          TEXT NOT NULL,
    party         TEXT NOT NULL,  -- whose statement it is for
    payer         TEXT NOT NULL,
    part_id       BLOB,
    quantity      BIGINT NOT NULL,
    unit          TEXT NOT NULL,
    each_minor    BIGINT NOT NULL,
    amount_minor  BIGINT NOT NULL,
    currency      TEXT NOT NULL,
    card_id       BLOB NOT NULL,
    card_version  BIGINT NOT NULL,
    rule          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX settlement_charge_case ON settlement_charge (tenant_id, case_id, id);
CREATE INDEX settlement_charge_statement ON settlement_charge (tenant_id, statement_id, id);

-- Double entry: the postings of an entry add up to nothing in every currency.
CREATE TABLE settlement_posting (
    tenant_id BLOB NOT NULL,
    entry_id  BLOB NOT NULL,
    line      BIGINT NOT NULL,
    case_id   BLOB NOT NULL,
    account   TEXT NOT NULL,
    minor     BIGINT NOT NULL,    -- positive is debit
    currency  TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, entry_id, line)
) WITHOUT ROWID;
CREATE INDEX settlement_posting_account ON settlement_posting (tenant_id, account, currency);

CREATE TABLE settlement_statement (
    tenant_id   BLOB NOT NULL,
    id          BLOB NOT NULL,
    party       TEXT NOT NULL,
    brand_id    BLOB,
    partner_id  BLOB,
    whom        BLOB NOT NULL,    -- the brand or partner, for the key below
    from_on     TEXT NOT NULL,
    until_on    TEXT NOT NULL,
    currency    TEXT NOT NULL,
    state       TEXT NOT NULL,
    lines       BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX settlement_statement_period ON settlement_statement (tenant_id, party, whom, currency, from_on);
