-- Why a lend ended by itself: the node has gone to another company or country, or is closed. '' where somebody has ended it.
ALTER TABLE dispatch_lend ADD COLUMN ended TEXT NOT NULL DEFAULT '';
ALTER TABLE dispatch_lend ADD COLUMN ended_at BIGINT;
