package vaultsvc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/modules/vault/vaultsvc"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/files"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/persons"
)

// schemas are those of the main database; the keys have one of their own.
func schemas() []db.Schema {
	return []db.Schema{
		outbox.Schema(), command.Schema(), jobs.Schema(), persons.Schema(), files.Schema(), mail.Schema(), vaultsvc.Schema(),
	}
}

// kit is the vault as the application puts it together.
type kit struct {
	*vaultsvc.Module
	d      *db.DB
	ring   *keys.Ring
	files  *files.Store
	mail   *mail.Box
	bus    *outbox.Bus
	api    *httpapi.API
	caller access.Caller // of HTTP requests
	heard  []string      // names of events, with their person
}

// operator is the network as far as the vault asks it.
type operator struct{}

func (operator) Operator(context.Context, id.Tenant) (network.Operator, error) {
	return network.Operator{Name: "Kuhlmann Service", Country: "DE", Zone: "Europe/Berlin"}, nil
}

func newKit(t *testing.T, d, keyDB *db.DB, dir string) *kit {
	t.Helper()
	ring, err := keys.Open(t.Context(), keyDB, keys.Options{RootFile: filepath.Join(dir, "t.db.root.key"), Ledger: filepath.Join(dir, "t.db.erasures")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	guard, err := access.New(access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{d: d, ring: ring, bus: outbox.New(d, outbox.Options{}), caller: access.Caller{Tenant: dbtest.Tenant, User: id.User{1}}}
	k.files = files.New(filepath.Join(dir, "t.db.files"), files.Options{})
	k.mail = mail.New(d, ring, mail.Shelf{})
	k.Module = vaultsvc.New(vaultsvc.Deps{DB: d, Bus: k.bus, Jobs: jobs.New(d, jobs.Options{}), Ring: ring, Guard: guard, Files: k.files, Mail: k.mail, Network: operator{}})
	k.Collect(notes{})
	k.api = httpapi.New(httpapi.Options{Auth: k, Guard: guard, Log: slog.New(slog.DiscardHandler)})
	k.Routes(k.api)
	listen[vault.PersonErased](k)
	listen[vault.PersonExported](k)
	listen[vault.PersonCorrected](k)
	return k
}

func listen[E outbox.Event](k *kit) {
	outbox.On(k.bus, "test.heard", func(_ context.Context, _ *db.Tx, m outbox.Meta, e E) error {
		k.heard = append(k.heard, m.Name+" "+id.Person(e.Subject()).String())
		return nil
	})
}

func (k *kit) Authenticate(*http.Request) (access.Caller, error) { return k.caller, nil }

// as makes every following request that of somebody with the role everywhere.
func (k *kit) as(role access.Role) {
	k.caller.Grants = []access.Grant{{Role: role, Scope: access.Scope{Kind: access.Tenant}}}
}

// notes is a module that keeps something about everybody.
type notes struct{}

func (notes) ExportPerson(context.Context, id.Tenant, id.Person) (string, any, error) {
	return "notes", []string{"likes tea"}, nil
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newKit(t, d, d, t.TempDir())) }, append(schemas(), keys.Schema())...)
}

// call sends a request; body may be nil, into too.
func (k *kit) call(t *testing.T, method, path, body string, into any, header ...string) int {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	if into != nil && w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s %s: %s: %v", method, path, w.Body, err)
		}
	}
	return w.Code
}

// code is the problem's code that a request answers.
func (k *kit) code(t *testing.T, method, path, body string, header ...string) string {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	var p struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%s %s: %s", method, path, w.Body)
	}
	return p.Type[strings.LastIndexByte(p.Type, '/')+1:]
}

var anh = persons.Person{
	Country: "DE", Language: "vi", Name: "Nguyễn Văn Ánh", Phone: "+4915112345678", Email: "anh@example.org",
	Address: persons.Address{Street: "12 Lý Thường Kiệt", Postcode: "10117", City: "Berlin-Mitte", Region: "Hoàn Kiếm"},
}

// enter writes a person with a picture and a letter.
func (k *kit) enter(t *testing.T, p persons.Person) persons.Person {
	t.Helper()
	p.ID = id.New[id.PersonKind]()
	made, err := k.ring.Create(t.Context(), dbtest.Tenant, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 7))); err != nil {
		t.Fatal(err)
	}
	f, err := k.files.Put(t.Context(), made[0], &b)
	if err != nil {
		t.Fatal(err)
	}
	err = k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		if err := persons.Put(ctx, tx, made[0], k.ring, p); err != nil {
			return err
		}
		if err := k.files.Add(ctx, tx, f); err != nil {
			return err
		}
		_, err := k.mail.Queue(ctx, tx, made[0], mail.Letter{
			Kind: "data_requested", Lang: "en", To: p.Email,
			Data: map[string]string{"name": p.Name, "operator": "Kuhlmann", "due": "1 May 2026"},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (k *kit) drain(t *testing.T) {
	t.Helper()
	if err := k.bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}
