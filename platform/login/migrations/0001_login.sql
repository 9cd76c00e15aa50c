-- An operator. Its id is the tenant_id of everything else.
CREATE TABLE login_tenant (
    tenant_id  BLOB   NOT NULL,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
) WITHOUT ROWID;

-- Under which host names an operator is reached.
CREATE TABLE login_host (
    tenant_id BLOB NOT NULL,
    host      TEXT NOT NULL, -- lower case, without port
    PRIMARY KEY (tenant_id, host)
) WITHOUT ROWID;
CREATE UNIQUE INDEX login_host_name ON login_host (host);

-- Somebody, or a machine, that logs in. Name and e-mail are the person's.
CREATE TABLE login_user (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    person_id  BLOB,            -- NULL: a machine
    label      TEXT   NOT NULL, -- what the machine is called; '' of a person
    login      BLOB,            -- the name to log in with, sealed with the person's key
    login_hash BLOB   NOT NULL, -- keyed hash of it; random where nobody can log in
    password   TEXT   NOT NULL, -- argon2id, PHC string; '' where nobody can log in
    state      TEXT   NOT NULL, -- active | disabled
    language   TEXT   NOT NULL,
    theme      TEXT   NOT NULL, -- system | light | dark
    zone       TEXT   NOT NULL, -- IANA
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX login_user_name ON login_user (tenant_id, login_hash);
CREATE INDEX login_user_person ON login_user (tenant_id, person_id);

CREATE TABLE login_grant (
    tenant_id  BLOB   NOT NULL,
    id         BLOB   NOT NULL,
    user_id    BLOB   NOT NULL,
    role       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    scope_id   BLOB   NOT NULL, -- zeros where the scope has no id
    created_at BIGINT NOT NULL,
    created_by BLOB,            -- NULL: the command line
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX login_grant_user ON login_grant (tenant_id, user_id, role, scope, scope_id);

-- Instants of sessions, tokens and throttles are of the machine clock.
CREATE TABLE login_session (
    tenant_id  BLOB   NOT NULL,
    token_hash BLOB   NOT NULL, -- SHA-256 of what the cookie holds
    user_id    BLOB   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL, -- to within five minutes
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
) WITHOUT ROWID;
CREATE INDEX login_session_user ON login_session (tenant_id, user_id);

CREATE TABLE login_token (
    tenant_id     BLOB   NOT NULL,
    id            BLOB   NOT NULL,
    name          TEXT   NOT NULL,
    token_hash    BLOB   NOT NULL, -- SHA-256 of the token
    user_id       BLOB   NOT NULL,
    scopes        TEXT,            -- JSON list; NULL: whatever the user may
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT,
    revoked_at    BIGINT,
    last_used_day TEXT   NOT NULL, -- '' never
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX login_token_hash ON login_token (tenant_id, token_hash);
CREATE INDEX login_token_user ON login_token (tenant_id, user_id);

-- How often a log-in was tried in vain, by name and by address.
CREATE TABLE login_throttle (
    tenant_id BLOB   NOT NULL,
    what      BLOB   NOT NULL, -- keyed hash of a log-in name or an address
    fails     BIGINT NOT NULL,
    tried_at  BIGINT NOT NULL,
    until     BIGINT NOT NULL, -- no attempt before
    PRIMARY KEY (tenant_id, what)
) WITHOUT ROWID;
