package dispatchsvc_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db/dbtest"
)

// tied is a visit of the case of another one, which is number n, that depends on a third.
func (k *kit) tied(t testing.TB, n byte, tie work.Tie, minutes int64, skills ...remedy.SkillNeed) id.WorkOrder {
	t.Helper()
	c := id.Case{0: 8, 15: tie.To[15] % 100}
	wo := id.WorkOrder{0: 9, 15: n}
	k.publish(t, work.OrderReady{WorkOrder: wo, Case: c, Kind: work.Visit, Brand: cool, Node: berlin, Minutes: minutes, Skills: skills, Tie: &tie})
	return wo
}

func with(to id.WorkOrder) work.Tie { return work.Tie{To: to, How: work.Together} }

func later(to id.WorkOrder, least, most int64) work.Tie {
	return work.Tie{To: to, How: work.Afterwards, LeastMinutes: least, MostMinutes: most}
}

// standing is the live appointment of a work order, nil without one.
func (k *kit) standing(t testing.TB, wo id.WorkOrder) map[string]any {
	t.Helper()
	c := id.Case{0: 8, 15: wo[15] % 100}
	for _, a := range list(k.want(t, 200, "GET", "/v1/cases/"+c.String()+"/appointments", ""), "items") {
		if a["work_order"] == wo.String() && slices.Contains([]string{"pending", "scheduled", "dispatched", "accepted", "travelling", "on_site"}, a["state"].(string)) {
			return a
		}
	}
	return nil
}

// at is when somebody is planned to begin.
func at(t testing.TB, a map[string]any, member string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339, a[member].(string))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// met holds that two visits stand at the same moment with two technicians.
func (k *kit) met(t testing.TB, one, two id.WorkOrder) (map[string]any, map[string]any) {
	t.Helper()
	a, b := k.standing(t, one), k.standing(t, two)
	if a == nil || b == nil {
		t.Fatalf("not both are promised: %v, %v", a, b)
	}
	if a["service_start_at"] != b["service_start_at"] || a["technician"] == b["technician"] {
		t.Fatalf("they do not meet: %v, %v", a, b)
	}
	return a, b
}

// pair promises two technicians to each other: a visit of so many minutes on Tuesday at
// ten, and an hour beside it.
func (k *kit) pair(t testing.TB, minutes int64) (one, two id.WorkOrder, tech, mate id.Technician) {
	t.Helper()
	tech, mate = k.hire(t, ""), k.hire(t, "")
	one = k.visit(t, 1, minutes, near(2))
	two = k.tied(t, 101, with(one), 60)
	k.book(t, one, tech, tuesday(10))
	return one, two, tech, mate
}

func (k *kit) none(t testing.TB, orders ...id.WorkOrder) {
	t.Helper()
	for _, wo := range orders {
		if a := k.standing(t, wo); a != nil {
			t.Fatalf("%s is promised still: %v", wo, a)
		}
	}
}

