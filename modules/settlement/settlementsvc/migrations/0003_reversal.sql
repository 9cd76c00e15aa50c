-- The charge that a line takes back; NULL: it takes none back. A charge is taken
-- back at most once.
ALTER TABLE settlement_charge ADD COLUMN reverses_id BLOB;
CREATE UNIQUE INDEX settlement_charge_reverses ON settlement_charge (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
