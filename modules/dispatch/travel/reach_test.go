package travel_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch/travel"
)

// A cell is its coarse place, everywhere on the globe.
func TestCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		point := func(name string) geo.Point {
			return geo.Point{LatMicro: rapid.Int32Range(-90e6, 90e6).Draw(t, name+" lat"), LonMicro: rapid.Int32Range(-180e6, 180e6).Draw(t, name+" lon")}
		}
		p, q := point("p"), point("q")
		if got := travel.CellOf(p).Point(); got != p.Coarse() {
			t.Fatalf("%v is in the cell of %v", p, got)
		}
		if (travel.CellOf(p) == travel.CellOf(q)) != (p.Coarse() == q.Coarse()) {
			t.Fatalf("%v and %v", p, q)
		}
	})
}

func drawWays(t *rapid.T, name string) []travel.To {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) travel.To {
		return travel.To{
			Cell: travel.Cell(rapid.Int64Range(0, 60).Draw(t, "cell")), On: calendar.Day(rapid.Int32Range(20_000, 20_010).Draw(t, "on")),
			Way: travel.Way{Seconds: rapid.Int64Range(-1, 1e6).Draw(t, "seconds"), Metres: rapid.Int64Range(-1, 1e6).Draw(t, "metres")},
		}
	}), 0, 40).Draw(t, name)
}

// What was learnt last holds, is found, and survives being written down; what is
// forgotten is never younger than what is kept.
func TestReach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, fresh, most := drawWays(t, "old"), drawWays(t, "fresh"), rapid.IntRange(0, 50).Draw(t, "most")
		var r travel.Reach
		r = r.Merge(old, 1000).Merge(fresh, most)
		want := map[travel.Cell]travel.To{}
		for _, x := range append(append([]travel.To{}, old...), fresh...) {
			want[x.Cell] = x
		}
		if len(r) != min(most, len(want)) {
			t.Fatalf("%d ways are kept of %d, most %d", len(r), len(want), most)
		}
		youngestGone, oldestKept := calendar.Day(0), calendar.Day(1<<30)
		for c, x := range want {
			got, ok := r.Find(c)
			switch {
			case !ok:
				youngestGone = max(youngestGone, x.On)
			case got != x:
				t.Fatalf("cell %d: %v, want %v", c, got, x)
			default:
				oldestKept = min(oldestKept, x.On)
			}
		}
		if youngestGone > oldestKept {
			t.Fatalf("one of day %d is forgotten, one of %d kept", youngestGone, oldestKept)
		}
		back, err := travel.Unpack(r.Pack())
		if err != nil || len(r) > 0 && !cmp.Equal(back, r) {
			t.Fatalf("%v, %v", err, cmp.Diff(r, back))
		}
		for _, x := range r.Since(20_005) {
			if x.On < 20_005 {
				t.Fatalf("%v is too old", x)
			}
		}
	})
}

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	ways := travel.Reach{{Cell: 2}, {Cell: 1}}
	for name, b := range map[string][]byte{"cut off": ways[:1].Pack()[:19], "out of order": ways.Pack(), "twice": append(ways[:1].Pack(), ways[:1].Pack()...)} {
		if _, err := travel.Unpack(b); !errors.Is(err, travel.ErrReach) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
