-- On which visit of its case another one depends; how stands in its needs.
ALTER TABLE dispatch_job ADD COLUMN tied_to BLOB;
CREATE INDEX dispatch_job_tied ON dispatch_job (tenant_id, node_id) WHERE tied_to IS NOT NULL AND state <> 'done';
-- 1: the visit begins at service_start_at itself, because a second technician comes then.
ALTER TABLE dispatch_appointment ADD COLUMN exact BIGINT NOT NULL DEFAULT 0;
