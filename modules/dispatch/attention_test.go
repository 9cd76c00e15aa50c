package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// told is a list of concerns in short.
func told(list []dispatch.Concern) string {
	var out []string
	for _, c := range list {
		s := string(c.Code) + ":" + string(c.Severity)
		if !c.At.IsZero() {
			s += c.At.Format("@15:04:05")
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestAttentionToOpenVisits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give dispatch.OpenVisit
		want string
	}{
		{"new", dispatch.OpenVisit{State: dispatch.Unplanned}, "unassigned:medium"},
		{"offered", dispatch.OpenVisit{State: dispatch.Offered, DueAt: noon.Add(24 * time.Hour)}, "unassigned:medium"},
		{"due soon", dispatch.OpenVisit{State: dispatch.Unplanned, DueAt: noon.Add(time.Hour)}, "unassigned:high"},
		{"beside a promise", dispatch.OpenVisit{State: dispatch.Unplanned, Beside: true}, "unassigned:high"},
		{"due now", dispatch.OpenVisit{State: dispatch.Unplanned, DueAt: noon}, "overdue:high@12:00:00 unassigned:high"},
		{"refused", dispatch.OpenVisit{State: dispatch.Unplanned, Passed: []id.Technician{{1}, {2}}}, "refused:high"},
		{"waits for a part", dispatch.OpenVisit{State: dispatch.Held, Passed: []id.Technician{{1}}}, "part_missing:high"},
		{"booked", dispatch.OpenVisit{State: dispatch.Booked, DueAt: noon.Add(-time.Hour)}, ""},
		{"done", dispatch.OpenVisit{State: dispatch.Done}, ""},
	} {
		got := dispatch.Attention(noon, []dispatch.OpenVisit{tt.give}, nil, nil)
		if told(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, told(got), tt.want)
		}
	}
	got := dispatch.Attention(noon, []dispatch.OpenVisit{
		{WorkOrder: id.WorkOrder{1}, State: dispatch.Unplanned, Passed: []id.Technician{{1}, {2}}},
		{WorkOrder: id.WorkOrder{2}, State: dispatch.Unplanned, Why: []dispatch.Block{{Rule: "shift"}, {Rule: "plan_full"}, {Rule: "plan_full"}}},
	}, nil, nil)
	want := []dispatch.Concern{
		{Code: "refused", Severity: "high", WorkOrder: id.WorkOrder{1}, Technician: id.Technician{2}},
		{Code: "unassigned", Severity: "medium", WorkOrder: id.WorkOrder{2}, Rule: "plan_full"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAttentionToPromises(t *testing.T) {
	t.Parallel()
	window := func(from time.Duration) dispatch.Window {
		return dispatch.Window{Start: noon.Add(from), End: noon.Add(from + dispatch.WindowLength)}
	}
	for _, tt := range []struct {
		name string
		give dispatch.Promise
		want string
	}{
		{"tomorrow", dispatch.Promise{State: dispatch.Scheduled, Window: window(24 * time.Hour), ExpectedAt: noon.Add(24 * time.Hour)}, ""},
		{"soon", dispatch.Promise{State: dispatch.Dispatched, Window: window(2 * time.Hour), ExpectedAt: noon.Add(2 * time.Hour)}, "unconfirmed:medium@14:00:00"},
		{"soon, confirmed", dispatch.Promise{State: dispatch.Accepted, Window: window(time.Hour), ExpectedAt: noon.Add(time.Hour)}, ""},
		{"parts are being reserved", dispatch.Promise{State: dispatch.Pending, Window: window(time.Hour), ExpectedAt: noon.Add(time.Hour)}, ""},
		{"the last second", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(2*time.Hour - time.Second)}, ""},
		{"a second after", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(2 * time.Hour)}, "overdue:high@13:59:59"},
		{"parts in the window", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(time.Hour), PartsFrom: noon.Add(2*time.Hour - time.Second)}, ""},
		{"parts after it", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(time.Hour), PartsFrom: noon.Add(2 * time.Hour)}, "part_late:high@14:00:00"},
		{"nobody knows when", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(time.Hour), PartsFrom: dispatch.Undated}, "part_late:high"},
		{"parts after whom it meets", dispatch.Promise{State: dispatch.Accepted, Window: window(0), ExpectedAt: noon.Add(time.Hour), NotAfter: noon.Add(time.Hour), PartsFrom: noon.Add(90 * time.Minute)}, "part_late:high@13:30:00"},
		{"begun without them", dispatch.Promise{State: dispatch.OnSite, Window: window(0), ExpectedAt: noon, PartsFrom: dispatch.Undated}, ""},
		{"the window has passed", dispatch.Promise{State: dispatch.Scheduled, Window: window(-3 * time.Hour), ExpectedAt: noon.Add(-2 * time.Hour)}, "overdue:high@10:59:59"},
		{"on the way, late", dispatch.Promise{State: dispatch.Travelling, Window: window(-2 * time.Hour), ExpectedAt: noon.Add(time.Hour)}, "overdue:high@11:59:59"},
		{"after what the clocks ask", dispatch.Promise{State: dispatch.Accepted, Window: window(time.Hour), ExpectedAt: noon.Add(time.Hour), DueAt: noon}, "overdue:medium@12:00:00"},
		{"somebody is there", dispatch.Promise{State: dispatch.OnSite, Window: window(-3 * time.Hour), ExpectedAt: noon, Conflict: true}, ""},
		{"over", dispatch.Promise{State: dispatch.Completed, Window: window(-3 * time.Hour), ExpectedAt: noon, Conflict: true}, ""},
		{"before the one that it comes after", dispatch.Promise{State: dispatch.Scheduled, Window: window(4 * time.Hour), ExpectedAt: noon.Add(4 * time.Hour), NotBefore: noon.Add(5 * time.Hour)}, "tied:high@17:00:00"},
		{"long after the one that it comes with", dispatch.Promise{State: dispatch.Scheduled, Window: window(4 * time.Hour), ExpectedAt: noon.Add(5 * time.Hour), NotAfter: noon.Add(4 * time.Hour)}, "tied:high@16:00:00"},
		{"in order", dispatch.Promise{State: dispatch.Scheduled, Window: window(4 * time.Hour), ExpectedAt: noon.Add(4 * time.Hour), NotBefore: noon.Add(4 * time.Hour), NotAfter: noon.Add(4 * time.Hour)}, ""},
		{"conflict", dispatch.Promise{State: dispatch.Scheduled, Window: window(5 * time.Hour), ExpectedAt: noon.Add(5 * time.Hour), Conflict: true}, "conflict:high@17:00:00"},
	} {
		if got := told(dispatch.Attention(noon, nil, []dispatch.Promise{tt.give}, nil)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	p := dispatch.Promise{Window: dispatch.Window{Start: noon, End: noon.Add(2 * time.Hour)}, ExpectedAt: noon.Add(time.Hour)}
	late := func(want time.Duration) {
		t.Helper()
		if got := p.Late(); got != want {
			t.Errorf("late by %v, want %v", got, want)
		}
	}
	late(0)
	p.ExpectedAt = noon.Add(2*time.Hour + time.Minute)
	late(time.Minute + time.Second)
	p.DueAt = noon.Add(time.Hour)
	late(time.Hour + time.Minute)
	p.DueAt = noon.Add(3 * time.Hour)
	late(time.Minute + time.Second)
}

func TestAttentionToCertificates(t *testing.T) {
	t.Parallel()
	ends := noon.Add(12 * time.Hour)
	visit := func(n byte, at time.Duration, more ...string) dispatch.Promise {
		return dispatch.Promise{
			Appointment: id.Appointment{n}, WorkOrder: id.WorkOrder{n}, Technician: id.Technician{1}, State: dispatch.Accepted,
			Window: dispatch.Window{Start: noon.Add(at), End: noon.Add(at + 2*time.Hour)}, ExpectedAt: noon.Add(at), Skills: more,
		}
	}
	promises := []dispatch.Promise{
		visit(1, time.Hour, "gas"), visit(2, 20*time.Hour), visit(3, 22*time.Hour, "gas"), visit(4, 12*time.Hour, "power", "gas"),
	}
	held := []dispatch.Certificate{{id.Technician{1}, "gas", ends}, {id.Technician{2}, "gas", ends}, {id.Technician{1}, "crane", ends}}
	want := []dispatch.Concern{{
		Code: "certificate_ends", Severity: "medium", Technician: id.Technician{1}, Skill: "gas", At: ends, Count: 2,
		Appointment: id.Appointment{4}, WorkOrder: id.WorkOrder{4},
	}}
	if diff := cmp.Diff(want, dispatch.Attention(noon, nil, promises, held)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	held[0].Ends = noon
	if got := told(dispatch.Attention(noon, nil, promises, held[:1])); got != "certificate_ends:high@12:00:00" {
		t.Errorf("what has ended: %s", got)
	}
}

// Whatever is given: the worst comes first, an open visit has exactly one reason
// why nobody has it, and what is over is left alone.
func TestAttentionIsOrdered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Custom(func(t *rapid.T) time.Time {
			return noon.Add(time.Duration(rapid.IntRange(-9, 9).Draw(t, "hours")) * time.Hour)
		})
		jobs := []dispatch.JobState{dispatch.Unplanned, dispatch.Offered, dispatch.Booked, dispatch.Held, dispatch.Done}
		var open []dispatch.OpenVisit
		for n := range rapid.IntRange(0, 5).Draw(t, "open") {
			v := dispatch.OpenVisit{WorkOrder: id.WorkOrder{byte(n + 1)}, State: rapid.SampledFrom(jobs).Draw(t, "state")}
			if rapid.Bool().Draw(t, "due") {
				v.DueAt = instant.Draw(t, "due at")
			}
			open = append(open, v)
		}
		var promises []dispatch.Promise
		for range rapid.IntRange(0, 5).Draw(t, "promises") {
			at := instant.Draw(t, "start")
			promises = append(promises, dispatch.Promise{
				State: rapid.SampledFrom(dispatch.States).Draw(t, "stands"), Window: dispatch.Window{Start: at, End: at.Add(2 * time.Hour)},
				ExpectedAt: instant.Draw(t, "expected"), Conflict: rapid.Bool().Draw(t, "conflict"),
			})
		}
		rank := map[dispatch.Severity]int{dispatch.High: 0, dispatch.Medium: 1}
		last := 0
		reasons := map[id.WorkOrder]int{}
		for _, c := range dispatch.Attention(noon, open, promises, nil) {
			if rank[c.Severity] < last {
				t.Fatalf("%v comes after what presses less", c)
			}
			last = rank[c.Severity]
			if c.Code == dispatch.NeedPart || c.Code == dispatch.NeedRefused || c.Code == dispatch.NeedUnassigned {
				reasons[c.WorkOrder]++
			}
		}
		for _, v := range open {
			want := 0
			if v.State.Open() || v.State == dispatch.Held {
				want = 1
			}
			if reasons[v.WorkOrder] != want {
				t.Fatalf("%s visit has %d reasons", v.State, reasons[v.WorkOrder])
			}
		}
	})
}

func TestCommonest(t *testing.T) {
	t.Parallel()
	for want, rules := range map[string][]string{"": nil, "a": {"b", "a", "a"}, "b": {"b", "a"}} {
		var blocks []dispatch.Block
		for _, r := range rules {
			blocks = append(blocks, dispatch.Block{Rule: r})
		}
		if got := dispatch.Commonest(blocks); got != want {
			t.Errorf("of %v the commonest is %q, want %q", rules, got, want)
		}
	}
}
