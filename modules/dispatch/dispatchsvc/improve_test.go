package dispatchsvc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// thursday is an hour of a day that is far enough for nobody to be told of it yet.
func thursday(hour int) time.Time { return tuesday(hour).AddDate(0, 0, 2) }

// crossed is a node with a technician at either end of the town who each are promised the
// visit next door to the other, from when one of them was away; there and here are the
// hours at which.
type crossed struct {
	east, west  id.Technician
	there, here string    // the visits in the east and in the west
	eastOf      geo.Point // where the first is
}

func (k *kit) crossed(t *testing.T, there, here int) (c crossed) {
	t.Helper()
	c.eastOf = geo.At(52.52, 13.61)
	away := func(tech id.Technician, days string) {
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/absences", `{"absences":[`+days+`]}`)
	}
	c.east, c.west = k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13600000}`), k.hire(t, `"start":{"lat_micro":52520000,"lon_micro":13200000}`)
	away(c.east, `{"day":"2026-11-26","reason":"training"}`)
	c.there, _ = k.take(t, k.visit(t, 1, 60, c.eastOf), thursday(there))
	away(c.east, "")
	away(c.west, `{"day":"2026-11-26","reason":"training"}`)
	c.here, _ = k.take(t, k.visit(t, 2, 60, geo.At(52.52, 13.19)), thursday(here))
	away(c.west, "")
	if k.whose(t, c.there) != c.west.String() || k.whose(t, c.here) != c.east.String() {
		t.Fatal("the visits are not crossed")
	}
	return c
}

func (k *kit) whose(t *testing.T, a string) string {
	t.Helper()
	return k.want(t, 200, "GET", "/v1/appointments/"+a, "")["technician"].(string)
}

func (k *kit) engine(t *testing.T) map[string]any {
	t.Helper()
	return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
}

func (k *kit) proposal(t *testing.T) map[string]any {
	t.Helper()
	return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/proposal", "")
}

// pending is how many jobs wait that improve a node.
func (k *kit) pending(t *testing.T) (n int64) {
	t.Helper()
	err := k.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM jobs_job WHERE tenant_id = ? AND kind = 'dispatch.improve'`, tx.Tenant()).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A node that plans itself finds that two visits are with the wrong technicians, once it
// has been quiet for a minute, and changes them; then it rests.
func TestImprovesInTheBackground(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 10)
		k.autonomy(t, dispatch.Planning)
		k.at(t, 50*time.Second)
		if k.whose(t, c.there) != c.west.String() {
			t.Error("it moved while somebody may still be at work")
		}
		k.at(t, dispatch.QuietFor+time.Second)
		for a, want := range map[string]id.Technician{c.there: c.east, c.here: c.west} {
			v := k.want(t, 200, "GET", "/v1/appointments/"+a, "")
			if v["technician"] != want.String() || v["state"] != "scheduled" || v["reason"] != "dispatch.improved" || v["start_at"] != stamp(thursday(10)) {
				t.Errorf("after the look: %v", v)
			}
		}
		k.holds(t, c.east)
		k.holds(t, c.west)
		e := k.engine(t)
		if e["improved"] != 2.0 || e["proposal"] != nil {
			t.Errorf("the engine says %v", e)
		}
		k.at(t, 2*dispatch.QuietFor+2*time.Second) // its own moves are looked at once more
		k.at(t, 3*dispatch.QuietFor)
		if n := k.pending(t); n != 0 || k.engine(t)["improved"] != 2.0 {
			t.Errorf("%d looks at a node at rest, %v", n, k.engine(t))
		}
	})
}

