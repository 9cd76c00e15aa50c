-- Who plays a part in a case beside its requester.
CREATE TABLE desk_party (
    tenant_id BLOB NOT NULL,
    case_id   BLOB NOT NULL,
    role      TEXT NOT NULL,   -- user_on_site, owner, payer, organisation
    person_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, case_id, role)
) WITHOUT ROWID;
CREATE INDEX desk_party_person ON desk_party (tenant_id, person_id);
