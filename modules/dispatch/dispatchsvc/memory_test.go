package dispatchsvc_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

// twins are two processes on one PostgreSQL; on SQLite, which has one process, they are
// two modules with a memory of their own.
func twins(t *testing.T, fn func(t *testing.T, a, b *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		var deps dispatchsvc.Deps
		a := newKit(t, h, func(_ *kit, d *dispatchsvc.Deps) { deps = *d })
		b := *a
		if b.db.Postgres() {
			b.db = h.Open(t, db.Options{})
		}
		quiet := slog.New(slog.DiscardHandler)
		deps.DB, deps.Bus, deps.Jobs, deps.Hints = b.db, outbox.New(b.db, outbox.Options{Log: quiet}), jobs.New(b.db, jobs.Options{Log: quiet}), nil
		b.Module = dispatchsvc.New(deps)
		b.api = httpapi.New(httpapi.Options{Auth: &b, Guard: deps.Guard, Log: quiet})
		b.Routes(b.api)
		fn(t, a, &b)
	}, schemas...)
}

// remembers holds what the plan in memory says against one that is made of the rows.
func (k *kit) remembers(t *testing.T, wo id.WorkOrder, after string) (how string) {
	t.Helper()
	memory, rows, upset, how, err := k.Remember(t.Context(), dbtest.Tenant, wo)
	if err != nil {
		t.Fatalf("after %s: %v", after, err)
	}
	if d := cmp.Diff(rows, memory); d != "" {
		t.Fatalf("after %s (%s): memory offers something else than the rows: %s", after, how, d)
	}
	if d := cmp.Diff(upset[1], upset[0]); d != "" {
		t.Fatalf("after %s (%s): memory sees other promises in danger than the rows: %s", after, how, d)
	}
	return how
}

// Two processes book, move, cancel, fall ill, drive about, take longer, wait for parts, are
// held up on the roads, lend people to one another and add some at two nodes of one database,
// in turns and as time passes. After each step both offer from memory what a plan offers
// that is read anew, for either node.
func TestMemoryIsTheRows(t *testing.T) {
	twins(t, func(t *testing.T, a, b *kit) {
		r := rand.New(rand.NewPCG(11, 1))
		day := day{kits: []*kit{a, b}, r: r, seen: map[string]int{}, did: map[string]int{}}
		for i := range 6 {
			node := []id.Node{berlin, berlin, potsdam}[i%3]
			tech := a.hireAt(t, node, fmt.Sprintf(`"max_visits":%d,"overtime_minutes":60`, r.IntN(2)*5))
			if i < 3 {
				a.lend(t, tech, int64(100*i), "", []id.Node{potsdam, potsdam, berlin}[i])
			}
			day.techs = append(day.techs, tech.String())
			day.of = append(day.of, node)
		}
		open := []id.WorkOrder{a.visit(t, 250, 45, near(4)), a.visitAt(t, potsdam, 251, 45, near(6))} // which everybody asks about
		for n := range 200 {
			if n == 100 { // from now on the plans keep promises by themselves
				a.autonomy(t, dispatch.Keeping)
				a.want(t, 200, "PUT", "/v1/board/"+potsdam.String()+"/engine", `{"autonomy":"keep"}`, "If-Match", "*")
			}
			after := day.step(t, n)
			for i, k := range day.kits {
				if r.IntN(4) > 0 || n == 199 { // or it misses some steps
					day.seen[k.remembers(t, open[i], fmt.Sprintf("step %d: %s, process %d", n, after, i))]++
					day.seen[k.remembers(t, open[1-i], fmt.Sprintf("step %d: %s, process %d, the other node", n, after, i))]++
				}
			}
		}
		kept := a.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")["kept"].(float64) + a.want(t, 200, "GET", "/v1/board/"+potsdam.String()+"/engine", "")["kept"].(float64)
		if day.seen["followed"] < 120 || day.seen["stated"] < 6 || day.did["take"] < 20 || day.did["arrive"] < 1 || day.did["record"] < 1 || day.did["guest"] < 5 ||
			day.did["wait"] < 5 || day.did["overrun"] < 3 || day.did["slow"] < 3 || day.did["free"] < 1 || kept == 0.0 {
			t.Errorf("plans came about by %v after %v, %v kept: too little to mean anything", day.seen, day.did, kept)
		}
	})
}

