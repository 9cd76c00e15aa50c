-- How much of what a cheap slot saves a node promises to who takes it (0: nothing), and the
-- most for one visit ('' while nobody has said).
ALTER TABLE dispatch_engine ADD COLUMN steer_permille BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_engine ADD COLUMN steer_most_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_engine ADD COLUMN steer_currency TEXT NOT NULL DEFAULT '';
-- What its customer was promised for taking the slot, and what that saved against the
-- earliest that was offered; 0: nothing.
ALTER TABLE dispatch_appointment ADD COLUMN reward_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_appointment ADD COLUMN saves_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispatch_appointment ADD COLUMN reward_currency TEXT NOT NULL DEFAULT '';
