-- recipient, subject and body are sealed with the person's key; NULL once forgotten.
CREATE TABLE mail_message (
    tenant_id   BLOB   NOT NULL,
    id          BLOB   NOT NULL,
    person_id   BLOB   NOT NULL,
    kind        TEXT   NOT NULL,
    lang        TEXT   NOT NULL,
    recipient   BLOB,
    subject     BLOB,
    body        BLOB,
    state       TEXT   NOT NULL, -- queued, sent, failed, cancelled
    failure     TEXT   NOT NULL DEFAULT '',
    send_after  BIGINT NOT NULL, -- domain clock
    next_try_at BIGINT NOT NULL, -- machine clock: when a worker may take it (again)
    attempts    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    sent_at     BIGINT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE INDEX mail_message_due ON mail_message (tenant_id, send_after) WHERE state = 'queued';
CREATE INDEX mail_message_person ON mail_message (tenant_id, person_id);