// Where promises are kept and no more, what is found is proposed: adopted as a whole or in
// part, gone when somebody has acted, silent when nobody wants to hear of it.
func TestProposes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Keeping)
		k.at(t, dispatch.QuietFor+time.Second)
		if k.whose(t, c.there) != c.west.String() {
			t.Error("it moved a visit by itself")
		}
		short, _ := k.engine(t)["proposal"].(map[string]any)
		if short == nil || short["moves"] != 2.0 || short["places"] != 0.0 {
			t.Fatalf("proposed %v", short)
		}
		p := k.proposal(t)
		before, after := p["before"].(map[string]any), p["after"].(map[string]any)
		if cost := func(b map[string]any) float64 { return b["cost"].(map[string]any)["minor"].(float64) }; cost(before)-cost(after) < 2*1500 || before["travel_seconds"].(float64) <= after["travel_seconds"].(float64) {
			t.Errorf("it saves little: %v, %v", before, after)
		}
		if n := k.pending(t); n != 0 {
			t.Errorf("%d looks at a node at rest", n)
		}
		body, err := json.Marshal(map[string]any{"moves": p["moves"]})
		if err != nil {
			t.Fatal(err)
		}
		results := list(k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/adopt", string(body)), "results")
		k.settle(t)
		for _, r := range results {
			if r["result"] != "moved" {
				t.Errorf("adopted: %v", r)
			}
		}
		if k.whose(t, c.there) != c.east.String() || k.engine(t)["proposal"] != nil || k.proposal(t)["found_at"] != nil {
			t.Errorf("after it was adopted: %v", k.engine(t)["proposal"])
		}
	})
}

// What somebody has changed meanwhile is no longer proposed; what is left is not added up,
// and worked out anew a minute later.
func TestProposalGrowsOld(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Keeping)
		k.at(t, dispatch.QuietFor+time.Second)
		k.want(t, 200, "POST", "/v1/appointments/"+c.there+"/dispatch", "{}")
		p := k.proposal(t)
		if moves := list(p, "moves"); len(moves) != 1 || moves[0]["appointment"] != c.here || p["before"] != nil {
			t.Errorf("after somebody was told: %v", p)
		}
		k.at(t, 2*dispatch.QuietFor+2*time.Second)
		p = k.proposal(t)
		if moves := list(p, "moves"); len(moves) != 1 || moves[0]["appointment"] != c.here || p["before"] == nil {
			t.Errorf("worked out anew: %v", p)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+c.here+"/cancel", "{}")
		if e := k.engine(t); e["proposal"] != nil {
			t.Errorf("with nothing left: %v", e)
		}
	})
}

// Who does not want to hear of it is left in peace until the next night has looked again.
func TestNotNow(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Keeping)
		k.at(t, dispatch.QuietFor+time.Second)
		k.as("agent", "node", berlin.Raw())
		if k.engine(t)["proposal"] == nil {
			t.Error("who reads the board does not read the proposal")
		}
		k.want(t, 404, "POST", "/v1/board/"+berlin.String()+"/proposal/defer", "")
		k.as("dispatcher", "node", potsdam.Raw())
		k.want(t, 404, "GET", "/v1/board/"+berlin.String()+"/proposal", "")
		k.as("dispatcher", "node", berlin.Raw())
		until := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/proposal/defer", "")["until"]
		if until != "2026-11-24T02:00:00Z" {
			t.Errorf("put off until %v", until)
		}
		k.visit(t, 9, 30, near(1)) // something happens
		k.at(t, 5*time.Minute)
		if e := k.engine(t); e["proposal"] != nil {
			t.Errorf("proposed again: %v", e["proposal"])
		}
		k.at(t, 18*time.Hour)
		if e := k.engine(t); e["proposal"] == nil {
			t.Error("nothing is proposed after the night")
		}
	})
}

// Somebody acts on a visit between the search and the step: it stays where they left it.
func TestWhoActsMeanwhileWins(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Planning)
		moved, refused, err := k.Improve(t.Context(), dbtest.Tenant, berlin, func() {
			k.want(t, 200, "POST", "/v1/appointments/"+c.there+"/dispatch", "{}")
		})
		if err != nil || moved != 1 || refused != 1 {
			t.Errorf("moved %d, refused %d, %v", moved, refused, err)
		}
		if v := k.want(t, 200, "GET", "/v1/appointments/"+c.there, ""); v["technician"] != c.west.String() || v["state"] != "dispatched" {
			t.Errorf("what was told is %v", v)
		}
	})
}

