package mail_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/keys"
	"fettle.dev/fettle/platform/mail"
)

// postman notes what it is given and answers with the next of its errors.
type postman struct {
	mu   sync.Mutex
	got  []mail.Message
	errs []error
}

func (p *postman) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	if len(p.errs) == 0 {
		return nil
	}
	err := p.errs[0]
	p.errs = p.errs[1:]
	return err
}

type world struct {
	d       *db.DB
	ring    *keys.Ring
	key     *keys.Key
	box     *mail.Box
	post    *postman
	domain  *clock.Set
	machine *clock.Set
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		w := &world{post: &postman{}, domain: h.Clock, machine: clock.NewSet(dbtest.Now)}
		w.d = h.Open(t, db.Options{Machine: w.machine.Now})
		dir := t.TempDir()
		var err error
		w.ring, err = keys.Open(t.Context(), w.d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.ring.Close() })
		made, err := w.ring.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
		if err != nil {
			t.Fatal(err)
		}
		w.key = made[0]
		w.box = mail.New(w.d, w.ring, w.post)
		fn(t, w)
	}, keys.Schema(), jobs.Schema(), mail.Schema())
}

func (w *world) step(t *testing.T, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := w.d.InTx(t.Context(), dbtest.Tenant, fn); err != nil {
		t.Fatal(err)
	}
}

var letter = mail.Letter{
	Kind: mail.Greeting, Lang: "de-AT", To: "jane@example.org",
	Data: map[string]string{"brand": "Kuhlmann", "case": "C-17", "name": "Jane Doe", "link": "https://example.org/f/x"},
}

func (w *world) queue(t *testing.T, l mail.Letter) (m id.Mail) {
	t.Helper()
	w.step(t, func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = w.box.Queue(ctx, tx, w.key, l)
		return err
	})
	return m
}

func (w *world) sendDue(t *testing.T, want int) {
	t.Helper()
	if n, err := w.box.SendDue(t.Context(), dbtest.Tenant); err != nil || n != want {
		t.Errorf("SendDue = %d, %v, want %d", n, err, want)
	}
}

func (w *world) get(t *testing.T, m id.Mail) mail.Entry {
	t.Helper()
	e, err := w.box.Get(t.Context(), dbtest.Tenant, m)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		m := w.queue(t, letter)
		w.sendDue(t, 0) // held
		w.domain.To(dbtest.Now.Add(mail.Hold))
		w.sendDue(t, 1)
		w.sendDue(t, 0)
		subject, body, err := mail.Render(letter.Kind, "en", letter.Data)
		if err != nil {
			t.Fatal(err)
		}
		want := []mail.Message{{ID: m, To: letter.To, Subject: subject, Body: body, Lang: "en"}}
		if diff := cmp.Diff(want, w.post.got); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		entry := mail.Entry{
			ID: m, Person: w.key.Person(), Kind: letter.Kind, Lang: "en", State: mail.Sent, To: letter.To,
			Subject: subject, Body: body, Attempts: 1, CreatedAt: dbtest.Now,
			SendAfter: dbtest.Now.Add(mail.Hold), SentAt: dbtest.Now.Add(mail.Hold),
		}
		if diff := cmp.Diff(entry, w.get(t, m)); diff != "" {
			t.Errorf("Get (-want +got):\n%s", diff)
		}
	})
}

// A step that fails sends nothing.
func TestQueueIsPartOfTheStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		no := errors.New("no")
		err := w.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			_, err := w.box.Queue(ctx, tx, w.key, letter)
			return errors.Join(err, no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		w.domain.To(dbtest.Now.Add(time.Hour))
		w.sendDue(t, 0)
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		cancel := func(m id.Mail) error {
			return w.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return w.box.Cancel(ctx, tx, m) })
		}
		m := w.queue(t, letter)
		for range 2 {
			if err := cancel(m); err != nil {
				t.Fatal(err)
			}
		}
		w.domain.To(dbtest.Now.Add(time.Hour))
		w.sendDue(t, 0)
		if got := w.get(t, m).State; got != mail.Cancelled {
			t.Errorf("it is %s", got)
		}
		at := letter
		at.Hold = -1
		m = w.queue(t, at)
		w.sendDue(t, 1)
		if err := cancel(m); !errors.Is(err, mail.ErrTooLate) {
			t.Errorf("Cancel of what is sent = %v, want %v", err, mail.ErrTooLate)
		}
		if err := cancel(id.New[id.MailKind]()); !errors.Is(err, mail.ErrNotFound) {
			t.Errorf("Cancel of nothing = %v, want %v", err, mail.ErrNotFound)
		}
	})
}

func TestSendTriesAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		at := letter
		at.Hold = -1
		m := w.queue(t, at)
		w.post.errs = []error{errors.New("jane@example.org is busy"), errors.New("busy")}
		w.sendDue(t, 0)
		w.sendDue(t, 0)
		if e := w.get(t, m); len(w.post.got) != 1 || e.State != mail.Queued || e.Failure != "unreachable" {
			t.Fatalf("after one failure: %d tries, %+v", len(w.post.got), e)
		}
		w.machine.To(dbtest.Now.Add(time.Minute))
		w.sendDue(t, 0)
		w.machine.To(dbtest.Now.Add(time.Hour))
		w.sendDue(t, 1)
		if e := w.get(t, m); len(w.post.got) != 3 || e.State != mail.Sent || e.Failure != "" {
			t.Errorf("at the end: %d tries, %+v", len(w.post.got), e)
		}
	})
}

func TestSendGivesUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		at := letter
		at.Hold = -1
		refused := w.queue(t, at)
		w.post.errs = []error{errors.Join(mail.ErrRefused, errors.New("550"))}
		w.sendDue(t, 0)
		if e := w.get(t, refused); e.State != mail.Failed || e.Failure != "refused" {
			t.Errorf("refused: %+v", e)
		}
		never := w.queue(t, at)
		for i := range 20 {
			w.post.errs = []error{errors.New("busy")}
			w.machine.To(dbtest.Now.Add(time.Duration(i) * 24 * time.Hour))
			w.sendDue(t, 0)
		}
		if e := w.get(t, never); e.State != mail.Failed || e.Attempts != 8 || e.Failure != "unreachable" {
			t.Errorf("unreachable: %+v", e)
		}
	})
}

// A worker that died with letters in its hands leaves them to the next one.
func TestLeaseEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		at := letter
		at.Hold = -1
		m := w.queue(t, at)
		dying, cancel := context.WithCancel(t.Context())
		box := mail.New(w.d, w.ring, senderFunc(func(context.Context) error { cancel(); panic("the process dies") }))
		func() {
			defer func() { _ = recover() }()
			_, _ = box.SendDue(dying, dbtest.Tenant)
		}()
		w.sendDue(t, 0)
		w.machine.To(dbtest.Now.Add(time.Hour))
		w.sendDue(t, 1)
		if e := w.get(t, m); e.State != mail.Sent || e.Attempts != 2 {
			t.Errorf("it is %+v", e)
		}
	})
}

type senderFunc func(ctx context.Context) error

func (f senderFunc) Send(ctx context.Context, _ mail.Message) error { return f(ctx) }

// Several processes send side by side, and nobody hears twice.
func TestSendSideBySide(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		at := letter
		at.Hold = -1
		for range 60 {
			w.queue(t, at)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := mail.New(w.d, w.ring, w.post).SendDue(t.Context(), dbtest.Tenant); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		seen := map[id.Mail]int{}
		for _, m := range w.post.got {
			seen[m.ID]++
		}
		if len(seen) != 60 || len(w.post.got) != 60 {
			t.Errorf("%d letters were sent %d times", len(seen), len(w.post.got))
		}
	})
}

// A letter leaves by itself when its hold is over, and not before.
func TestWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		r := jobs.New(w.d, jobs.Options{Tenants: func(context.Context) ([]id.Tenant, error) { return []id.Tenant{dbtest.Tenant}, nil }})
		w.box.Work(r)
		drain := func(at time.Duration, want int) {
			t.Helper()
			w.domain.To(dbtest.Now.Add(at))
			if err := r.Drain(t.Context()); err != nil || len(w.post.got) != want {
				t.Errorf("after %s: %v, %d letters, want %d", at, err, len(w.post.got), want)
			}
		}
		drain(0, 0)
		w.queue(t, letter)
		w.queue(t, letter)
		drain(mail.Hold-time.Millisecond, 0)
		w.post.errs = []error{nil, errors.New("busy")}
		drain(mail.Hold, 2)
		w.machine.To(dbtest.Now.Add(time.Hour))
		drain(2*time.Minute, 3)
		drain(time.Hour, 3)
	})
}

func TestErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		at := letter
		at.Hold = -1
		sent := w.queue(t, at)
		w.sendDue(t, 1)
		waiting := w.queue(t, letter)
		if err := w.ring.Shred(t.Context(), dbtest.Tenant, w.key.Person()); err != nil {
			t.Fatal(err)
		}
		w.domain.To(dbtest.Now.Add(time.Hour))
		w.sendDue(t, 0)
		for m, want := range map[id.Mail]mail.State{sent: mail.Sent, waiting: mail.Cancelled} {
			if e := w.get(t, m); e.State != want || e.To != "" || e.Subject != "" || e.Body != "" {
				t.Errorf("after the key is gone: %+v", e)
			}
		}
		late := w.queue(t, letter)
		for range 2 {
			w.step(t, func(ctx context.Context, tx *db.Tx) error { return w.box.Forget(ctx, tx, w.key.Person()) })
		}
		if e := w.get(t, late); e.State != mail.Cancelled {
			t.Errorf("after Forget it is %s", e.State)
		}
		n, err := db.Get(t.Context(), w.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) (n int64, err error) {
			return n, tx.Row(ctx, `SELECT count(*) FROM mail_message WHERE tenant_id = ? AND (recipient IS NOT NULL OR subject IS NOT NULL OR body IS NOT NULL)`, tx.Tenant()).Scan(&n)
		})
		if err != nil || n != 0 {
			t.Errorf("%d letters keep sealed texts, %v", n, err)
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		var want []id.Mail
		for range 5 {
			want = append([]id.Mail{w.queue(t, letter)}, want...)
		}
		var got []id.Mail
		for before := (id.Mail{}); ; {
			page, err := w.box.List(t.Context(), dbtest.Tenant, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				if e.Body != "" || e.To != letter.To {
					t.Errorf("an entry of the list: %+v", e)
				}
				got, before = append(got, e.ID), e.ID
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("List (-want +got):\n%s", diff)
		}
		mine, err := w.box.ByPerson(t.Context(), dbtest.Tenant, w.key.Person())
		if err != nil || len(mine) != 5 || mine[0].Body == "" {
			t.Errorf("ByPerson = %d letters, %v", len(mine), err)
		}
		if list, err := w.box.List(t.Context(), dbtest.Other, id.Mail{}, 10); err != nil || len(list) != 0 {
			t.Errorf("another tenant sees %v, %v", list, err)
		}
		if _, err := w.box.Get(t.Context(), dbtest.Other, want[0]); !errors.Is(err, mail.ErrNotFound) {
			t.Errorf("Get for another tenant = %v, want %v", err, mail.ErrNotFound)
		}
	})
}

func TestNothingReadable(t *testing.T) {
	t.Parallel()
	h := dbtest.SQLite(t, keys.Schema(), mail.Schema())
	d, dir := h.Open(t, db.Options{}), filepath.Dir(h.URL)
	r, err := keys.Open(t.Context(), d, keys.Options{RootFile: filepath.Join(dir, "root"), Ledger: filepath.Join(dir, "erasures")})
	if err != nil {
		t.Fatal(err)
	}
	made, err := r.Create(t.Context(), dbtest.Tenant, id.New[id.PersonKind]())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{d: d, key: made[0], box: mail.New(d, r, mail.Shelf{})}
	m := w.queue(t, letter)
	if dbtest.Contains(t, dir, string(m[:])) == "" {
		t.Fatal("not even the id is in the file: the scan sees nothing")
	}
	for _, text := range []string{letter.To, "Jane Doe", "C-17", "example.org/f/x", "Kuhlmann"} {
		if where := dbtest.Contains(t, dir, text); where != "" {
			t.Errorf("%q is readable in %s", text, filepath.Base(where))
		}
	}
}

// One job of a process wakes for all letters of a second; a step that was taken back
// is not counted on, and neither is a job that has run.
func TestWake(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		r := jobs.New(w.d, jobs.Options{})
		w.box.Work(r)
		takenBack := errors.New("taken back")
		err := w.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			_, err := w.box.Queue(ctx, tx, w.key, letter)
			return errors.Join(err, takenBack)
		})
		if !errors.Is(err, takenBack) {
			t.Fatal(err)
		}
		for round := range 2 {
			list := []id.Mail{w.queue(t, letter), w.queue(t, letter), w.queue(t, letter)}
			w.domain.To(w.domain.Now().Add(mail.Hold + time.Second))
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if got := w.get(t, m).State; got != mail.Sent {
					t.Errorf("round %d: a letter is %s", round, got)
				}
			}
		}
	})
}
