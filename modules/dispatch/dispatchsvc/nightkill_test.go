package dispatchsvc_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// What the process is told that works through a night and is to die in it.
const (
	doomedDB   = "FETTLE_NIGHT_DB"
	doomedLook = "FETTLE_NIGHT_DIES" // at its n-th look at the clock; 0: it lives
)

// nightAt is when the night is worked through: half past three at the node.
const nightAt = 17*time.Hour + 30*time.Minute

// TestDoomedNight is not a test but the process that the one below starts: it does what is
// due at night until, at one of its looks at the clock, it is killed. Every step of it
// looks there, so that it dies between steps and in them.
func TestDoomedNight(t *testing.T) {
	url, dies := os.Getenv(doomedDB), os.Getenv(doomedLook)
	if url == "" {
		t.Skip("started by TestNightIsKilled")
	}
	at, err := strconv.ParseInt(dies, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	h := dbtest.Home{URL: url, Clock: clock.NewSet(dbtest.Now.Add(nightAt))}
	var looks atomic.Int64
	d := h.Open(t, db.Options{Clock: func() time.Time {
		if looks.Add(1) == at {
			_ = self.Kill()
			select {}
		}
		return h.Clock.Now()
	}})
	k := kitOn(t, d, h.Clock)
	if err := k.jobs.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	night := looks.Load()
	k.settle(t)
	fmt.Println("looks", night, looks.Load())
}

// doom has a process work through the night, and returns how often it looked at the clock
// until its jobs were done, and until all that followed was; 0 when it was killed.
func doom(t *testing.T, h dbtest.Home, dies int) (night, all int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDoomedNight$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), doomedDB+"="+h.URL, doomedLook+"="+strconv.Itoa(dies))
	out, err := cmd.CombinedOutput()
	if _, said, ok := strings.Cut(string(out), "looks "); ok && err == nil {
		_, err = fmt.Sscan(said, &night, &all)
	} else if cmd.ProcessState != nil && cmd.ProcessState.String() == "signal: killed" {
		return 0, 0
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return night, all
}

// evening is a node before its night: two visits that are with the wrong technicians, and
// some that nobody has.
type evening struct {
	crossed
	open  []id.WorkOrder
	kit   *kit // closed: for where the visits are
	knows map[string]any
}

// visitsOpen is how many visits nobody has.
const visitsOpen = 5

func (e *evening) fall(t *testing.T, h dbtest.Home, to dispatch.Autonomy) {
	t.Helper()
	t.Run("evening", func(t *testing.T) { // whose end closes the database
		k := newKit(t, h)
		e.kit, e.crossed = k, k.crossed(t, 10, 14)
		k.autonomy(t, to)
		k.at(t, nightAt-50*time.Minute)
		for n := range visitsOpen {
			e.open = append(e.open, k.visit(t, byte(3+n), 45, near(float64(3*n-6))))
		}
		k.at(t, nightAt-50*time.Minute+2*time.Second)
		e.knows = e.promises(t, k)
	})
}

// promises are the windows that customers were promised of late.
func (e *evening) promises(t *testing.T, k *kit) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, a := range []string{e.there, e.here} {
		v := k.want(t, 200, "GET", "/v1/appointments/"+a, "")
		out[a] = fmt.Sprint(v["work_order"], v["start_at"], v["end_at"], v["state"])
	}
	return out
}

// standing is how far a night has come that was killed.
func (e *evening) standing(t *testing.T, h dbtest.Home) (begun, over bool, booked int) {
	t.Helper()
	t.Run("morgue", func(t *testing.T) {
		d := h.Open(t, db.Options{})
		err := d.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			var all, ended int
			err := tx.Row(ctx, `SELECT COUNT(*), COUNT(ended_at), (SELECT COUNT(*) FROM dispatch_appointment WHERE tenant_id = ?) FROM dispatch_night WHERE tenant_id = ?`,
				tx.Tenant(), tx.Tenant()).Scan(&all, &ended, &booked)
			begun, over, booked = all > 0, ended > 0, booked-2
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return begun, over, booked
}

// A process is killed at some moment of a night, and another one takes over: no promise is
// broken, no visit is lost or promised twice, what was found is told once, the night is
// over once, and nothing is left lying.
func TestNightIsKilled(t *testing.T) {
	t.Parallel()
	for _, to := range []dispatch.Autonomy{dispatch.Planning, dispatch.Keeping} {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) { killNights(t, h, to) }, schemas...)
		})
	}
}

