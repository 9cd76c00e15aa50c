-- When a visit was planned and who had chosen its place, so that a move can be taken
-- back to where the visit was. Unknown of what was moved before.
ALTER TABLE dispatch_history ADD COLUMN service_start_at BIGINT;
ALTER TABLE dispatch_history ADD COLUMN chosen_by TEXT;
