-- How a visit ended: done, failed, or '' where that says nothing of who was there.
ALTER TABLE dispatch_sample ADD COLUMN ended TEXT NOT NULL DEFAULT '';
