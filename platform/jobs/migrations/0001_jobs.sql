-- Work for later. A row goes when it is done; a periodic one moves on instead.
CREATE TABLE jobs_job (
	tenant_id       BLOB   NOT NULL,
	id              BLOB   NOT NULL,
	kind            TEXT   NOT NULL,
	key             TEXT,            -- at most one job of a kind is pending under it; NULL: any number
	run_at          BIGINT NOT NULL, -- domain clock
	payload         TEXT   NOT NULL, -- JSON; ids and codes, no personal data
	attempts        BIGINT NOT NULL, -- failures in a row
	ready_at        BIGINT NOT NULL, -- machine clock: end of the rest after a failure, or of the lease
	fence           BIGINT NOT NULL, -- of the worker that holds it; 0: nobody
	again_at        BIGINT,          -- domain clock: it was asked for again while it ran
	parked_at       BIGINT,          -- machine clock: a dead letter that waits for a person
	last_error_code TEXT   NOT NULL, -- a fault's code or a Go type, never a message
	PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX jobs_job_due ON jobs_job (kind, tenant_id, run_at, ready_at) WHERE fence = 0 AND parked_at IS NULL;
CREATE INDEX jobs_job_held ON jobs_job (ready_at) WHERE fence <> 0;
CREATE UNIQUE INDEX jobs_job_key ON jobs_job (tenant_id, kind, key) WHERE key IS NOT NULL AND parked_at IS NULL;
CREATE INDEX jobs_job_parked ON jobs_job (tenant_id, id) WHERE parked_at IS NOT NULL;
