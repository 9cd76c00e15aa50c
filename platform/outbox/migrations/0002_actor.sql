-- Who caused the event: a kind, and behind a colon the id of the account or API
-- token where one is kept ("staff:usr_…", "customer", "system"); never a name.
-- NULL: it happened before this was kept.
ALTER TABLE outbox_event ADD COLUMN actor TEXT;
