package app_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/archive"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/keys"
)

// machine is another machine to restore on: an empty place with nothing but what
// its people have carried there.
type machine struct {
	config app.Config
	dir    string
}

// elsewhere returns a machine with the root key and the erasure ledger of h, and
// an empty database of the same engine.
func elsewhere(t *testing.T, h *apptest.House) machine {
	t.Helper()
	m := machine{dir: t.TempDir(), config: h.Config}
	if h.DB.Postgres() {
		m.config.Database, m.config.Home = emptyPostgres(t), m.dir
	} else {
		m.config.Database = filepath.Join(m.dir, "new.db")
	}
	m.bring(t, h, rootOf)
	m.bring(t, h, ledgerOf)
	return m
}

func emptyPostgres(t *testing.T) string {
	t.Helper()
	home := dbtest.Postgres(t)
	c, err := pgx.Connect(t.Context(), home.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Exec(t.Context(), `DROP TABLE db_migration`)
	if err := errors.Join(err, c.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return home.URL
}

func rootOf(c app.Config, postgres bool) string   { return placeOf(c, postgres, "root.key") }
func ledgerOf(c app.Config, postgres bool) string { return placeOf(c, postgres, "erasures") }

func placeOf(c app.Config, postgres bool, name string) string {
	if postgres {
		return filepath.Join(c.Home, name)
	}
	return c.Database + "." + name
}

// bring copies a file of h to the machine.
func (m machine) bring(t *testing.T, h *apptest.House, of func(app.Config, bool) string) {
	t.Helper()
	b, err := os.ReadFile(of(h.Config, h.DB.Postgres()))
	if err == nil {
		err = os.WriteFile(of(m.config, h.DB.Postgres()), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// open starts what stands on the machine as world w.
func (m machine) open(t *testing.T, w *apptest.World) *apptest.World {
	t.Helper()
	c := m.config
	c.Migrate = false
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	there := *w
	there.House = &apptest.House{App: a, Clock: w.Clock, Home: w.Home}
	return &there
}

// pair is the two archives of one backup.
type pair struct{ main, keys string }

func backUp(t *testing.T, h *apptest.House) (p pair, said string) {
	t.Helper()
	dir := t.TempDir()
	p = pair{filepath.Join(dir, "main.bak"), filepath.Join(dir, "keys.bak")}
	var lines []string
	if err := app.Backup(t.Context(), h.Config, app.BackupTo{Main: p.main, Keys: p.keys, Tell: func(l string) { lines = append(lines, l) }}); err != nil {
		t.Fatal(err)
	}
	return p, strings.Join(lines, "\n")
}

func (m machine) restore(ctx context.Context, p pair, change ...func(*app.RestoreFrom)) (said string, err error) {
	var lines []string
	from := app.RestoreFrom{Main: p.main, Keys: p.keys, Tell: func(l string) { lines = append(lines, l) }}
	for _, f := range change {
		f(&from)
	}
	err = app.Restore(ctx, m.config, from)
	return strings.Join(lines, "\n"), err
}

func force(f *app.RestoreFrom) { f.Force = true }

// picture is a small image of one colour.
func picture(t *testing.T, grey uint8) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = grey
	}
	m.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A backup made while people work holds everything that was acknowledged before
// it began, and every person in it has a key; the restored house answers as the
// old one did.
func TestBackup(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		path := "/v1/cases/" + agent.Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		photo := agent.Post(t, "/v1/files?case="+filepath.Base(path), picture(t, 90), "Content-Type", "image/png").Text(t, "id")
		h.Settle(t)
		want, wantPhoto := agent.Get(t, path), agent.Get(t, "/v1/files/"+photo)

		busy, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for busy.Err() == nil {
					if r := agent.Do(t, "POST", "/v1/cases", apptest.Ask(apptest.From("Somebody Else", "+49 30 5550199"))); r.Status != 201 {
						t.Errorf("meanwhile: %d %s", r.Status, r.Body)
						return
					}
				}
			})
		}
		p, said := backUp(t, h)
		stop()
		wg.Wait()
		if !strings.Contains(said, "delete "+p.keys+" by ") || !strings.Contains(said, "in no backup") {
			t.Errorf("the backup said:\n%s", said)
		}

		m := elsewhere(t, h)
		if said, err := m.restore(t.Context(), p); err != nil {
			t.Fatalf("restore: %v\n%s", err, said)
		}
		there := m.open(t, w)
		again := there.Agent(t)
		if got := again.Get(t, path); !bytes.Equal(got.Body, want.Body) {
			t.Errorf("restored, the case is %s, want %s", got.Body, want.Body)
		}
		if got := again.Get(t, "/v1/files/"+photo); !bytes.Equal(got.Body, wantPhoto.Body) {
			t.Error("restored, the picture is another")
		}
		everybodyOpens(t, again)
		there.Settle(t)
		verify(t, again, path, "service_request")
	})
}