// Two technicians come at the same moment, however the visit is booked: by an offer,
// by hand, by the plan; or nobody comes.
func TestTwoTechnicians(t *testing.T) {
	for name, book := range map[string]func(t *testing.T, k *kit, one, two id.WorkOrder, tech id.Technician){
		"by an offer": func(t *testing.T, k *kit, one, _ id.WorkOrder, _ id.Technician) {
			offers := list(k.want(t, 201, "POST", "/v1/work-orders/"+one.String()+"/offers", ""), "offers")
			k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, one, offers[0]["id"]))
		},
		"by an offer for the other": func(t *testing.T, k *kit, _, two id.WorkOrder, _ id.Technician) {
			offers := list(k.want(t, 201, "POST", "/v1/work-orders/"+two.String()+"/offers", ""), "offers")
			k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, two, offers[0]["id"]))
		},
		"by hand": func(t *testing.T, k *kit, one, _ id.WorkOrder, tech id.Technician) {
			if status, out := k.book(t, one, tech, tuesday(10)); status != 201 {
				t.Fatalf("%d %v", status, out)
			}
			if a := k.standing(t, one); a["technician"] != tech.String() {
				t.Errorf("%v, want %s", a, tech)
			}
		},
		"for a time": func(t *testing.T, k *kit, one, _ id.WorkOrder, _ id.Technician) {
			k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"start_at":%q}`, one, tuesday(10).Format(time.RFC3339)))
		},
		"by the plan": func(t *testing.T, k *kit, _, _ id.WorkOrder, _ id.Technician) {
			if out := k.post(t, "plan", `{"iterations":100}`); len(out["booked"].([]any)) != 3 {
				t.Fatalf("planned %v", out)
			}
		},
		"by adopting a plan": func(t *testing.T, k *kit, _, _ id.WorkOrder, _ id.Technician) {
			plan := k.post(t, "plan", `{"iterations":100,"try":true}`)
			if n := tally(list(k.post(t, "adopt", `{"places":%s}`, text(t, plan["places"])), "results")); n["booked"] != 3 {
				t.Fatalf("adopted %v", n)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				tech := k.hire(t, "")
				k.hire(t, `"skills":[{"skill":"lift","level":2}]`)
				one := k.visit(t, 1, 90, near(2))
				two := k.tied(t, 101, with(one), 60, remedy.SkillNeed{Skill: "lift", Level: 1})
				k.visit(t, 2, 30, near(5))
				book(t, k, one, two, tech)
				k.settle(t)
				a, b := k.met(t, one, two)
				if a["state"] != "scheduled" || b["state"] != "scheduled" {
					t.Errorf("stand %v and %v", a["state"], b["state"])
				}
			})
		})
	}
}

// Where there is no second technician, nobody is promised and nothing is offered.
func TestNeverOneWithoutTheOther(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		one := k.visit(t, 1, 90, near(2))
		two := k.tied(t, 101, with(one), 60)
		if out := k.want(t, 201, "POST", "/v1/work-orders/"+one.String()+"/offers", ""); len(list(out, "offers")) > 0 || list(out, "why")[0]["rule"] != "linked_visit" {
			t.Errorf("offered %v", out)
		}
		if status, out := k.book(t, one, tech, tuesday(10)); status != 409 || out["args"].(map[string]any)["rule"] != "linked_visit" {
			t.Errorf("booked %d %v", status, out)
		}
		if out := k.post(t, "plan", `{"iterations":100}`); len(out["booked"].([]any)) != 0 || len(list(out, "unserved")) != 2 {
			t.Errorf("planned %v", out)
		}
		k.none(t, one, two)

		second := k.hire(t, "")
		plan := k.post(t, "plan", `{"iterations":100,"try":true}`)
		places := list(plan, "places")
		if len(places) != 2 {
			t.Fatalf("places %v", plan)
		}
		out := list(k.post(t, "adopt", `{"places":%s}`, text(t, places[:1])), "results")
		if out[0]["result"] != "conflict" || out[0]["code"] != "dispatch.tied" || out[0]["rule"] != "tie_alone" {
			t.Errorf("half a plan was adopted: %v", out)
		}
		k.none(t, one, two)
		k.book(t, one, second, tuesday(10))
		k.met(t, one, two)
	})
}

// Whatever ends one of them before it has begun ends both; both are free again.
func TestTiedFallTogether(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, k *kit, a, b map[string]any){
		"cancelled":       func(t *testing.T, k *kit, a, _ map[string]any) { k.verb(t, a, "cancel") },
		"other cancelled": func(t *testing.T, k *kit, _, b map[string]any) { k.verb(t, b, "cancel") },
		"missed":          func(t *testing.T, k *kit, a, _ map[string]any) { k.verb(t, a, "miss") },
		"declined": func(t *testing.T, k *kit, a, b map[string]any) {
			k.verb(t, a, "dispatch")
			k.verb(t, b, "dispatch")
			k.verb(t, b, "accept")
			k.verb(t, a, "decline")
		},
		"silent": func(t *testing.T, k *kit, a, _ map[string]any) {
			k.verb(t, a, "dispatch")
			k.at(t, 24*time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				tech := k.hire(t, "")
				k.hire(t, "")
				one := k.visit(t, 1, 90, near(2))
				two := k.tied(t, 101, with(one), 60)
				k.book(t, one, tech, tuesday(14))
				a, b := k.met(t, one, two)
				end(t, k, a, b)
				k.settle(t)
				k.none(t, one, two)
				for _, o := range list(k.want(t, 200, "GET", "/v1/board/"+berlin.String(), ""), "unassigned") {
					if o["state"] != "unplanned" {
						t.Errorf("left %v", o)
					}
				}
			})
		})
	}
}

// verb does a command to an appointment.
func (k *kit) verb(t testing.TB, a map[string]any, verb string) {
	t.Helper()
	k.want(t, 200, "POST", "/v1/appointments/"+a["id"].(string)+"/"+verb, `{}`)
}

// Parts that one of them does not get are parts that the visit does not get.
func TestTiedParts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		k.hire(t, "")
		k.parts = "refuse"
		one := k.visit(t, 1, 90, near(2))
		two := k.tied(t, 101, with(one), 60)
		k.book(t, one, tech, tuesday(10))
		k.none(t, one, two)
		k.publish(t, work.OrderMoved{WorkOrder: two, Case: id.Case{0: 8, 15: 1}, Kind: work.Visit, To: work.Waiting})
		k.parts = ""
		if status, out := k.book(t, one, tech, tuesday(10)); status != 409 || out["args"].(map[string]any)["rule"] != "tie_waits" {
			t.Errorf("booked beside one that waits: %d %v", status, out)
		}
		if out := k.want(t, 201, "POST", "/v1/work-orders/"+one.String()+"/offers", ""); len(list(out, "offers")) > 0 {
			t.Errorf("offered beside one that waits: %v", out)
		}
		if out := k.post(t, "plan", `{"iterations":50}`); len(out["booked"].([]any)) != 0 {
			t.Errorf("planned beside one that waits: %v", out)
		}
	})
}

// A move takes the second technician along, to a moment at which both can; where the
// second cannot, it is refused and nothing has moved.
func TestTiedMove(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two, _, mate := k.pair(t, 90)
		a, b := k.met(t, one, two)
		if b["technician"] != mate.String() {
			t.Fatalf("the second is %v", b)
		}
		move := func(of map[string]any, to string, want int) map[string]any {
			return k.want(t, want, "POST", "/v1/appointments/"+of["id"].(string)+"/reschedule", to)
		}
		move(a, fmt.Sprintf(`{"start_at":%q}`, tuesday(14).Format(time.RFC3339)), 200)
		k.settle(t)
		a, b = k.met(t, one, two)
		if got := at(t, b, "start_at"); !got.Equal(tuesday(14)) || a["version"] != 3.0 || b["version"] != 3.0 {
			t.Errorf("moved to %v and %v", a, b)
		}
		k.book(t, k.visit(t, 3, 115, near(1)), mate, tuesday(8)) // so that the second begins late in the next window
		move(b, fmt.Sprintf(`{"start_at":%q}`, tuesday(10).Format(time.RFC3339)), 200)
		a, b = k.met(t, one, two)
		if begin := at(t, a, "service_start_at"); begin.Before(tuesday(10)) || begin.Before(tuesday(8).Add(115*time.Minute)) {
			t.Errorf("they meet at %v", begin)
		}
		out := move(a, fmt.Sprintf(`{"start_at":%q,"technician":%q}`, tuesday(14).Format(time.RFC3339), mate), 409)
		if out["code"] != "dispatch.tied" {
			t.Errorf("one technician for both: %v", out)
		}
		out = move(a, fmt.Sprintf(`{"start_at":%q,"technician":%q}`, tuesday(10).Format(time.RFC3339), mate), 409)
		if out["code"] != "dispatch.tied" {
			t.Errorf("one technician for both, in the window: %v", out)
		}
		k.want(t, 200, "PUT", "/v1/technicians/"+mate.String()+"/absences", `{"absences":[{"day":"2026-11-25","reason":"leave"}]}`)
		move(a, fmt.Sprintf(`{"start_at":%q}`, tuesday(34).Format(time.RFC3339)), 409)
		a2, b2 := k.met(t, one, two)
		if a2["version"] != a["version"] || b2["version"] != b["version"] {
			t.Errorf("a refused move has moved %v, %v", a2, b2)
		}
		third := k.hire(t, "")
		move(b, fmt.Sprintf(`{"start_at":%q,"technician":%q}`, tuesday(10).Format(time.RFC3339), third), 200)
		a2, b2 = k.met(t, one, two)
		if b2["technician"] != third.String() || a2["version"] != a["version"] {
			t.Errorf("another second technician: %v, %v", a2, b2)
		}
		k.verb(t, a2, "dispatch")
		k.verb(t, a2, "travel")
		if out := move(b2, fmt.Sprintf(`{"start_at":%q}`, tuesday(14).Format(time.RFC3339)), 409); out["args"].(map[string]any)["rule"] != "tie_begun" {
			t.Errorf("moved away from somebody who is on the way: %v", out)
		}
	})
}

// A second technician may be asked for when the first is promised already: they come
// at that moment, which from then on is kept.
func TestSecondTechnicianJoins(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech, mate := k.hire(t, ""), k.hire(t, "")
		one := k.visit(t, 1, 60, near(2))
		k.book(t, one, tech, tuesday(10))
		two := k.tied(t, 101, with(one), 60)
		if status, out := k.book(t, two, tech, tuesday(10)); status != 409 || out["args"].(map[string]any)["rule"] != "tie_same" {
			t.Errorf("booked the same technician: %d %v", status, out)
		}
		if status, out := k.book(t, two, mate, tuesday(14)); status != 409 || out["args"].(map[string]any)["rule"] != "tie_gap" {
			t.Errorf("booked another time: %d %v", status, out)
		}
		// Why nobody has it yet is asked of the day on which they meet, however far ahead, and no other time is said to help.
		why := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/open/"+two.String()+"/reasons?days=1", "")
		if why["fits"] != true || why["days"] == 1.0 {
			t.Errorf("why nobody joins: %v", why)
		}
		for _, who := range []id.Technician{tech, mate} {
			k.want(t, 200, "PUT", "/v1/technicians/"+who.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
		}
		why = k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/open/"+two.String()+"/reasons", "")
		if why["fits"] != false || len(list(why, "relaxations")) != 0 {
			t.Errorf("why nobody joins when all are ill: %v", why)
		}
		for _, who := range []id.Technician{tech, mate} {
			k.want(t, 200, "PUT", "/v1/technicians/"+who.String()+"/absences", `{"absences":[]}`)
		}
		if out := k.post(t, "plan", `{"iterations":50}`); len(out["booked"].([]any)) != 1 {
			t.Fatalf("planned %v", out)
		}
		k.settle(t)
		before, _ := k.met(t, one, two)
		k.book(t, k.visit(t, 3, 30, near(1)), tech, tuesday(10)) // would go first, were the meeting not kept
		now, _ := k.met(t, one, two)
		if now["service_start_at"] != before["service_start_at"] {
			t.Errorf("they met at %v, now at %v", before, now)
		}
	})
}

// What comes after another visit is booked with it, behind it whenever that begins in
// its window, and within the while.
func TestVisitAfter(t *testing.T) {
	for _, tt := range []struct{ least, most int64 }{{0, 0}, {120, 720 + 120}, {24 * 60, 0}, {2 * 24 * 60, 3 * 24 * 60}} {
		t.Run(fmt.Sprint(tt.least), func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				tech := k.hire(t, "")
				k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/shifts", `{"week":"Mo-Su 08:00-19:00"}`)
				k.want(t, 200, "PATCH", "/v1/technicians/"+tech.String(), `{"max_minutes":660}`)
				one := k.visit(t, 1, 60, near(2))
				two := k.tied(t, 101, later(one, tt.least, tt.most), 60)
				offers := list(k.want(t, 201, "POST", "/v1/work-orders/"+one.String()+"/offers", ""), "offers")
				if len(offers) == 0 {
					t.Fatal("nothing is offered")
				}
				k.want(t, 201, "POST", "/v1/appointments", fmt.Sprintf(`{"work_order":%q,"offer":%q}`, one, offers[0]["id"]))
				k.settle(t)
				a, b := k.standing(t, one), k.standing(t, two)
				if a == nil || b == nil {
					t.Fatalf("booked %v and %v", a, b)
				}
				soonest := at(t, a, "end_at").Add(-time.Second + time.Hour + time.Duration(tt.least)*time.Minute)
				latest := at(t, a, "start_at").Add(time.Hour + time.Duration(tt.most)*time.Minute)
				if begin := at(t, b, "start_at"); begin.Before(soonest) || tt.most > 0 && at(t, b, "end_at").Add(-time.Second).After(latest) {
					t.Errorf("after %v comes %v, want from %v on until %v", a["start_at"], begin, soonest, latest)
				}
				out := k.want(t, 409, "POST", "/v1/appointments/"+a["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, at(t, b, "start_at").Format(time.RFC3339)))
				if out["code"] != "dispatch.tied" || out["args"].(map[string]any)["rule"] != "tie_gap" {
					t.Errorf("moved to the other: %v", out)
				}
			})
		})
	}
}

// Once the first has been carried out, what comes after it stands for itself, and its
// while counts from when the work was really done. One in vain takes it along.
func TestVisitAfterTheFirst(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		one := k.visit(t, 1, 60, near(2))
		two := k.tied(t, 101, later(one, 24*60, 0), 60)
		k.book(t, one, tech, tuesday(8))
		a, b := k.standing(t, one), k.standing(t, two)
		k.verb(t, a, "dispatch")
		k.verb(t, a, "arrive")
		record := field.VisitRecorded{
			Visit: id.Visit{1}, Case: id.Case{0: 8, 15: 1}, WorkOrder: one, Appointment: id.Appointment{}, StartedAt: tuesday(9), FinishedAt: tuesday(11),
		}
		record.Outcome = work.Fixed
		k.clock.To(tuesday(11))
		k.publish(t, record)
		if got := k.standing(t, two); got == nil || got["id"] != b["id"] {
			t.Fatalf("what comes after is %v", got)
		}
		k.verb(t, b, "cancel")
		k.settle(t)
		if got := k.state(t, a["id"].(string)); got != "completed" {
			t.Errorf("the first is %s", got)
		}
		if status, out := k.book(t, two, tech, tuesday(34)); status != 409 || out["args"].(map[string]any)["rule"] != "tie_gap" {
			t.Errorf("before the while is over: %d %v", status, out)
		}
		if status, out := k.book(t, two, tech, tuesday(36)); status != 201 {
			t.Errorf("when the while is over: %d %v", status, out)
		}
	})
}

func TestVisitAfterOneInVain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		one := k.visit(t, 1, 60, near(2))
		two := k.tied(t, 101, later(one, 24*60, 0), 60)
		three := k.tied(t, 201, later(two, 0, 0), 60)
		k.book(t, one, tech, tuesday(8))
		a := k.standing(t, one)
		if k.standing(t, two) == nil || k.standing(t, three) == nil {
			t.Fatal("a chain is not booked as a whole")
		}
		k.verb(t, a, "dispatch")
		k.verb(t, a, "arrive")
		k.clock.To(tuesday(11))
		k.publish(t, field.VisitRecorded{Visit: id.Visit{1}, Case: id.Case{0: 8, 15: 1}, WorkOrder: one, Outcome: work.NotPresent, StartedAt: tuesday(9), FinishedAt: tuesday(10)})
		k.none(t, one, two, three)
	})
}

// Work that is not needed any more unties; the others stay as they are.
func TestUntied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two, _, _ := k.pair(t, 60)
		a, _ := k.met(t, one, two)
		k.publish(t, work.OrderMoved{WorkOrder: two, Case: id.Case{0: 8, 15: 1}, Kind: work.Visit, From: work.Scheduled, To: work.Cancelled})
		k.none(t, two)
		if got := k.standing(t, one); got == nil || got["version"] != a["version"] {
			t.Fatalf("the other stands as %v", got)
		}
		if k.want(t, 200, "POST", "/v1/appointments/"+a["id"].(string)+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, tuesday(14).Format(time.RFC3339)))["state"] != "scheduled" {
			t.Error("it does not move alone")
		}
	})
}

// Two who fall ill are replaced at the moment that was planned, by two.
func TestEngineKeepsMeetings(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two, first, second := k.pair(t, 90)
		a, _ := k.met(t, one, two)
		k.hire(t, "")
		k.want(t, 200, "PUT", "/v1/board/"+berlin.String()+"/engine", `{"autonomy":"keep"}`)
		for _, ill := range []id.Technician{second, first} {
			k.want(t, 200, "PUT", "/v1/technicians/"+ill.String()+"/absences", `{"absences":[{"day":"2026-11-24","reason":"sick"}]}`)
			k.at(t, k.clock.Now().Sub(dbtest.Now)+time.Minute)
		}
		got, _ := k.standing(t, one), k.standing(t, two)
		if got == nil || got["service_start_at"] != a["service_start_at"] {
			t.Errorf("they meet at %v, met at %v", got, a)
		}
		engine := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"/engine", "")
		if engine["kept"] != 1.0 || engine["unkept"] != 1.0 {
			t.Errorf("with one more technician for two that are ill: %v", engine)
		}
		k.hire(t, "")
		k.at(t, k.clock.Now().Sub(dbtest.Now)+time.Hour)
		after, _ := k.met(t, one, two)
		if after["service_start_at"] != a["service_start_at"] {
			t.Errorf("they met at %v, now at %v", a["service_start_at"], after["service_start_at"])
		}
	})
}

// A booking of two is taken back as one, whichever of them are named.
func TestUndoTied(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two, _, _ := k.pair(t, 90)
		a, b := k.met(t, one, two)
		out := list(k.post(t, "undo", `{"items":[{"appointment":%q,"version":%v},{"appointment":%q,"version":%v}]}`, a["id"], a["version"], b["id"], b["version"]), "results")
		if n := tally(out); n["undone"] != 2 {
			t.Errorf("undone %v", out)
		}
		k.none(t, one, two)
	})
}