// What is told, chosen by hand, tied or promised for the same moment does not move, however
// much that would save.
func TestWhatStays(t *testing.T) {
	for name, fix := range map[string]func(t *testing.T, k *kit, c *crossed){
		"told": func(t *testing.T, k *kit, c *crossed) {
			for _, a := range []string{c.there, c.here} {
				k.want(t, 200, "POST", "/v1/appointments/"+a+"/dispatch", "{}")
			}
		},
		"by hand": func(t *testing.T, k *kit, c *crossed) {
			for a, tech := range map[string]id.Technician{c.there: c.west, c.here: c.east} {
				k.want(t, 200, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(thursday(12)), tech))
			}
		},
		"tied": func(t *testing.T, k *kit, _ *crossed) {
			for n := range byte(2) {
				k.tied(t, n+101, later(id.WorkOrder{0: 9, 15: n + 1}, 60, 0), 60)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				c := k.crossed(t, 10, 14)
				fix(t, k, &c)
				k.autonomy(t, dispatch.Planning)
				k.at(t, dispatch.QuietFor+time.Second)
				if k.whose(t, c.there) != c.west.String() || k.whose(t, c.here) != c.east.String() || k.engine(t)["improved"] != 0.0 {
					t.Errorf("it moved: %v", k.engine(t))
				}
			})
		})
	}
}

// At night a node is planned as a whole, once, open visits included, also when it is down
// at that hour; what came of it is known for two weeks.
func TestNightlyPlan(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Planning)
		k.at(t, 21*time.Hour) // until the next morning nothing ran
		nights := list(k.engine(t), "nights")
		if len(nights) != 1 || nights[0]["day"] != "2026-11-24" || nights[0]["moved"] != 2.0 || nights[0]["refused"] != 0.0 || nights[0]["ended_at"] == nil {
			t.Fatalf("the night: %v", nights)
		}
		road := func(of string) float64 { return nights[0][of].(map[string]any)["travel_metres"].(float64) }
		if k.whose(t, c.there) != c.east.String() || k.whose(t, c.here) != c.west.String() || road("after") > road("before")/10 {
			t.Errorf("the visits are with %s and %s after %v", k.whose(t, c.there), k.whose(t, c.here), nights)
		}
		k.at(t, 22*time.Hour)
		if again := list(k.engine(t), "nights"); len(again) != 1 || again[0]["began_at"] != nights[0]["began_at"] {
			t.Errorf("planned twice: %v", again)
		}
		k.at(t, 40*time.Hour+40*time.Minute) // shortly before the night
		k.visit(t, 3, 60, c.eastOf)
		k.at(t, 40*time.Hour+40*time.Minute+2*time.Second) // it is left to its customer for half an hour
		k.at(t, 41*time.Hour+30*time.Minute)
		if nights = list(k.engine(t), "nights"); len(nights) != 2 || nights[0]["booked"] != 1.0 || k.engine(t)["booked"] != 1.0 || k.standing(t, id.WorkOrder{0: 9, 15: 3}) == nil {
			t.Errorf("the second night: %v", nights)
		}
		for day := 2; day < 17; day++ {
			k.at(t, time.Duration(24*day+18)*time.Hour)
		}
		nights = list(k.engine(t), "nights")
		if len(nights) != dispatch.NightsKept || nights[0]["day"] != "2026-12-10" {
			t.Errorf("%d nights are known, the last %v", len(nights), nights[0])
		}
	})
}

// A night goes on where a promise of which nobody has heard cannot be kept by anybody: the
// rest is planned and booked, and the promise stays where it is.
func TestNightWithoutPeople(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		for _, who := range []id.Technician{c.east, c.west} {
			k.want(t, 200, "PUT", "/v1/technicians/"+who.String()+"/absences", `{"absences":[{"day":"2026-11-26","reason":"sick"}]}`)
		}
		k.autonomy(t, dispatch.Planning)
		k.at(t, 16*time.Hour+40*time.Minute) // shortly before the night
		wo := k.visit(t, 3, 60, c.eastOf)
		k.at(t, 16*time.Hour+40*time.Minute+2*time.Second)
		k.at(t, 17*time.Hour+30*time.Minute)
		nights := list(k.engine(t), "nights")
		if len(nights) != 1 || nights[0]["ended_at"] == nil || nights[0]["booked"] != 1.0 || nights[0]["moved"] != 0.0 || nights[0]["open"] != 2.0 {
			t.Fatalf("the night: %v", nights)
		}
		if k.standing(t, wo) == nil || k.state(t, c.there) != "scheduled" || k.state(t, c.here) != "scheduled" {
			t.Errorf("open %v, promised %s and %s", k.standing(t, wo), k.state(t, c.there), k.state(t, c.here))
		}
	})
}