// everybodyOpens reads the customer of every case.
func everybodyOpens(t *testing.T, c *apptest.Client) {
	t.Helper()
	n := 0
	for next := ""; ; {
		page := c.Get(t, "/v1/cases?limit=100"+next)
		for _, i := range page.Items(t, "items") {
			if c.Get(t, "/v1/cases/"+i.(members)["id"].(string)).Text(t, "customer.name") == "" {
				t.Error("somebody has no name")
			}
			n++
		}
		cursor, _ := page.Find(t, "next").(string)
		if cursor == "" {
			break
		}
		next = "&cursor=" + cursor
	}
	if n == 0 {
		t.Error("there are no cases")
	}
}

// The archives hold neither the root key nor the ledger, in no form.
func TestBackupHoldsNoRootKey(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		agent := w.Agent(t)
		c := agent.Post(t, "/v1/cases", apptest.Ask())
		person := agent.Get(t, "/v1/cases/"+c.Text(t, "id")).Text(t, "customer.person")
		w.As(t, access.Admin, apptest.Everywhere).Post(t, "/v1/persons/"+person+"/erase", nil)
		p, _ := backUp(t, h)
		for _, of := range []func(app.Config, bool) string{rootOf, ledgerOf} {
			secret, err := os.ReadFile(of(h.Config, h.DB.Postgres()))
			if err != nil || len(bytes.TrimSpace(secret)) < 40 {
				t.Fatalf("%q, %v", secret, err)
			}
			for _, path := range []string{p.main, p.keys} {
				scan(t, unpacked(t, path), func(file string, b []byte) {
					for _, form := range forms(strings.TrimSpace(string(secret))) {
						if bytes.Contains(b, form) {
							t.Errorf("%s of %s holds what must be in no backup", filepath.Base(file), filepath.Base(path))
						}
					}
				})
			}
		}
	})
}

// A restore that is refused changes nothing: neither an empty place nor one where
// a database stands.
func TestRestoreRefused(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		path := "/v1/cases/" + w.Agent(t).Post(t, "/v1/cases", apptest.Ask()).Text(t, "id")
		early, _ := backUp(t, h)
		other := apptest.Open(t, sameEngine(t, h))
		foreign, _ := backUp(t, other)
		good, _ := backUp(t, h)
		here := machine{config: h.Config}

		if _, err := here.restore(t.Context(), good); !errors.Is(err, app.ErrStands) && !errors.Is(err, db.ErrInUse) {
			t.Errorf("over a running house: %v", err)
		}
		if _, err := here.restore(t.Context(), good, force); !errors.Is(err, db.ErrInUse) {
			t.Errorf("over a running house, by force: %v", err)
		}
		stands := elsewhere(t, h)
		if _, err := stands.restore(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		if _, err := stands.restore(t.Context(), good); !errors.Is(err, app.ErrStands) {
			t.Errorf("over a database: %v", err)
		}
		if said, err := stands.restore(t.Context(), good, force); err != nil {
			t.Errorf("over a database, by force: %v\n%s", err, said)
		}
		keyless := elsewhere(t, h)
		if err := os.Remove(rootOf(keyless.config, h.DB.Postgres())); err != nil {
			t.Fatal(err)
		}
		if _, err := keyless.restore(t.Context(), good); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("without the root key: %v", err)
		}
		empty := elsewhere(t, h)
		for name, tt := range map[string]struct {
			from pair
			want error
			text string
		}{
			"cut":                    {pair{changed(t, good.main, func(b []byte) []byte { return b[:len(b)/2] }), good.keys}, archive.ErrDamaged, ""},
			"a byte changed":         {pair{good.main, changed(t, good.keys, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })}, archive.ErrDamaged, ""},
			"no archive":             {pair{changed(t, good.main, func([]byte) []byte { return []byte("hello") }), good.keys}, archive.ErrDamaged, ""},
			"the two exchanged":      {pair{good.keys, good.main}, nil, "not of the"},
			"keys of another house":  {pair{good.main, later(t, other, foreign.keys)}, keys.ErrRoot, ""},
			"data of another house":  {pair{foreign.main, good.keys}, archive.ErrDamaged, ""},
			"keys that are too old":  {pair{later(t, h, good.main), early.keys}, nil, "is older than"},
			"made by a newer one":    {pair{newer(t, h), good.keys}, nil, "newer version"},
			"data that is no dump":   {pair{broken(t, h), good.keys}, nil, ""},
			"there is no such file":  {pair{"nowhere.bak", good.keys}, os.ErrNotExist, ""},
			"manifest not ours":      {pair{forged(t, good.main), good.keys}, archive.ErrDamaged, ""},
			"another kind of engine": {pair{engine(t, h), good.keys}, nil, "cannot be restored"},
		} {
			before := listing(t, empty.dir)
			said, err := empty.restore(t.Context(), tt.from)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: %v, want %v %s\n%s", name, err, tt.want, tt.text, said)
			}
			if after := listing(t, empty.dir); !slices.Equal(before, after) {
				t.Errorf("%s: the place held %v and holds %v", name, before, after)
			}
			if h.DB.Postgres() {
				if there, err := db.Stands(t.Context(), empty.config.Database, "public", "fettle_keys"); err != nil || there {
					t.Errorf("%s: the database is not empty any more: %v", name, err)
				}
			}
			if !strings.Contains(name, "data") { // the others get no further than to the archives
				continue
			}
			if _, err := stands.restore(t.Context(), tt.from, force); err == nil {
				t.Errorf("%s: over a database it is taken", name)
			}
		}
		if got := stands.open(t, w).Agent(t).Get(t, path).Text(t, "customer.name"); got != "Erika Beispiel" {
			t.Errorf("what stood there says %q", got)
		}
	})
}

