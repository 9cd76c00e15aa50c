-- Events are wide and come at the end. In a table without rowid they lie in the
-- tree by their key, which splits pages that are then half empty, and what is more
-- than a kilobyte takes a page of its own; here they follow each other, and only
-- the keys lie in a tree. On PostgreSQL it always was so.
CREATE TABLE outbox_event_wide (
	tenant_id   BLOB   NOT NULL,
	subject_id  BLOB   NOT NULL,
	subject_seq BIGINT NOT NULL,
	id          BLOB   NOT NULL,
	name        TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	occurred_at BIGINT NOT NULL, -- domain clock
	recorded_at BIGINT NOT NULL, -- machine clock
	actor       TEXT,            -- see 0002_actor
	PRIMARY KEY (tenant_id, subject_id, subject_seq)
);
INSERT INTO outbox_event_wide SELECT tenant_id, subject_id, subject_seq, id, name, body, occurred_at, recorded_at, actor FROM outbox_event ORDER BY tenant_id, subject_id, subject_seq;
DROP TABLE outbox_event;
ALTER TABLE outbox_event_wide RENAME TO outbox_event;
