-- What happened, for ever. subject_seq counts the events of one subject from 1
-- without a gap and in the order of their commits.
CREATE TABLE outbox_event (
	tenant_id   BLOB   NOT NULL,
	subject_id  BLOB   NOT NULL,
	subject_seq BIGINT NOT NULL,
	id          BLOB   NOT NULL,
	name        TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	occurred_at BIGINT NOT NULL, -- domain clock
	recorded_at BIGINT NOT NULL, -- machine clock
	PRIMARY KEY (tenant_id, subject_id, subject_seq)
) WITHOUT ROWID;

-- What the relay has not yet handed to lanes.
CREATE TABLE outbox_fresh (
	tenant_id   BLOB   NOT NULL,
	subject_id  BLOB   NOT NULL,
	subject_seq BIGINT NOT NULL,
	name        TEXT   NOT NULL,
	recorded_at BIGINT NOT NULL,
	PRIMARY KEY (tenant_id, subject_id, subject_seq)
) WITHOUT ROWID;

-- What one subscriber still has to hear of one subject: the events after
-- done_seq, up to wanted_seq. The row goes when it has caught up.
CREATE TABLE outbox_lane (
	tenant_id       BLOB   NOT NULL,
	subscriber      TEXT   NOT NULL,
	subject_id      BLOB   NOT NULL,
	done_seq        BIGINT NOT NULL,
	wanted_seq      BIGINT NOT NULL,
	ready_at        BIGINT NOT NULL, -- machine clock: when a worker may take it; under a lease, when that ends
	fence           BIGINT NOT NULL, -- of the worker that holds it; 0: nobody
	attempts        BIGINT NOT NULL, -- failures in a row of the event after done_seq
	since_at        BIGINT NOT NULL, -- machine clock: when it came to be
	parked_at       BIGINT,          -- machine clock: a dead letter that waits for a person
	last_error_code TEXT   NOT NULL, -- a fault's code or a Go type, never a message
	PRIMARY KEY (tenant_id, subscriber, subject_id)
) WITHOUT ROWID;
-- A lane that is leased as soon as it is made, as most are, never enters it.
CREATE INDEX outbox_lane_ready ON outbox_lane (ready_at) WHERE fence = 0 AND parked_at IS NULL;
CREATE INDEX outbox_lane_parked ON outbox_lane (tenant_id, subscriber, subject_id) WHERE parked_at IS NOT NULL;

-- Who listens to what, over all versions of the binary that run. It holds no
-- tenant's data and so has no tenant.
CREATE TABLE outbox_subscriber (
	name    TEXT   NOT NULL PRIMARY KEY,
	events  TEXT   NOT NULL, -- names, sorted, with a space between
	changed BIGINT NOT NULL  -- grows with every change of the table
);

-- The tenants that have ever published.
CREATE TABLE outbox_tenant (
	tenant_id BLOB NOT NULL PRIMARY KEY
);

-- A subscriber that is being taken through the past, subject by subject. Beyond
-- after_subject the relay makes no lanes for it.
CREATE TABLE outbox_backfill (
	tenant_id     BLOB NOT NULL,
	subscriber    TEXT NOT NULL,
	after_subject BLOB NOT NULL,
	PRIMARY KEY (tenant_id, subscriber)
);

-- Who had a poisoned event passed over, and why it was poisoned.
CREATE TABLE outbox_skip (
	tenant_id   BLOB   NOT NULL,
	subscriber  TEXT   NOT NULL,
	subject_id  BLOB   NOT NULL,
	subject_seq BIGINT NOT NULL,
	actor_id    BLOB   NOT NULL,
	error_code  TEXT   NOT NULL,
	skipped_at  BIGINT NOT NULL, -- machine clock
	PRIMARY KEY (tenant_id, subscriber, subject_id, subject_seq)
);
