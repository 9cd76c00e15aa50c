-- How much a node's plans mind that urgent cases wait.
ALTER TABLE dispatch_engine ADD COLUMN haste TEXT NOT NULL DEFAULT 'some';
