-- What a technician costs beside hours and kilometres, and how many visits a day are agreed.
ALTER TABLE dispatch_technician ADD COLUMN visit_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_technician ADD COLUMN night_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_technician ADD COLUMN max_visits BIGINT NOT NULL DEFAULT 0; -- 0: without limit
