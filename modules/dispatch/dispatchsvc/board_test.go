package dispatchsvc_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
)

// attention is what needs a person on a board, in short.
func attention(board map[string]any) (out []string) {
	for _, v := range board["attention"].([]any) {
		c := v.(map[string]any)
		out = append(out, fmt.Sprint(c["code"], " ", c["severity"]))
	}
	return out
}

// The board shows as many days as asked for: shifts with their rests, days off and
// the visits of all of them.
func TestBoardOfDays(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"start":{"lat_micro":52500000,"lon_micro":13400000}`)
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/absences", `{"absences":[{"day":"2026-11-25","reason":"leave"},{"day":"2026-12-08","reason":"leave"}]}`)
		for n := byte(1); n <= 2; n++ {
			if status, out := k.book(t, k.visit(t, n, 60, near(3)), tech, tuesday(10).AddDate(0, 0, 2*int(n-1))); status != 201 {
				t.Fatal(out)
			}
		}
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24&days=5", "")
		lane := board["technicians"].([]any)[0].(map[string]any)
		var days []string
		for _, v := range lane["shifts"].([]any) {
			s := v.(map[string]any)
			days = append(days, fmt.Sprint(s["day"], " ", s["start_at"], " ", len(s["rests"].([]any))))
		}
		want := []string{"2026-11-24 2026-11-24T07:00:00Z 1", "2026-11-26 2026-11-26T07:00:00Z 1", "2026-11-27 2026-11-27T07:00:00Z 1"}
		if diff := cmp.Diff(want, days); diff != "" {
			t.Errorf("shifts (-want +got):\n%s", diff)
		}
		if fmt.Sprint(lane["absences"]) != "[2026-11-25]" || lane["start"] == nil || board["days"] != 5.0 {
			t.Errorf("lane %v", lane)
		}
		if bars := lane["appointments"].([]any); len(bars) != 2 {
			t.Errorf("%d visits in five days: %v", len(bars), bars)
		} else if b := bars[0].(map[string]any); b["pinned"] != true || b["parts"] != "held" || b["late_seconds"] != 0.0 {
			t.Errorf("a visit is %v", b)
		}
		k.want(t, http.StatusUnprocessableEntity, "GET", "/v1/board/"+berlin.String()+"?days=15", "")
		k.as(access.Planner, access.Tenant, id.Raw{}) // who sees boards, but no names
		lane = k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?day=2026-11-24", "")["technicians"].([]any)[0].(map[string]any)
		if lane["start"] != nil || lane["name"] != nil || len(lane["appointments"].([]any)) != 1 {
			t.Errorf("a planner sees %v", lane)
		}
	})
}

// What needs a person is on the board, with what it is about.
func TestBoardAttention(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"skills":[{"skill":"gas","level":3,"valid_until":"2026-11-26"}]`)
		board := func(query string) map[string]any {
			t.Helper()
			return k.want(t, 200, "GET", "/v1/board/"+berlin.String()+query, "")
		}
		expect := func(when, query string, want ...string) map[string]any {
			t.Helper()
			b := board(query)
			if diff := cmp.Diff(want, attention(b)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
			return b
		}
		expect("at first", "")
		gas := remedy.SkillNeed{Skill: "gas", Level: 1}
		wo := k.visit(t, 1, 60, near(3), gas)
		expect("a visit that nobody has", "", "unassigned medium")
		k.parts = "silent"
		_, a := k.book(t, wo, tech, tuesday(10))
		apt := a["id"].(string)
		if b := board("?day=2026-11-24")["technicians"].([]any)[0].(map[string]any)["appointments"].([]any)[0].(map[string]any); b["parts"] != "awaited" {
			t.Errorf("while its parts are being reserved: %v", b)
		}
		k.confirm(t, apt)
		k.parts = ""
		expect("booked for tomorrow", "?day=2026-11-24")
		k.at(t, 22*time.Hour) // 09:00 on Tuesday in Berlin
		expect("in an hour, and nobody said yes", "", "unconfirmed medium")
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/dispatch", "{}")
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/accept", "{}")
		expect("confirmed", "")
		k.at(t, 26*time.Hour) // 13:00, the window ended at 12:00
		b := expect("after its window", "", "overdue high")
		if bar := b["technicians"].([]any)[0].(map[string]any)["appointments"].([]any)[0].(map[string]any); bar["late_seconds"].(float64) < 1800 || bar["expected_at"] == nil {
			t.Errorf("after its window, at rest and still to be travelled to, but %v", bar)
		}
		k.want(t, 200, "POST", "/v1/appointments/"+apt+"/decline", `{"reason":"ill"}`)
		b = expect("declined", "", "refused high")
		if c := b["attention"].([]any)[0].(map[string]any); c["work_order"] != wo.String() || c["technician"] != tech.String() {
			t.Errorf("refused: %v", c)
		}
		k.publish(t, work.OrderMoved{WorkOrder: wo, Case: id.Case{0: 8, 15: 1}, Kind: work.Visit, From: work.Ready, To: work.Waiting})
		expect("waits for its part", "", "part_missing high")
	})
}

// A certificate that ends between the days shown is told with the visits behind it:
// they were booked before it was found out.
func TestBoardCertificates(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, `"skills":[{"skill":"gas","level":3}]`)
		wo := k.visit(t, 1, 60, near(3), remedy.SkillNeed{Skill: "gas", Level: 1})
		_, a := k.book(t, wo, tech, tuesday(10).AddDate(0, 0, 2))
		k.want(t, 200, "PUT", "/v1/technicians/"+tech.String()+"/skills", `{"skills":[{"skill":"gas","level":3,"valid_until":"2026-11-26"}]}`)
		board := k.want(t, 200, "GET", "/v1/board/"+berlin.String()+"?days=7", "")
		if got := attention(board); len(got) != 1 || got[0] != "certificate_ends medium" {
			t.Fatalf("attention %v", board["attention"])
		}
		c := board["attention"].([]any)[0].(map[string]any)
		if c["appointment"] != a["id"] || c["technician"] != tech.String() || c["skill"] != "gas" || c["at"] != "2026-11-25T23:00:00Z" || c["count"] != 1.0 {
			t.Errorf("certificate_ends: %v", c)
		}
	})
}

// However many days are shown, each visit stands on the board exactly once.
func TestBoardShowsEachVisitOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.fill(t, 3, 15)
		k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/plan", `{"iterations":100}`)
		k.settle(t)
		seen := map[string]int{}
		count := func(query string) {
			for _, l := range k.want(t, 200, "GET", "/v1/board/"+berlin.String()+query, "")["technicians"].([]any) {
				for _, b := range l.(map[string]any)["appointments"].([]any) {
					seen[b.(map[string]any)["id"].(string)]++
				}
			}
		}
		count("?day=2026-11-23&days=3")
		for d := 23; d <= 25; d++ {
			count(fmt.Sprintf("?day=2026-11-%d", d))
		}
		if len(seen) != 15 {
			t.Fatalf("%d visits are shown", len(seen))
		}
		for a, n := range seen {
			if n != 2 {
				t.Errorf("%s is shown %d times in two readings", a, n)
			}
		}
	})
}
