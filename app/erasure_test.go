package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/mail"
	"fettle.dev/fettle/platform/outbox"
	"fettle.dev/fettle/platform/telemetry"
)

// aviary is a house in which every field that a person can fill holds a word
// that stands nowhere else: a canary.
type aviary struct {
	*apptest.World
	t     *testing.T
	log   *journal
	admin *apptest.Client // may do everything
	birds []bird
	who   map[string]id.Person // the owners of canaries, by what they are in this test
	paths []string             // of whatever shows canaries before
	cases []string             // paths of the cases
}

// bird is one canary.
type bird struct {
	owner, field, word string
	exported           bool // belongs into the owner's export
	open               bool // is meant to be readable: it shows that the scan can see
}

// journal is the server's log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) text() []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Clone(j.b.Bytes())
}

// errFlat is what the failing subscriber of this test answers: a fault that is
// declared already, since the register of codes is the product's.
var errFlat = desk.ErrOver

func newAviary(t *testing.T, home dbtest.Home) *aviary {
	t.Helper()
	log := &journal{}
	a, err := app.Open(t.Context(), app.Config{
		Database: home.URL, Home: t.TempDir(), Migrate: true, NoSync: true, Quick: true, Clock: home.Clock.Now, Version: "test",
		Log: telemetry.NewLogger(log, slog.LevelDebug),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	v := &aviary{t: t, log: log, who: map[string]id.Person{}}
	word := v.word("nobody", "error of a handler", false)
	outbox.On(a.Bus, "test.flat", func(context.Context, *db.Tx, outbox.Meta, desk.CaseOpened) error {
		return errFlat.Because(errors.New("cannot take " + word))
	})
	jobs.Handle(a.Jobs, "test.flat", func(context.Context, jobs.Job, struct{}) error { return errors.New("cannot do " + word) }, jobs.Attempts(2))
	v.World = (&apptest.House{App: a, Home: home, Clock: home.Clock}).Found(t, "one")
	v.admin = v.With(t, everyGrant()...)
	return v
}

// everyGrant is every right at once, as far as one operator goes.
func everyGrant() (out []access.Grant) {
	for _, r := range access.Roles {
		if r.Fits(apptest.Everywhere.Kind) {
			out = append(out, access.Grant{Role: r, Scope: apptest.Everywhere})
		}
	}
	return out
}

// word hatches the canary of a field.
func (v *aviary) word(owner, field string, exported bool) string {
	sum := sha256.Sum256([]byte(owner + "/" + field))
	letters := make([]byte, 16)
	for i := range letters {
		letters[i] = 'a' + sum[i]%26
	}
	letters[0] -= 'a' - 'A'
	v.birds = append(v.birds, bird{owner: owner, field: field, word: string(letters), exported: exported})
	return string(letters)
}

// phone hatches a canary of digits.
func (v *aviary) phone(owner string) string {
	number := fmt.Sprintf("4930%08d", crc32.ChecksumIEEE([]byte(owner))%100_000_000)
	v.birds = append(v.birds, bird{owner: owner, field: "phone", word: number, exported: true})
	return "+" + number
}

// ask is an intake in which every text is a canary.
func (v *aviary) ask(owner string) members {
	return apptest.Ask(func(in members) {
		in["text"] = "It says " + v.word(owner, "text", true) + " and stops."
		in["requester"] = members{
			"name": v.word(owner, "name", true) + " " + v.word(owner, "family name", true), "phone": v.phone(owner),
			"email": strings.ToLower(v.lower(owner, "email")) + "@example.org",
		}
		party := partyOf(owner)
		in["parties"] = []members{{
			"role": "user_on_site", "name": v.word(party, "name", true) + " " + v.word(party, "family name", true), "phone": v.phone(party),
			"email": v.lower(party, "email") + "@example.org",
		}}
		site := in["site"].(members)
		site["street"], site["city"] = v.word(owner, "street", true)+" 1", v.word(owner, "city", true)
	})
}

// partyOf is what the person is called who opens the door for the owner of a case.
func partyOf(owner string) string { return owner + "'s janitor" }

// lower hatches a canary in small letters.
func (v *aviary) lower(owner, field string) string {
	v.word(owner, field, true)
	b := &v.birds[len(v.birds)-1]
	b.word = strings.ToLower(b.word)
	return b.word
}

// fill has people of every kind fill every field that the API offers them, and
// some of it go wrong.
func (v *aviary) fill() {
	v.caseByPhone()
	v.caseByPortal()
	v.orders()
	v.visit()
	v.staff()
	v.wrong()
	v.letter()
	v.settleFlat()
}

// owns notes whose case the path shows.
func (v *aviary) owns(owner, path string) {
	v.t.Helper()
	seen := v.admin.Get(v.t, path)
	v.who[owner] = apptest.ID[id.PersonKind](v.t, seen, "customer.person")
	if owner != "row" { // a table names nobody else
		v.who[partyOf(owner)] = apptest.ID[id.PersonKind](v.t, seen, "parties.0.person")
	}
	v.cases = append(v.cases, path)
	v.paths = append(v.paths, path, path+"/timeline", path+"/visits", "/v1/persons/"+v.who[owner].String())
}

func (v *aviary) caseByPhone() {
	t := v.t
	body := v.ask("caller")
	made := v.admin.Post(t, "/v1/cases", body, "Idempotency-Key", "caller-1")
	v.admin.Post(t, "/v1/cases", body, "Idempotency-Key", "caller-1") // from the stored reply
	path := "/v1/cases/" + made.Text(t, "id")
	v.owns("caller", path)
	v.admin.Post(t, path+"/messages", members{"text": "Dear " + v.word("caller", "message", true)}, "Idempotency-Key", "say-1")
	v.admin.Post(t, path+"/messages", members{"text": v.word("caller", "note", true) + " called again", "internal": true})
	v.admin.Post(t, "/v1/persons/"+v.who["caller"].String()+"/requests", members{"kind": "access"})
	img := picture(t, 77) + v.word("caller", "behind a picture", false)
	photo := v.admin.Post(t, "/v1/files?kind=document&case="+made.Text(t, "id"), withText(img, v.word("caller", "in a picture", false)), "Content-Type", "image/png")
	v.paths = append(v.paths, "/v1/files/"+photo.Text(t, "id"))
	v.settleFlat()
	v.admin.Post(t, path+"/resolve", nil)
	v.Visitor().Post(t, "/v1/public/cases/"+v.admin.Get(t, path).Text(t, "link")+"/rating", members{"stars": 2, "comment": v.word("caller", "comment", true)})
}

// withText puts a text chunk into a PNG behind its header.
func withText(png, text string) string {
	const header = 8 + 25 // signature and IHDR
	data := "tEXtComment\x00" + text
	sum := crc32.ChecksumIEEE([]byte(data))
	n := len(data) - 4
	chunk := string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + data +
		string([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return png[:header] + chunk + png[header:]
}

func (v *aviary) caseByPortal() {
	t := v.t
	made := v.Visitor().Post(t, "/v1/public/requests", v.ask("visitor"), "Idempotency-Key", "visitor-1")
	path := "/v1/cases/" + made.Text(t, "id")
	v.owns("visitor", path)
	v.Visitor().Post(t, "/v1/public/cases/"+made.Text(t, "link")+"/chase", nil)
	p := "/v1/persons/" + v.who["visitor"].String()
	v.paths = append(v.paths, p)
	v.admin.Put(t, p, members{
		"country": "DE", "language": "de", "name": v.word("visitor", "corrected name", true), "phone": v.phone("visitor corrected"),
		"email": v.lower("visitor", "corrected email") + "@example.org",
		"address": members{
			"street": v.word("visitor", "address street", true), "city": v.word("visitor", "address city", true),
			"postcode": "10115", "region": v.word("visitor", "region", true),
		},
	}, "If-Match", v.admin.Get(t, p).Header.Get("ETag"))
	v.birds[slices.IndexFunc(v.birds, func(b bird) bool { return b.owner == "visitor corrected" })].owner = "visitor"
	for i, b := range v.birds { // what was corrected is no longer kept
		if b.owner == "visitor" && slices.Contains([]string{"name", "family name", "email"}, b.field) || b.word == v.first("visitor", "phone") {
			v.birds[i].exported = false
		}
	}
}

// first is the first canary of a field.
func (v *aviary) first(owner, field string) string {
	return v.birds[slices.IndexFunc(v.birds, func(b bird) bool { return b.owner == owner && b.field == field })].word
}

func (v *aviary) orders() {
	t := v.t
	o := v.ask("orderer")
	delete(o, "channel")
	o["number"] = "O-1"
	made := v.admin.Post(t, "/v1/orders", o, "Idempotency-Key", "order-1")
	cell := func(field string) string { return v.word("row", field, true) }
	table := "number;text;name;phone;email;country;postcode;city;street\n" +
		"R-1;" + cell("text") + ";" + cell("name") + ";" + v.phone("row") + ";" + v.lower("row", "email") + "@example.org;DE;10115;" +
		cell("city") + ";" + cell("street") + "\n" +
		"R-2;" + v.word("nobody", "text of a bad row", false) + ";" + v.word("nobody", "name of a bad row", false) + ";12;;DE;;;\n"
	v.admin.Post(t, "/v1/orders/import", members{"brand": "kuhlmann", "csv": table, "mapping": members{}})
	v.settleFlat()
	list := v.admin.Get(t, "/v1/orders").Items(t, "items")
	for _, i := range list {
		i := i.(members)
		v.paths = append(v.paths, "/v1/orders/"+i["id"].(string))
		owner := "row"
		if i["id"] == made.Text(t, "id") {
			owner = "orderer"
		}
		v.owns(owner, "/v1/cases/"+v.admin.Get(t, "/v1/orders/"+i["id"].(string)).Text(t, "case"))
	}
	if len(list) != 2 {
		t.Fatalf("%d orders came of one and a table", len(list))
	}
}

func (v *aviary) visit() {
	t := v.t
	in := v.ask("host")
	in["work_type"], in["serial"] = "install", v.word("nobody", "serial", false) // a product's, not a person's
	v.birds[len(v.birds)-1].open = true
	path := "/v1/cases/" + v.admin.Post(t, "/v1/cases", in).Text(t, "id")
	v.owns("host", path)
	v.settleFlat()
	why := v.word("nobody", "reason against a plan", false)
	v.admin.Do(t, "POST", path+"/plan/decide", members{"mode": "on_site", "reason": why + " wants it so"}).Want(t, 422)
	if p := v.admin.Get(t, path+"/plan"); p.Text(t, "state") == "proposed" {
		v.admin.Post(t, path+"/plan/decide", members{})
		v.settleFlat()
	}
	order := v.admin.Get(t, path+"/work-orders").Text(t, "items.0.id")
	v.admin.Do(t, "POST", "/v1/work-orders/"+order+"/finish", members{"outcome": "fixed", "cause": "as " + v.word("nobody", "cause of work", false) + " said"}).Want(t, 422)
	v.admin.Do(t, "POST", path+"/entitlement/decide", members{"causes": []string{"as " + v.word("nobody", "cause of a case", false) + " said"}}).Want(t, 422)
	photo := v.admin.Post(t, "/v1/files?case="+filepath.Base(path), picture(t, 33), "Content-Type", "image/png").Text(t, "id")
	now := v.Clock.Now()
	done := v.admin.Post(t, "/v1/visits", members{
		"client_id": "device-1-0001", "work_order": order, "technician": v.Anna, "started_at": now.Add(-time.Hour), "finished_at": now,
		"outcome": "done", "photos": []string{photo}, "notes": "hung it where " + v.word("host", "notes", true) + " said",
		"acceptance": members{"kind": "signature", "name": v.word("host", "signed by", true), "signature": photo},
	})
	v.paths = append(v.paths, "/v1/visits/"+done.Text(t, "id"), "/v1/files/"+photo)
}

func (v *aviary) staff() {
	t := v.t
	login := v.lower("user", "login")
	u := v.admin.Post(t, "/v1/users", members{
		"name": v.word("user", "name", true), "login": login, "email": v.lower("user", "email") + "@example.org", "country": "DE",
		"password": v.word("user", "password", false) + "-Long.1", "grants": []members{{"role": "agent", "scope": "tenant"}},
	})
	v.paths = append(v.paths, "/v1/users")
	for _, i := range v.admin.Get(t, "/v1/users").Items(t, "items") {
		if i := i.(members); i["id"] == u.Text(t, "id") {
			p, err := id.Parse[id.PersonKind](i["person_id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			v.who["user"] = p
		}
	}
	v.Visitor().Post(t, "/v1/login", members{"login": login, "password": v.first("user", "password") + "-Long.1"})
	v.Visitor().Do(t, "POST", "/v1/login", members{"login": login, "password": v.word("user", "wrong password", false)}).Want(t, 401)
	v.Visitor().Do(t, "POST", "/v1/login", members{"login": v.word("nobody", "wrong login", false), "password": "wrong-Long.1"}).Want(t, 401)
	tech := v.admin.Post(t, "/v1/technicians", members{
		"node": v.Berlin, "name": v.word("technician", "name", true), "employment": "core", "hour": members{"minor": 4000, "currency": "EUR"},
		"kilometre": members{"minor": 40, "currency": "EUR"}, "max_minutes": 600, "skills": []members{{"skill": "AC", "level": 3}}, "week": "Mo-Fr 08:00-17:00",
	})
	path := "/v1/technicians/" + tech.Text(t, "id")
	v.paths = append(v.paths, path, "/v1/technicians")
	v.who["technician"] = apptest.ID[id.PersonKind](t, v.admin.Get(t, path), "person")
}

// wrong sends canaries where they do not belong: in what is refused, in headers,
// in addresses.
func (v *aviary) wrong() {
	t := v.t
	word := func(field string) string { return v.word("nobody", field, false) }
	path := v.cases[0]
	for _, r := range []struct{ method, path, body string }{
		{"POST", "/v1/cases", `{"brand":"kuhlmann","` + word("unknown member") + `":1}`},
		{"POST", "/v1/cases", `{"brand":"kuhlmann","priority":"` + word("wrong type") + `"}`},
		{"POST", "/v1/cases", `{"brand":"` + word("unknown brand") + `","text":"x","requester":{"name":"` + word("refused name") + `","phone":"` + word("bad phone") + `"}}`},
		{"POST", "/v1/cases", `{"text":"` + word("broken JSON")},
		{"POST", "/v1/cases", `{"brand":"kuhlmann","channel":"phone","text":"x","symptom":"` + word("symptom") + ` is what it does","requester":{"name":"X Y","phone":"+49305550107"},"site":{"country":"DE"}}`},
		{"POST", "/v1/cases", `{"brand":"kuhlmann","channel":"phone","text":"x","model":"` + word("model") + ` or so","requester":{"name":"X Y","phone":"+49305550108"},"site":{"country":"DE"}}`},
		{"POST", "/v1/cases", `{"opened_at":"` + word("bad instant") + `"}`},
		{"POST", path + "/messages", `{"text":"` + word("two texts") + `","text":"` + word("two texts again") + `"}`},
		{"POST", path + "/plan/decide", `{"mode":"` + word("unknown mode") + `","reason":"` + word("plan reason") + ` is a text"}`},
		{"POST", path + "/" + word("unknown command"), `{}`},
		{"POST", "/v1/persons/find", `{"country":"DE","email":"` + word("searched email") + `@example.org"}`},
		{"GET", "/v1/cases/" + word("path"), ""},
		{"GET", "/v1/cases?state=" + word("query") + "&cursor=" + word("cursor"), ""},
		{"GET", "/v1/public/cases/" + word("link"), ""},
		{"GET", "/v1/public/warranty?brand=kuhlmann&serial=" + word("warranty serial"), ""},
		{"GET", "/p/c/" + word("page"), ""},
	} {
		var body any
		if r.body != "" {
			body = r.body
		}
		v.admin.Do(t, r.method, r.path, body, "User-Agent", word("user agent"), "Referer", "https://example.org/"+word("referer"))
	}
	for _, h := range []string{"If-Match", "Idempotency-Key", "Accept-Language", "X-Forwarded-For", "X-Request-Id", "Authorization", "Cookie", "Content-Type"} {
		v.admin.Do(t, "POST", path+"/chase", nil, h, word("header "+h))
		v.admin.Do(t, "POST", path+"/chase", "{}", h, `"`+word("quoted header "+h)+`"`)
	}
}

// letter sends the caller a letter.
func (v *aviary) letter() {
	t := v.t
	key, err := v.Ring.Get(t.Context(), v.Tenant, v.who["caller"])
	if err != nil {
		t.Fatal(err)
	}
	err = v.DB.InTx(t.Context(), v.Tenant, func(ctx context.Context, tx *db.Tx) error {
		_, err := v.Mail.Queue(ctx, tx, key, mail.Letter{Kind: "case_received", Lang: "en", To: v.first("caller", "email") + "@example.org", Hold: -1, Data: map[string]string{
			"brand": "Kuhlmann", "case": "1", "link": "x", "name": v.word("caller", "letter", true),
		}})
		if err != nil {
			return err
		}
		return v.Jobs.Enqueue(ctx, tx, "test.flat", "", v.Clock.Now(), struct{}{})
	})
	if err != nil {
		t.Fatal(err)
	}
	v.paths = append(v.paths, "/v1/mails")
}

// settleFlat delivers everything but what the test makes fail.
func (v *aviary) settleFlat() {
	v.t.Helper()
	for range 4 { // each thing that fails is told once, and ends the round
		if err := v.App.Settle(v.t.Context()); err == nil {
			return
		} else if text := err.Error(); !strings.Contains(text, "test.flat") || strings.Contains(strings.ReplaceAll(text, "test.flat", ""), "parked") {
			v.t.Fatal(err)
		}
	}
}

// aloft returns the canaries that can be read in b, and whether the one can that
// is meant to.
func (v *aviary) aloft(b []byte) (out []string, seen bool) {
	for _, c := range v.birds {
		switch {
		case !holds(b, forms(c.word)):
		case c.open:
			seen = true
		default:
			out = append(out, c.owner+"'s "+c.field)
		}
	}
	return out, seen
}

// silent fails for every file below the folders in which a canary can be read,
// and if not even that one is found which is there for all to see.
func (v *aviary) silent(when string, dirs ...string) {
	v.t.Helper()
	any := false
	for _, dir := range dirs {
		scan(v.t, dir, func(file string, b []byte) {
			found, seen := v.aloft(b)
			any = any || seen
			if found != nil {
				v.t.Errorf("%s, %s holds %s", when, filepath.Base(file), strings.Join(found, ", "))
			}
		})
	}
	if !any {
		v.t.Errorf("%s, the scan sees nothing", when)
	}
}

// places returns folders with all that a house keeps. PostgreSQL's own files are
// another's, so its tables are written out as text.
func storesOf(t *testing.T, c app.Config, postgres bool) []string {
	t.Helper()
	if !postgres {
		return []string{filepath.Dir(c.Database)}
	}
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "pg_dump", "--dbname="+c.Database, "--file="+filepath.Join(dir, "all.sql")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return []string{dir, c.Home}
}

// wrapped returns the stored keys of the persons, as they lie in the key store.
func (v *aviary) wrapped() (out [][]byte) {
	v.t.Helper()
	err := v.KeyDB.Read(v.t.Context(), v.Tenant, func(ctx context.Context, tx *db.Tx) error {
		for _, p := range v.who {
			var w []byte
			if err := tx.Row(ctx, `SELECT wrapped FROM keys_person WHERE tenant_id = ? AND person_id = ?`, tx.Tenant(), p).Scan(&w); err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

// gone fails if one of the keys is in a file below the folders.
func (v *aviary) gone(when string, dirs []string, keys [][]byte) {
	v.t.Helper()
	for _, dir := range dirs {
		scan(v.t, dir, func(file string, b []byte) {
			for _, k := range keys {
				if bytes.Contains(b, k) || bytes.Contains(b, []byte(hex.EncodeToString(k))) {
					v.t.Errorf("%s, %s still holds a key", when, filepath.Base(file))
				}
			}
		})
	}
}

// told fails if some page shows no canary while all are there: it would show
// nothing to look at it afterwards.
func (v *aviary) told() {
	v.t.Helper()
	for _, path := range v.paths {
		r := v.admin.Get(v.t, path)
		if found, _ := v.aloft(r.Body); found == nil && r.Header.Get("Content-Type") == "application/json" &&
			!strings.HasSuffix(path, "/visits") && !strings.HasPrefix(path, "/v1/orders/") {
			v.t.Errorf("before, GET %s tells nobody's: %s", path, r.Body)
		}
	}
}

// untold fails if the API shows any canary to whoever may see everything.
func (v *aviary) untold(when string, c *apptest.Client) {
	v.t.Helper()
	for _, path := range v.paths {
		r := c.Do(v.t, http.MethodGet, path, nil)
		if found, _ := v.aloft(r.Body); found != nil {
			v.t.Errorf("%s, GET %s tells %s", when, path, strings.Join(found, ", "))
		}
		if r.Status >= 500 {
			v.t.Errorf("%s, GET %s = %d %s", when, path, r.Status, r.Body)
		}
	}
	for _, b := range v.birds {
		search := members{"country": "DE"}
		switch {
		case strings.Contains(b.field, "email"):
			search["email"] = b.word + "@example.org"
		case b.field == "phone":
			search["phone"] = "+" + b.word
		default:
			continue
		}
		if r := c.Do(v.t, http.MethodPost, "/v1/persons/find", search); len(r.Items(v.t, "items")) != 0 {
			v.t.Errorf("%s, %s is found by %s: %s", when, b.owner, b.field, r.Body)
		}
	}
}

// proofs checks every proof of every case and returns how many there are, and
// how many records of a person opened.
func (v *aviary) proofs(c *apptest.Client) (all, opened int) {
	v.t.Helper()
	key := c.Get(v.t, "/v1/public/log").Text(v.t, "key")
	for _, path := range v.cases {
		for _, l := range c.Get(v.t, path+"/proofs").Items(v.t, "items") {
			var b proof.Bundle
			c.Get(v.t, path+"/proofs/"+l.(members)["leaf"].(string)).Into(v.t, &b)
			f, err := proof.Check(b, key)
			if err != nil {
				v.t.Errorf("proof of %v: %v", l, err)
			}
			all++
			if f.Opened && f.Kind != "charges" { // which are the operator's books, and name nobody
				opened++
			}
		}
	}
	return all, opened
}

// Whoever is erased is gone: from the files, the logs, the stored replies, the
// dead letters and the look-up, and from a backup that was made before, once it
// is restored. What was proved stays proved.
func TestErasure(t *testing.T) {
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, home dbtest.Home) {
		v := newAviary(t, home)
		v.fill()
		v.exports()
		if l := v.admin.Get(t, "/v1/dead-letters"); len(l.Items(t, "events")) == 0 || len(l.Items(t, "jobs")) == 0 {
			t.Errorf("nothing has failed: %s", l.Body)
		}
		all, opened := v.proofs(v.admin)
		if all < 7 || opened < 6 {
			t.Errorf("before, %d of %d proofs are of persons", opened, all)
		}
		v.told()
		v.paths = append(v.paths, "/v1/dead-letters")
		before, _ := backUp(t, v.House)
		keys := v.wrapped()
		v.everywhere("before the erasure", before)

		for _, owner := range v.who {
			if r := v.admin.Post(t, "/v1/persons/"+owner.String()+"/erase", nil); r.Find(t, "erased") != true {
				t.Errorf("erased %s", r.Body)
			}
		}
		v.settleFlat()
		if err := v.DB.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, _ := backUp(t, v.House)
		v.everywhere("after the erasure", after)
		v.gone("after the erasure", append(storesOf(t, v.Config, v.DB.Postgres()), unpacked(t, after.main), unpacked(t, after.keys)), keys)
		v.untold("after the erasure", v.admin)
		if n, open := v.proofs(v.admin); n != all || open != 0 {
			t.Errorf("after the erasure %d of %d proofs hold, %d open", n, all, open)
		}
		for _, p := range v.who {
			v.admin.Do(t, "GET", "/v1/persons/"+p.String()+"/export", nil).Want(t, 404, 409, 410)
		}
		v.restored(before, keys, all)
	})
}

// everywhere scans all that is kept, the log, and a backup.
func (v *aviary) everywhere(when string, p pair) {
	v.t.Helper()
	v.silent(when, storesOf(v.t, v.Config, v.DB.Postgres())...)
	v.silent(when+", in a backup", unpacked(v.t, p.main), unpacked(v.t, p.keys))
	log := v.log.text()
	if found, _ := v.aloft(log); found != nil || !bytes.Contains(log, []byte("test.flat")) {
		v.t.Errorf("%s, the log of %d bytes tells %s", when, len(log), strings.Join(found, ", "))
	}
}

// exports holds each owner's export against the canaries.
func (v *aviary) exports() {
	v.t.Helper()
	for owner, p := range v.who {
		e := v.admin.Get(v.t, "/v1/persons/"+p.String()+"/export")
		for _, b := range v.birds {
			is := bytes.Contains(e.Body, []byte(b.word))
			if b.owner == owner && b.exported && !is {
				v.t.Errorf("the export of the %s lacks the %s", owner, b.field)
			}
			if b.owner != owner && is && !b.open {
				v.t.Errorf("the export of the %s holds %s's %s", owner, b.owner, b.field)
			}
		}
	}
}

// restored puts the backup from before back on another machine, with the ledger,
// and once more on one that knows of the erasures by a list that was brought.
func (v *aviary) restored(p pair, keys [][]byte, proofs int) {
	v.t.Helper()
	there := elsewhere(v.t, v.House)
	if said, err := there.restore(v.t.Context(), p); err != nil || !strings.Contains(said, fmt.Sprintf("%d erasures were missing", len(v.who))) {
		v.t.Fatalf("restore: %v\n%s", err, said)
	}
	v.gone("restored", storesOf(v.t, there.config, v.DB.Postgres()), keys)
	v.silent("restored", storesOf(v.t, there.config, v.DB.Postgres())...)
	again := there.open(v.t, v.World)
	admin := v.admin.In(again)
	v.untold("restored", admin)
	if n, open := v.proofs(admin); n != proofs || open != 0 {
		v.t.Errorf("restored, %d of %d proofs hold, %d open", n, proofs, open)
	}

	bare := elsewhere(v.t, v.House)
	ledger := ledgerOf(bare.config, v.DB.Postgres())
	list := changed(v.t, ledger, func(b []byte) []byte { return b })
	if err := os.Remove(ledger); err != nil {
		v.t.Fatal(err)
	}
	if said, err := bare.restore(v.t.Context(), p, func(f *app.RestoreFrom) { f.Ledgers = []string{list} }); err != nil {
		v.t.Fatalf("restore: %v\n%s", err, said)
	}
	v.gone("restored with a list", storesOf(v.t, bare.config, v.DB.Postgres()), keys)
}