// Where promises are kept and no more, the night proposes, and what is left of it is not
// replaced by what a look finds by day.
func TestNightProposes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.crossed(t, 10, 14)
		k.autonomy(t, dispatch.Keeping)
		wo := k.visit(t, 3, 60, c.eastOf)
		k.at(t, 18*time.Hour)
		p := k.proposal(t)
		if p["night"] != true || len(list(p, "moves")) != 2 || len(list(p, "places")) != 1 || list(p, "places")[0]["work_order"] != wo.String() {
			t.Fatalf("proposed: %v", p)
		}
		if n := list(k.engine(t), "nights")[0]; n["proposed"] != 3.0 || n["moved"] != 0.0 || n["booked"] != 0.0 {
			t.Errorf("the night: %v", n)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+c.here+"/dispatch", "{}")
		k.at(t, 19*time.Hour)
		if p := k.proposal(t); p["night"] != true || len(list(p, "moves")) != 1 || len(list(p, "places")) != 1 || p["before"] != nil {
			t.Errorf("what is left: %v", p)
		}
		k.autonomy(t, dispatch.ByPeople)
		if e := k.engine(t); e["proposal"] != nil {
			t.Errorf("people plan: %v", e)
		}
	})
}

// Two processes and a week in which people book, move, fall ill and drive about, while the
// node plans itself: what the background moves was unheard of, stays in its window, and is
// never what a dispatcher chose. The days hold.
func TestWeekWithoutRest(t *testing.T) {
	for _, to := range []dispatch.Autonomy{dispatch.Planning, dispatch.Keeping} {
		t.Run(string(to), func(t *testing.T) {
			twins(t, func(t *testing.T, a, b *kit) {
				r := rand.New(rand.NewPCG(7, 3))
				day := day{kits: []*kit{a, b}, r: r, ahead: 2, seen: map[string]int{}, did: map[string]int{}}
				for n := range 4 {
					day.techs = append(day.techs, a.hire(t, fmt.Sprintf(`"start":{"lat_micro":52520000,"lon_micro":%d},"overtime_minutes":60`, 13_400_000+100_000*n)).String())
					day.of = append(day.of, berlin)
				}
				a.autonomy(t, to)
				for n := range 90 {
					day.step(t, n)
					if n%12 == 0 {
						day.returns(t, n/12%4)
					}
					if r.IntN(3) == 0 {
						day.after += dispatch.QuietFor + time.Second
						a.at(t, day.after)
					}
				}
				improved := 0
				for _, v := range list(a.want(t, 200, "GET", "/v1/appointments?limit=200", ""), "items") {
					improved += a.quietly(t, v["id"].(string))
				}
				if e := a.engine(t); float64(improved) != e["improved"] || (to == dispatch.Planning) != (improved > 0) {
					t.Errorf("%d visits were improved, the engine says %v", improved, e["improved"])
				}
			})
		})
	}
}

// returns has a visit next door to a technician go to another while they are away, and
// brings them back.
func (d *day) returns(t *testing.T, who int) {
	t.Helper()
	k := d.kits[0]
	path := "/v1/technicians/" + d.techs[who] + "/absences"
	k.want(t, 200, "PUT", path, `{"absences":[{"day":"2026-11-26","reason":"sick"},{"day":"2026-11-27","reason":"sick"}]}`)
	d.visits++
	wo := k.visit(t, d.visits, 30, geo.At(52.52, 13.4+float64(who)/10))
	start := thursday(8+2*d.r.IntN(4)).AddDate(0, 0, d.r.IntN(2))
	if status, out := k.call(t, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, wo, stamp(start))); status == 201 {
		d.booked = append(d.booked, out["id"].(string))
	}
	k.settle(t)
	k.want(t, 200, "PUT", path, `{"absences":[]}`)
}

// quietly holds that nobody had heard of a visit when it was improved.
func (k *kit) quietly(t *testing.T, appointment string) (improved int) {
	t.Helper()
	a, err := id.Parse[id.AppointmentKind](appointment)
	if err != nil {
		t.Fatal(err)
	}
	turns, err := k.Turns(t.Context(), dbtest.Tenant, a)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(turns); i++ {
		was, is := turns[i-1], turns[i]
		if is.Reason != dispatch.ReasonImproved {
			continue
		}
		improved++
		if was.State != dispatch.Scheduled || is.State != dispatch.Scheduled || was.By == dispatch.ByHand || !was.StartAt.Equal(is.StartAt) || was.Technician == is.Technician || !is.EndAt.After(is.At) {
			t.Errorf("improved from %+v to %+v", was, is)
		}
	}
	return improved
}
