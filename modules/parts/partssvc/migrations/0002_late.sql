-- What is held and comes later than was reckoned: why ('' where nothing is late), when all
-- of it is there (NULL: nobody knows), and who said so when.
ALTER TABLE parts_reservation ADD COLUMN late TEXT NOT NULL DEFAULT '';
ALTER TABLE parts_reservation ADD COLUMN late_until BIGINT;
ALTER TABLE parts_reservation ADD COLUMN late_user_id BLOB;
ALTER TABLE parts_reservation ADD COLUMN late_said_at BIGINT;
