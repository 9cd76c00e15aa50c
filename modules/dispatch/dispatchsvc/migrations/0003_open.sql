-- What nobody is promised for yet, which is little beside all that ever was.
CREATE INDEX dispatch_job_open ON dispatch_job (tenant_id, state, node_id) WHERE state IN ('unplanned', 'offered');