// day is what happens at a node.
type day struct {
	kits   []*kit
	r      *rand.Rand
	techs  []string
	of     []id.Node // whose they are
	visits byte
	booked []string
	slow   string // what slows the roads down, or did
	after  time.Duration
	ahead  int // days that bookings lie further in the future
	seen   map[string]int
	did    map[string]int
}

// step lets something happen in one of the processes.
func (d *day) step(t *testing.T, n int) (what string) {
	t.Helper()
	k, first := d.kits[d.r.IntN(2)], d.kits[0]
	some := func() string { return d.booked[d.r.IntN(len(d.booked))] }
	who := d.r.IntN(len(d.techs))
	tech := d.techs[who]
	start := tuesday(8+2*d.r.IntN(5)).AddDate(0, 0, d.r.IntN(3)-1+d.ahead).Format(time.RFC3339)
	try := func(verb, path, body string) {
		if status, _ := k.call(t, "POST", path, body); status < 300 {
			d.did[verb]++
		}
		first.settle(t)
	}
	switch at := d.r.IntN(16); {
	case n%40 == 39:
		d.techs, d.of = append(d.techs, k.hire(t, "").String()), append(d.of, berlin)
		return "hired"
	case n%10 == 9:
		other := []id.Node{potsdam}
		if d.of[who] == potsdam {
			other = []id.Node{berlin}
		}
		until := []string{"", `,"until":"2026-11-25"`}[d.r.IntN(2)]
		k.want(t, 200, "PUT", "/v1/technicians/"+tech+"/lends", lends(d.r.Int64N(2000), until, other[:min(1, d.r.IntN(4))]...))
		return "a lend"
	case at < 5 || len(d.booked) == 0:
		d.visits++
		node := []id.Node{berlin, potsdam}[d.r.IntN(2)]
		wo := first.visitAt(t, node, d.visits, 20+10*d.r.Int64N(6), near(20*d.r.Float64()))
		by := ""
		if d.r.IntN(2) == 0 {
			by = fmt.Sprintf(`,"technician":%q`, tech)
		}
		_, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q%s}`, wo, start, by))
		first.settle(t)
		if a, ok := out["id"].(string); ok {
			d.booked = append(d.booked, a)
			got := first.want(t, 200, "GET", "/v1/appointments/"+a, "")["technician"].(string)
			if d.of[slices.Index(d.techs, got)] != node {
				d.did["guest"]++
			}
			try("take", "/v1/appointments/"+a+"/dispatch", "{}")
		}
		return "a booking"
	case at == 5:
		a := some()
		try("cancel", "/v1/appointments/"+a+"/cancel", "{}")
		return "a cancellation"
	case at == 6:
		try("move", "/v1/appointments/"+some()+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, start, tech))
		return "a move"
	case at == 7:
		days := []string{`{"absences":[]}`, `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`, `{"absences":[{"day":"2026-11-23","reason":"sick"},{"day":"2026-11-25","reason":"sick"}]}`}
		k.want(t, 200, "PUT", "/v1/technicians/"+tech+"/absences", days[d.r.IntN(3)])
		return "an absence"
	case at == 8:
		a := some()
		for _, verb := range []string{"accept", "travel", "arrive"}[d.r.IntN(3):] {
			try(verb, "/v1/appointments/"+a+"/"+verb, "{}")
		}
		return "a technician under way"
	case at == 9:
		found := k.appointment(t, some())
		for range 20 { // somebody who has begun
			if !found.State.Begun() {
				found = k.appointment(t, some())
			}
		}
		if found.State.Begun() {
			now := first.clock.Now()
			first.publish(t, field.VisitRecorded{Appointment: found.ID, WorkOrder: found.WorkOrder, Case: found.Case, Outcome: work.Fixed, StartedAt: now.Add(-20 * time.Minute), FinishedAt: now})
			d.did["record"]++
		}
		return "a record"
	case at == 10:
		found := first.appointment(t, some())
		e := word(found, found.StartAt.Add(time.Duration(d.r.IntN(150))*time.Minute))
		if d.r.IntN(3) == 0 {
			e = parts.DelayEnded{Appointment: found.ID, WorkOrder: found.WorkOrder, Case: found.Case}
		}
		first.publish(t, e)
		d.did["wait"]++
		return "a word about parts"
	case at == 11:
		a := k.appointment(t, some())
		until := a.ServiceStartAt.Add(time.Duration(20+d.r.IntN(120)) * time.Minute)
		try("overrun", "/v1/appointments/"+a.ID.String()+"/overrun", fmt.Sprintf(`{"until":%q}`, until.Format(time.RFC3339)))
		return "an overrun"
	case at == 12 && d.slow != "" && d.r.IntN(2) == 0:
		try("free", "/v1/board/"+berlin.String()+"/slowdowns/"+d.slow+"/end", "")
		return "free roads"
	case at == 12:
		from := first.clock.Now().Add(time.Duration(d.r.IntN(900)) * time.Minute)
		_, out := k.call(t, "POST", "/v1/board/"+berlin.String()+"/slowdowns", fmt.Sprintf(`{"from":%q,"until":%q,"percent":%d,"reason":"snow"}`,
			from.Format(time.RFC3339), from.Add(time.Duration(1+d.r.IntN(300))*time.Minute).Format(time.RFC3339), 1+d.r.IntN(200)))
		d.slow, _ = out["id"].(string)
		d.did["slow"]++
		first.settle(t)
		return "slow roads"
	default:
		d.after += time.Duration(d.r.IntN(100)) * time.Minute
		first.at(t, d.after)
		return "time: " + first.clock.Now().Format(time.DateTime)
	}
}

// What is kept stays within its bound: the node goes that was asked for longest ago, and
// one that is heavier than all may be is not kept.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	k := dispatchsvc.NewMemory(100)
	a, b, c := id.Node{1}, id.Node{2}, id.Node{3}
	for _, tt := range []struct {
		node id.Node
		legs int
		want [3]bool
		all  int
	}{
		{a, 40, [3]bool{true, false, false}, 40},
		{b, 40, [3]bool{true, true, false}, 80},
		{a, 50, [3]bool{true, true, false}, 90},
		{c, 30, [3]bool{true, false, true}, 80},
		{b, 20, [3]bool{true, true, true}, 100},
		{c, 200, [3]bool{false, false, false}, 0},
		{a, 100, [3]bool{true, false, false}, 100},
	} {
		k.Keep(tt.node, tt.legs)
		var got [3]bool
		all := 0
		for i, n := range []id.Node{a, b, c} {
			got[i], all = k.Kept(n)
		}
		if got != tt.want || all != tt.all {
			t.Errorf("after %v with %d: kept %v, %d in all; want %v, %d", tt.node, tt.legs, got, all, tt.want, tt.all)
		}
	}
}

// A process that starts anew offers what it offered before, though it remembers nothing.
func TestRestart(t *testing.T) {
	twins(t, func(t *testing.T, a, b *kit) {
		a.hire(t, "")
		a.hire(t, "")
		for n := byte(1); n <= 6; n++ {
			a.take(t, a.visit(t, n, 60, near(float64(n))), tuesday(8+int(n%3)*2))
		}
		open := a.visit(t, 9, 60, near(3))
		offers := func(k *kit) (out []string) {
			for _, o := range k.want(t, 201, "POST", "/v1/work-orders/"+open.String()+"/offers", "")["offers"].([]any) {
				o := o.(map[string]any)
				out = append(out, fmt.Sprint(o["technician"], o["start_at"], o["reasons"]))
			}
			return out
		}
		before := offers(a)
		if d := cmp.Diff(before, offers(b)); d != "" || len(before) == 0 {
			t.Errorf("%d offers before, after a start: %s", len(before), d)
		}
	})
}
