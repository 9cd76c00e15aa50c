package desk_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var commands = []desk.Command{desk.Begin, desk.Wait, desk.Resume, desk.Resolve, desk.Reopen, desk.Close, desk.Cancel}

// Whatever is asked of a case, it is in a state of the glossary, nothing leaves
// the end, and only a resolved case closes.
func TestNext(t *testing.T) {
	t.Parallel()
	known := map[desk.State]bool{}
	for _, s := range desk.States {
		known[s] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		s := desk.New
		for _, c := range rapid.SliceOf(rapid.SampledFrom(commands)).Draw(t, "commands") {
			to, err := desk.Next(s, c)
			switch {
			case !known[to]:
				t.Fatalf("%s after %s is no state", to, c)
			case err != nil && to != s:
				t.Fatalf("a refused %s moved %s to %s", c, s, to)
			case err != nil && !errors.Is(err, desk.ErrTransition):
				t.Fatal(err)
			case s.Over() && err == nil:
				t.Fatalf("%s left %s", c, s)
			case to == desk.Closed && s != desk.Closed && s != desk.Resolved:
				t.Fatalf("%s closed without being resolved", s)
			}
			s = to
		}
	})
}

func TestChaseNeverLowersNorAlarms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := desk.Priority(rapid.Int64Range(1, 4).Draw(t, "priority"))
		p := start
		for n := range rapid.Int64Range(0, 20).Draw(t, "times") {
			next := desk.Chase(p, n+1)
			if next > p || next == desk.Critical && p != desk.Critical {
				t.Fatalf("chase %d took %d to %d", n+1, p, next)
			}
			p = next
		}
	})
}

func TestRate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		state desk.State
		at    time.Time
		stars int64
		want  error
	}{
		{"fine", desk.Resolved, now.Add(-time.Hour), 5, nil},
		{"closed", desk.Closed, now.Add(-time.Hour), 1, nil},
		{"too early", desk.Open, time.Time{}, 5, desk.ErrRatedEarly},
		{"too late", desk.Closed, now.Add(-desk.RatableFor - 1), 5, desk.ErrRatedEarly},
		{"no stars", desk.Resolved, now, 0, desk.ErrRating},
		{"too many", desk.Resolved, now, 6, desk.ErrRating},
	} {
		if err := desk.Rate(tt.state, tt.at, tt.stars, now); !errors.Is(err, tt.want) {
			t.Errorf("%s: Rate = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	ours, theirs := id.Brand{1}, id.Brand{2}
	for _, s := range desk.States {
		var want error
		if s == desk.Closed || s == desk.Cancelled {
			want = desk.ErrOver
		}
		if err := desk.Identify(s, ours, ours); !errors.Is(err, want) {
			t.Errorf("%s: Identify = %v, want %v", s, err, want)
		}
		if err := desk.Identify(s, ours, theirs); err == nil {
			t.Errorf("%s: a unit of another brand is taken", s)
		}
	}
}

func TestIntakeCheck(t *testing.T) {
	t.Parallel()
	good := desk.Intake{Brand: " kuhlmann ", Text: " it drips ", Requester: desk.Requester{Name: "A. B."}, Site: desk.Site{Country: "DE"}}
	got, err := good.Check(now)
	if err != nil || got.Brand != "kuhlmann" || got.Channel != desk.ByAPI || got.WorkType != desk.Repair || got.Priority != desk.Normal || !got.OpenedAt.Equal(now) {
		t.Fatalf("Check = %+v, %v", got, err)
	}
	bad := desk.Intake{Symptom: "Erika says it drips", Text: "\x00", Requester: desk.Requester{Name: " "}, Site: desk.Site{Country: "de"}, Language: "no language!", OpenedAt: now.Add(time.Hour)}
	_, err = bad.Check(now)
	f := fault.Of(err)
	want := map[string]string{"": "not_text", "/symptom": "shape", "/text": "required", "/requester/name": "required", "/site/country": "shape", "/language": "shape", "/opened_at": "future"}
	if len(f.Fields) != len(want) {
		t.Fatalf("Check found %+v", f.Fields)
	}
	for _, field := range f.Fields {
		if want[field.Pointer] != field.Code {
			t.Errorf("%q is %q, want %q", field.Pointer, field.Code, want[field.Pointer])
		}
	}
}
