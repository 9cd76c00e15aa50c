package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// Four installations of the program work on one PostgreSQL and hear the events
// of every case in order, each once, while two of them take commands; what a
// brand is told of its orders is what became of them.
func TestLanesInOrder(t *testing.T) {
	t.Parallel()
	home, dir := dbtest.Postgres(t), t.TempDir()
	heard := &diary{}
	crew := make([]*apptest.House, 4)
	for i := range crew {
		a, err := app.Open(t.Context(), app.Config{
			Database: home.URL, Home: dir, Migrate: i == 0, Quick: true, Clock: home.Clock.Now, Version: "test",
			Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		const lane = "test.order"
		outbox.On(a.Bus, lane, func(_ context.Context, tx *db.Tx, m outbox.Meta, _ desk.CaseOpened) error {
			return heard.note(tx, m, true)
		})
		outbox.On(a.Bus, lane, func(_ context.Context, tx *db.Tx, m outbox.Meta, e desk.CaseMoved) error {
			return heard.note(tx, m, e.Reason == "desk.by_hand") // else it follows from the plan
		})
		outbox.On(a.Bus, lane, func(_ context.Context, tx *db.Tx, m outbox.Meta, _ desk.CaseChased) error {
			return heard.note(tx, m, true)
		})
		crew[i] = &apptest.House{App: a, Home: home, Clock: home.Clock}
	}
	w := crew[0].Found(t, "one")
	agent := w.With(t, everyGrant()...)
	other := *w
	other.House = crew[1]
	at := []*apptest.Client{agent, agent.In(&other)}

	working, stop := context.WithCancel(t.Context())
	var shift sync.WaitGroup
	for _, h := range crew {
		shift.Go(func() {
			if err := h.RunWork(working); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	want := commandAll(t, at, 24, 8)
	stop()
	shift.Wait()
	w.Settle(t)

	if diff := cmp.Diff(want, heard.inOrder(t)); diff != "" {
		t.Errorf("events of each case (-published +heard):\n%s", diff)
	}
	for _, o := range agent.Get(t, "/v1/orders?limit=100").Items(t, "items") {
		o := o.(members)
		state := agent.Get(t, "/v1/cases/"+agent.Get(t, "/v1/orders/"+o["id"].(string)).Text(t, "case")).Text(t, "state")
		if told := map[string]string{"resolved": "done", "open": "in_work"}[state]; o["state"] != told {
			t.Errorf("the case is %s, the brand is told %s", state, o["state"])
		}
	}
}

// commandAll opens cases by orders and moves each of them back and forth, from
// both sides at once. It returns how many events each case must have been heard
// of.
func commandAll(t *testing.T, at []*apptest.Client, cases, rounds int) map[string]int {
	t.Helper()
	published := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range cases {
		wg.Go(func() {
			o := at[n%2].Post(t, "/v1/orders", order("N-"+strconv.Itoa(n)))
			path := at[n%2].Get(t, "/v1/orders/"+o.Text(t, "id"))
			for path.Find(t, "case") == nil { // it follows by events
				path = at[n%2].Get(t, "/v1/orders/"+o.Text(t, "id"))
			}
			c := path.Text(t, "case")
			for r := range rounds {
				verb := []string{"resolve", "reopen"}[r%2]
				var both sync.WaitGroup
				for _, a := range at { // one of the two moves it, or the second finds it moved
					both.Go(func() { a.Do(t, http.MethodPost, "/v1/cases/"+c+"/"+verb, nil).Want(t, 200, 409) })
				}
				both.Go(func() { at[r%2].Post(t, "/v1/cases/"+c+"/chase", nil) })
				both.Wait()
			}
			mu.Lock()
			defer mu.Unlock()
			published[c] = 1 + rounds + rounds
		})
	}
	wg.Wait()
	return published
}

// diary notes what was heard, when the step that heard it is durable.
type diary struct {
	mu   sync.Mutex
	list []entry
}

type entry struct {
	outbox.Meta
	asked bool // by the test, as against what follows of itself
}

func (d *diary) note(tx *db.Tx, m outbox.Meta, asked bool) error {
	tx.AfterCommit(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.list = append(d.list, entry{m, asked})
	})
	return nil
}

// inOrder fails for an event that was heard twice or after a later one of its
// case, and counts by case those that the test has asked for.
func (d *diary) inOrder(t *testing.T) map[string]int {
	t.Helper()
	last, n := map[id.Raw]int64{}, map[string]int{}
	for _, m := range d.list {
		if m.Seq <= last[m.Subject] {
			t.Errorf("%s, event %d of its case, is heard after event %d", m.Name, m.Seq, last[m.Subject])
		}
		last[m.Subject] = m.Seq
		if m.asked {
			n[id.Case(m.Subject).String()]++
		}
	}
	return n
}
