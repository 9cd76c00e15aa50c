package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch"
)

// Pieces says to plans what Waits and IsLate say to people: what an hour costs adds up, second
// by second, to the waiting and to the being late, and a later begin never costs less.
func TestPatience(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	second := func(n int) time.Time { return now.Add(time.Duration(n) * time.Second) }
	rapid.Check(t, func(t *rapid.T) {
		p := dispatch.Patience{Now: now, Waiting: rapid.Int64Range(0, 1e6).Draw(t, "waiting"), Late: rapid.Int64Range(0, 4e6).Draw(t, "late")}
		if rapid.Bool().Draw(t, "clocks") {
			p.Due = second(rapid.IntRange(-50_000, 300_000).Draw(t, "due"))
		}
		from, pieces := p.Pieces()
		if pieces == nil && from != 0 { // being late at the price that it has anyway
			pieces = []dispatch.Piece{{PerHour: p.Late}}
		}
		var before int64
		for _, n := range []int{0, rapid.IntRange(0, 100_000).Draw(t, "start"), rapid.IntRange(100_000, 500_000).Draw(t, "later")} {
			start := second(n)
			var adds int64 // in parts of an hour
			for i, one := range pieces {
				end := start.Unix()
				if i+1 < len(pieces) {
					end = min(end, from+pieces[i+1].After)
				}
				adds += max(0, end-from-one.After) * one.PerHour
			}
			said := p.Waits(start)*3600 + p.IsLate(start)*p.Late
			if adds < said || adds >= said+3600 {
				t.Fatalf("%+v at %d: plans count %d, people are told %d", p, n, adds, said)
			}
			if said < before {
				t.Fatalf("%+v at %d costs %d, earlier it cost %d", p, n, said, before)
			}
			before = said
		}
	})
}
