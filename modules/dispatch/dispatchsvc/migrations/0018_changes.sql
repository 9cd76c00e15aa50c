-- What of a node has changed since an instant.
CREATE INDEX dispatch_appointment_changed ON dispatch_appointment (tenant_id, node_id, changed_at);
