-- The parts of an appointment come later than was reckoned: when (NULL: in time; the year
-- 9999: nobody knows), and why ('' in time).
ALTER TABLE dispatch_appointment ADD COLUMN parts_from BIGINT;
ALTER TABLE dispatch_appointment ADD COLUMN parts_late TEXT NOT NULL DEFAULT '';
