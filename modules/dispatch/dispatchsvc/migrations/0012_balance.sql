-- How much a node's plans give work to those who have less of it.
ALTER TABLE dispatch_engine ADD COLUMN balance TEXT NOT NULL DEFAULT 'off';
