package httpapi_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
)

var things = dbtest.Schema("test", `
CREATE TABLE test_thing (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));`)

type thing struct {
	ID id.Case `json:"id"`
}

// keeper is an API whose one command makes a thing.
func keeper(d *db.DB) *site {
	s := &site{log: &bytes.Buffer{}}
	s.API = httpapi.New(httpapi.Options{Auth: who{}, Guard: may{}, Secret: []byte("of tests"), Log: slog.New(slog.DiscardHandler)})
	type in struct {
		Body struct {
			Name string `json:"name" maxLength:"40"`
		}
	}
	type out struct{ Body thing }
	httpapi.Post(s.API, httpapi.Op{ID: "case_make", Path: "/v1/things", Action: "case.create", Kind: "case", Status: http.StatusCreated},
		func(ctx context.Context, in *in) (*out, error) {
			made, err := command.Run(ctx, d, func(ctx context.Context, tx *db.Tx) (thing, error) {
				t := thing{id.New[id.CaseKind]()}
				if in.Body.Name == "forbidden" {
					return t, access.ErrHidden
				}
				_, err := tx.Exec(ctx, `INSERT INTO test_thing (tenant_id, id) VALUES (?, ?)`, tx.Tenant(), t.ID)
				return t, err
			})
			return &out{made}, err
		})
	return s
}

func countThings(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM test_thing WHERE tenant_id = ?`, tx.Tenant()).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := keeper(d)
		first := s.call("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "key-1")
		if first.Code != http.StatusCreated || first.Header().Get("Idempotent-Replayed") != "" {
			t.Fatalf("status %d, %v", first.Code, first.Header())
		}
		again := s.call("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "key-1")
		if again.Code != http.StatusCreated || again.Header().Get("Idempotent-Replayed") != "true" || again.Body.String() != first.Body.String() {
			t.Errorf("replay: status %d, %s, want %s", again.Code, again.Body, first.Body)
		}
		if d := problemOf(t, s.call("POST", "/v1/things", `{"name":"b"}`, "Idempotency-Key", "key-1")); d.Code != "api.idempotency_key_reused" || d.Status != 422 {
			t.Errorf("another request under the key: %+v", d)
		}
		if w := s.call("POST", "/v1/things", `{"name":"b"}`, "Idempotency-Key", "key-1", "Authorization", "chinese"); w.Code != http.StatusCreated {
			t.Errorf("another user under the key: %d", w.Code)
		}
		if w := s.call("POST", "/v1/things", `{"name":"forbidden"}`, "Idempotency-Key", "key-2"); w.Code != http.StatusNotFound {
			t.Errorf("a command that fails: %d", w.Code)
		}
		if w := s.call("POST", "/v1/things", `{"name":"c"}`, "Idempotency-Key", "key-2"); w.Code != http.StatusCreated || w.Header().Get("Idempotent-Replayed") != "" {
			t.Errorf("after a failure: %d", w.Code)
		}
		if n := countThings(t, d); n != 3 {
			t.Errorf("%d things, want 3", n)
		}
	}, command.Schema(), things)
}

// TestConcurrentReplays has a client that asks many times at once.
func TestConcurrentReplays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := keeper(d)
		var wg sync.WaitGroup
		var mu sync.Mutex
		replies := map[string]int{}
		for range 32 {
			wg.Go(func() {
				w := s.call("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "the-key")
				mu.Lock()
				defer mu.Unlock()
				replies[w.Body.String()]++
			})
		}
		wg.Wait()
		if n := countThings(t, d); n != 1 || len(replies) != 1 {
			t.Errorf("%d things, replies %v", n, replies)
		}
	}, command.Schema(), things)
}

// TestKeyAndBodyAreNotStored looks for them in the bytes of the database.
func TestKeyAndBodyAreNotStored(t *testing.T) {
	t.Parallel()
	h := dbtest.SQLite(t, command.Schema(), things)
	s := keeper(h.Open(t, db.Options{}))
	w := s.call("POST", "/v1/things", `{"name":"canary-body-551"}`, "Idempotency-Key", "canary-key-552")
	if w.Code != http.StatusCreated {
		t.Fatal(w.Body)
	}
	for _, secret := range []string{"canary-body-551", "canary-key-552"} {
		if where := dbtest.Contains(t, filepath.Dir(h.URL), secret); where != "" {
			t.Errorf("%s stands in %s", secret, where)
		}
	}
	made := strings.TrimSuffix(strings.TrimPrefix(w.Body.String(), `{"id":"`), `"}`)
	if where := dbtest.Contains(t, filepath.Dir(h.URL), made); where == "" {
		t.Error("the reply is not found either: the search is blind")
	}
}