func sameEngine(t *testing.T, h *apptest.House) dbtest.Home {
	t.Helper()
	if h.DB.Postgres() {
		return dbtest.Postgres(t)
	}
	return dbtest.SQLite(t)
}

// listing names what lies below dir, with sizes.
func listing(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out = append(out, path+" "+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// changed returns a copy of the file with other bytes.
func changed(t *testing.T, path string, change func([]byte) []byte) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(out, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// repack writes the archive anew with another manifest or other data, sealed by
// h, as if h had made it so.
func repack(t *testing.T, from string, seal func([]byte) []byte, manifest func(*archive.Manifest), data []byte) string {
	t.Helper()
	dir := t.TempDir()
	u, err := archive.Unpack(t.Context(), from, dir, archive.Names{
		Part: func(string) bool { return true }, Blob: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	m := u.Manifest
	m.Parts, m.Blobs = nil, nil
	manifest(&m)
	if data != nil {
		if err := os.WriteFile(u.Path("database"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), filepath.Base(from))
	w, err := archive.Create(out, m)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	if err := w.Add(t.Context(), "database", u.Path("database")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Close(seal); err != nil {
		t.Fatal(err)
	}
	return out
}

func sealOf(h *apptest.House) func([]byte) []byte {
	return func(text []byte) []byte { return h.Ring.Blind([16]byte{}, "backup", string(text)) }
}

func asItIs(*archive.Manifest) {}

func later(t *testing.T, h *apptest.House, from string) string {
	t.Helper()
	return repack(t, from, sealOf(h), func(m *archive.Manifest) { m.MadeAt = m.MadeAt.Add(time.Hour) }, nil)
}

func newer(t *testing.T, h *apptest.House) string {
	t.Helper()
	p, _ := backUp(t, h)
	return repack(t, p.main, sealOf(h), func(m *archive.Manifest) { m.Schema["desk/9999_moon.sql"] = "0" }, nil)
}

func engine(t *testing.T, h *apptest.House) string {
	t.Helper()
	p, _ := backUp(t, h)
	return repack(t, p.main, sealOf(h), func(m *archive.Manifest) { m.Engine = "stone" }, nil)
}

func broken(t *testing.T, h *apptest.House) string {
	t.Helper()
	p, _ := backUp(t, h)
	return repack(t, p.main, sealOf(h), asItIs, bytes.Repeat([]byte("no database "), 1000))
}

func forged(t *testing.T, from string) string {
	t.Helper()
	return repack(t, from, func([]byte) []byte { return make([]byte, 16) }, asItIs, nil)
}
