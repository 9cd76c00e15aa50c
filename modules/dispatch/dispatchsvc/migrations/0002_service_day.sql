-- A technician's day is when somebody comes, which need not be when it was
-- promised: who is on site three days early takes today's time.
DROP INDEX dispatch_appointment_day;
CREATE INDEX dispatch_appointment_day ON dispatch_appointment (tenant_id, technician_id, service_start_at, id);
CREATE INDEX dispatch_appointment_board ON dispatch_appointment (tenant_id, node_id, service_start_at, id);
