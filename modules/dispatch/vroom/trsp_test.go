package vroom_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/modules/dispatch/vroom"
)

// crew is an instance by hand: the depot at 0, two technicians and three requests on
// a line. The first technician has a tool and one part.
const crew = `two

INFO
CREW COUNT	SKILLS	TOOLS	SPARE PARTS
2	2	2	1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0	0	0	0	1000	5	[] 	[] 	[]
1	10	0	0	1000	0	[0,1] 	[1] 	[1]
2	-10	0	0	1000	0	[0] 	[] 	[0]
3	20	0	0	40	10	[1] 	[1] 	[1]
4	30	0	0	900	10	[0] 	[1] 	[1]
5	-20	0	0	900	10	[0] 	[] 	[]
`

// TestTRSP serves 3 and 4 by the technician who has the skill; the second part is at
// the depot.
func TestTRSP(t *testing.T) {
	t.Parallel()
	give, err := vroom.TRSP([]byte(crew))
	if err != nil || !vroom.IsTRSP([]byte(crew)) {
		t.Fatal(err)
	}
	p := read(t, give)
	plan := solve(t, p, 300)
	got := answer(t, p, plan)
	if err := judge(give, got); err != nil {
		t.Fatal(err)
	}
	// Technician 1 goes to 3, the depot and 4, or the depot first: 10 + 20 + 30 + 20 of way or
	// 10 + 20 + 10 + 20, and 25 at work. Technician 2 to 5 and home: 20 and 10.
	if want := int64(60+25+30) * vroom.TRSPScale; got.Summary.Cost != want || len(got.Unassigned) != 0 {
		t.Errorf("the plan costs %d, want %d: %+v", got.Summary.Cost, want, got)
	}
	if d := cmp.Diff(`{"routes":[{"technician":1,"stops":[0,3,4]},{"technician":2,"stops":[5]}]}`, strings.TrimSpace(string(vroom.Stops(p, plan)))); d != "" {
		t.Error(d)
	}
}

// TestTRSPRefuses what is no such text.
func TestTRSPRefuses(t *testing.T) {
	t.Parallel()
	for name, give := range map[string]string{
		"nothing":           "",
		"no crew":           strings.Replace(crew, "2\t2\t2\t1", "0\t2\t2\t1", 1),
		"only the crew":     strings.Replace(crew, "2\t2\t2\t1", "5\t2\t2\t1", 1),
		"a text for a way":  strings.Replace(crew, "3\t20", "3\tfar", 1),
		"too far":           strings.Replace(crew, "3\t20", "3\t1e9", 1),
		"two lists":         strings.Replace(crew, "[1] \t[1] \t[1]", "[1] \t[1]", 1),
		"a text for a kind": strings.Replace(crew, "[0,1]", "[0,x]", 1),
	} {
		if _, err := vroom.TRSP([]byte(give)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestTRSPInstances solves a published instance when it lies beside the checkout and
// holds its plan against the rules of the text itself.
func TestTRSPInstances(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../../shared/data/routing/trsp/R*.txt")
	if len(files) == 0 {
		t.Skip("skipped: no instances beside the checkout")
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	give, err := vroom.TRSP(text)
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, give)
	got := answer(t, p, solve(t, p, 300))
	if err := judge(give, got); err != nil || len(got.Unassigned) > 0 {
		t.Errorf("%v, %d left", err, len(got.Unassigned))
	}
}

// TestRefills drives a van to the depot for a tool, and back into a plan.
func TestRefills(t *testing.T) {
	t.Parallel()
	give := with(t, day(), []any{4}, "jobs", 0, "tools")
	give = with(t, give, []any{1}, "jobs", 1, "parts")
	give = with(t, give, []any{object{"id": 9, "description": "depot", "location_index": 3, "service": 7}}, "vehicles", 0, "refills")
	give = with(t, give, 5, "jobs", 2, "priority")
	p := read(t, text(t, give))
	plan := solve(t, p, 300)
	got := answer(t, p, plan)
	var kinds []string
	for _, s := range got.Routes[0].Steps {
		kinds = append(kinds, fmt.Sprint(s.Type, s.ID))
	}
	if err := judge(text(t, give), got); err != nil || len(got.Unassigned) > 0 || got.Summary.Cost != 60 || got.Summary.Service != 7 {
		t.Errorf("%v: %v %+v", err, kinds, got.Summary)
	}
	var steps []any
	for _, s := range got.Routes[0].Steps {
		steps = append(steps, object{"type": s.Type, "id": s.ID})
	}
	again := read(t, text(t, with(t, give, steps, "vehicles", 0, "steps")))
	if d := cmp.Diff(plan, again.Start()); d != "" {
		t.Errorf("as a start it is another plan: %s", d)
	}
	none := with(t, give, []any{object{"id": 9, "location_index": 3, "tools": []any{5}, "parts": []any{}}}, "vehicles", 0, "refills")
	p = read(t, text(t, none))
	if got := answer(t, p, solve(t, p, 100)); len(got.Unassigned) != 2 || !cmp.Equal(got.Unassigned[0].Reasons, []string{"tool_missing"}) || !cmp.Equal(got.Unassigned[1].Reasons, []string{"part_missing"}) {
		t.Errorf("without the tool: %+v", got.Unassigned)
	}
}

// TestWorkHour pays for waiting as well.
func TestWorkHour(t *testing.T) {
	t.Parallel()
	give := with(t, day(), []any{[]any{100, 120}}, "jobs", 2, "time_windows")
	give = with(t, give, []any{[]any{0, 20}}, "jobs", 0, "time_windows")
	give = with(t, give, object{"per_hour": 0, "per_work_hour": 7200}, "vehicles", 0, "costs")
	p := read(t, text(t, give))
	var out struct{ Summary struct{ Cost int64 } }
	if err := json.Unmarshal(vroom.Write(p, solve(t, p, 100), vroom.Answer{}), &out); err != nil || out.Summary.Cost != 2*120 {
		t.Errorf("%v: costs %d, want 240: from 10 to 130", err, out.Summary.Cost)
	}
}

func FuzzTRSP(f *testing.F) {
	f.Add([]byte(crew))
	f.Fuzz(func(_ *testing.T, give []byte) {
		if out, err := vroom.TRSP(give); err == nil {
			_, _ = vroom.Read(out)
		}
	})
}