// killNights works through one night undisturbed, and then through others that are killed
// at moments that are spread over it; in the long form at all of them.
func killNights(t *testing.T, first dbtest.Home, to dispatch.Autonomy) {
	whole := evening{}
	whole.fall(t, first, to)
	night, looks := doom(t, first, 0)
	whole.morning(t, first, to)
	at := []int{(night + looks) / 2, looks - 1}
	for dies := 1; dies <= night; dies += max(1, night/6) {
		at = append(at, dies)
	}
	if os.Getenv("FETTLE_SOAK") != "" {
		at = nil
		for dies := 1; dies <= looks; dies++ {
			at = append(at, dies)
		}
	}
	another := func() dbtest.Home {
		if strings.HasPrefix(first.URL, "postgres") {
			return dbtest.Postgres(t, schemas...)
		}
		return dbtest.SQLite(t, schemas...)
	}
	unbegun, midway := 0, 0
	for _, dies := range at {
		t.Run(strconv.Itoa(dies), func(t *testing.T) {
			h, e := another(), evening{}
			e.fall(t, h, to)
			if _, lived := doom(t, h, dies); lived > 0 {
				t.Logf("it looked at the clock %d times only", lived)
			}
			begun, over, booked := e.standing(t, h)
			t.Logf("killed at look %d of %d and %d: begun %v, over %v, %d booked", dies, night, looks, begun, over, booked)
			if !begun {
				unbegun++
			}
			if begun && !over {
				midway++
			}
			e.morning(t, h, to)
		})
	}
	if unbegun == 0 || midway == 0 && to == dispatch.Planning { // one that proposes writes twice only
		t.Errorf("of %d kills %d were before anything was written, and %d in the middle: too few to mean anything", len(at), unbegun, midway)
	}
}

// morning has another process take over, an hour later by the clock of leases, and looks
// at what has become of the night.
func (e *evening) morning(t *testing.T, h dbtest.Home, to dispatch.Autonomy) {
	t.Helper()
	t.Run("morning", func(t *testing.T) {
		machine := func() time.Time { return clock.System().Add(time.Hour) } // the leases of the dead have run out
		k := kitOn(t, h.Open(t, db.Options{Machine: machine}), h.Clock)
		k.points = e.kit.points
		k.at(t, nightAt)
		told := list(k.engine(t), "nights")
		for _, after := range []time.Duration{2 * dispatch.QuietFor, time.Hour, 2 * time.Hour} {
			k.at(t, nightAt+after)
		}
		if diff := cmp.Diff(e.knows, e.promises(t, k)); diff != "" {
			t.Errorf("what was promised (-before +after): %s", diff)
		}
		nights := list(k.engine(t), "nights")
		if len(nights) != 1 || nights[0]["day"] != "2026-11-24" || nights[0]["ended_at"] == nil {
			t.Errorf("nights: %v", nights)
		}
		if diff := cmp.Diff(told, nights); diff != "" {
			t.Errorf("it went on after it was over (-then +now): %s", diff)
		}
		e.kept(t, k, to)
		k.holds(t, e.east)
		k.holds(t, e.west)
		k.nothingLeft(t)
	})
}

// kept holds the visits against what a node of that sort does at night.
func (e *evening) kept(t *testing.T, k *kit, to dispatch.Autonomy) {
	t.Helper()
	all := map[string]int{}
	visits := list(k.want(t, 200, "GET", "/v1/appointments?limit=200", ""), "items")
	for _, v := range visits {
		all[v["work_order"].(string)]++
		if v["state"] != "scheduled" {
			t.Errorf("%v is %v", v["work_order"], v["state"])
		}
	}
	want := 1
	if to == dispatch.Keeping {
		want = 0
		if p := k.proposal(t); p["night"] != true || len(list(p, "moves")) != 2 || len(list(p, "places")) != visitsOpen {
			t.Errorf("proposed: %v", p)
		}
	}
	for _, wo := range e.open {
		if all[wo.String()] != want {
			t.Errorf("%v has %d appointments, want %d", wo, all[wo.String()], want)
		}
	}
	if told := k.count(t, `SELECT COUNT(*) FROM outbox_event WHERE tenant_id = ? AND name = 'dispatch.appointment_requested.v1'`); told != len(visits) {
		t.Errorf("parts were asked for %d times for %d visits", told, len(visits))
	}
}

// nothingLeft holds that nothing waits, was given up, or is in anybody's hands.
func (k *kit) nothingLeft(t *testing.T) {
	t.Helper()
	for what, query := range map[string]string{
		"events not heard":   `SELECT COUNT(*) FROM outbox_lane WHERE tenant_id = ? AND done_seq <> wanted_seq`,
		"jobs given up":      `SELECT COUNT(*) FROM jobs_job WHERE tenant_id = ? AND parked_at IS NOT NULL`,
		"jobs of the dead":   `SELECT COUNT(*) FROM jobs_job WHERE tenant_id = ? AND fence <> 0`,
		"looks at the night": `SELECT COUNT(*) FROM jobs_job WHERE tenant_id = ? AND kind = 'dispatch.improve'`,
	} {
		if n := k.count(t, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

// count asks for one number of the tenant.
func (k *kit) count(t *testing.T, query string) (n int) {
	t.Helper()
	err := k.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return tx.Row(ctx, query, tx.Tenant()).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
