package work_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/work"
)

func TestTieCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		give work.Tie
		want string // the member that is refused
	}{
		{"a second technician", work.Tie{How: work.Together}, ""},
		{"straight after", work.Tie{How: work.Afterwards}, ""},
		{"two days after", work.Tie{How: work.Afterwards, LeastMinutes: 2880, MostMinutes: 2880 + 600}, ""},
		{"nothing", work.Tie{}, "/how"},
		{"at once, after a while", work.Tie{How: work.Together, LeastMinutes: 1}, "/least_minutes"},
		{"at once, before long", work.Tie{How: work.Together, MostMinutes: 900}, "/most_minutes"},
		{"before", work.Tie{How: work.Afterwards, LeastMinutes: -1}, "/least_minutes"},
		{"in years", work.Tie{How: work.Afterwards, LeastMinutes: 1 << 40}, "/least_minutes"},
		{"no room for windows", work.Tie{How: work.Afterwards, LeastMinutes: 60, MostMinutes: 659}, "/most_minutes"},
		{"overflowing", work.Tie{How: work.Afterwards, LeastMinutes: 86400, MostMinutes: -1 << 63}, "/most_minutes"},
	} {
		err := tt.give.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || fault.Of(err).Fields[0].Pointer != tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Nothing is tied to what is over, and what nobody can join any more is not joined.
func TestTakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(work.States).Draw(t, "state")
		if got := work.Afterwards.Takes(s); got != s.Open() {
			t.Fatalf("%s takes what comes after it: %v", s, got)
		}
		if got := work.Together.Takes(s); got != (s.Open() && s != work.InProgress) {
			t.Fatalf("%s takes a second technician: %v", s, got)
		}
		o := rapid.SampledFrom(outcomes).Draw(t, "outcome")
		if o.Unties() && !o.Over() {
			t.Fatalf("%s goes on and unties", o)
		}
	})
}
