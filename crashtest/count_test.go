package crashtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// tenantOf finds the one operator of the site.
func (s *site) tenant(t *testing.T, d *db.DB) id.Tenant {
	t.Helper()
	var out id.Tenant
	err := d.ReadAcrossTenants(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT tenant_id FROM login_tenant`).Scan(&out)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// whole counts what the acknowledged cases entail: each of it once.
func (s *site) whole(t *testing.T, cases, messages int) {
	t.Helper()
	d, err := db.Open(t.Context(), s.db, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	tenant := s.tenant(t, d)
	want := map[string]int{
		`SELECT count(*) FROM desk_case WHERE tenant_id = ?`:                                                                                        cases,
		`SELECT count(*) FROM desk_list WHERE tenant_id = ?`:                                                                                        cases,
		`SELECT count(DISTINCT requester_id) FROM desk_case WHERE tenant_id = ?`:                                                                    cases,
		`SELECT count(*) FROM persons_person WHERE tenant_id = ?`:                                                                                   cases,
		`SELECT count(*) FROM desk_entry WHERE tenant_id = ? AND kind = 'message_out'`:                                                              messages,
		`SELECT count(*) FROM outbox_event WHERE tenant_id = ? AND name = 'desk.case_opened.v1'`:                                                    cases,
		`SELECT count(*) FROM warranty_entitlement WHERE tenant_id = ?`:                                                                             cases,
		`SELECT count(*) FROM insight_case WHERE tenant_id = ?`:                                                                                     cases,
		`SELECT count(*) FROM remedy_plan WHERE tenant_id = ?`:                                                                                      cases,
		`SELECT count(DISTINCT case_id) FROM sla_clock WHERE tenant_id = ?`:                                                                         cases,
		`SELECT count(*) FROM sla_clock WHERE tenant_id = ?`:                                                                                        2 * cases,
		`SELECT count(*) FROM leaf_entry WHERE tenant_id = ? AND kind = 'service_request'`:                                                          cases,
		`SELECT count(*) FROM leaf_entry WHERE tenant_id = ? AND place IS NULL`:                                                                     0,
		`SELECT count(*) FROM leaf_pending WHERE tenant_id = ?`:                                                                                     0,
		`SELECT count(*) FROM outbox_lane WHERE tenant_id = ? AND done_seq <> wanted_seq`:                                                           0,
		`SELECT count(*) - (SELECT size FROM proof_log p WHERE p.tenant_id = l.tenant_id) FROM leaf_entry l WHERE tenant_id = ? GROUP BY tenant_id`: 0,
		`SELECT count(*) - count(DISTINCT place) FROM leaf_entry WHERE tenant_id = ?`:                                                               0,
	}
	err = d.Read(t.Context(), tenant, func(ctx context.Context, tx *db.Tx) error {
		for query, n := range want {
			var got int
			if err := tx.Row(ctx, query, tx.Tenant()).Scan(&got); err != nil {
				return fmt.Errorf("%s: %w", query, err)
			}
			if got != n {
				t.Errorf("%s: %d, want %d", query, got, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// proved has the program itself verify the proofs of some cases with the log's
// key.
func (s *site) proved(t *testing.T, url string, cases map[int]string, most int) {
	t.Helper()
	var log struct{ Key string }
	if err := json.Unmarshal(s.get(t, url, "/v1/public/log").text, &log); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if most--; most < 0 {
			return
		}
		var list struct {
			Items []struct{ Leaf string }
		}
		if err := json.Unmarshal(s.get(t, url, "/v1/cases/"+c+"/proofs").text, &list); err != nil || len(list.Items) == 0 {
			t.Fatalf("proofs of %s: %+v, %v", c, list, err)
		}
		file := filepath.Join(t.TempDir(), "proof.json")
		if err := os.WriteFile(file, s.get(t, url, "/v1/cases/"+c+"/proofs/"+list.Items[0].Leaf).text, 0o600); err != nil {
			t.Fatal(err)
		}
		if said := s.do(t, "verify", "--key="+log.Key, file); !strings.Contains(said, "the proof holds") {
			t.Errorf("verify says %s", said)
		}
	}
}
