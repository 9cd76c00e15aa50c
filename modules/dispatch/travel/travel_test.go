package travel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/dispatch/travel"
)

var countries = []locale.Country{"", "CN", "DE", "ID", "IN", "US", "XX"}

// The way there is the way back, longer ways take longer, and no stop on the way
// makes it shorter by more than the rounding.
func TestWay(t *testing.T) {
	t.Parallel()
	point := rapid.Custom(func(t *rapid.T) geo.Point {
		return geo.At(rapid.Float64Range(30, 31).Draw(t, "lat"), rapid.Float64Range(114, 115).Draw(t, "lon"))
	})
	rapid.Check(t, func(t *rapid.T) {
		m := travel.For(rapid.SampledFrom(countries).Draw(t, "country"))
		m.Time = rapid.Int64Range(0, 3000).Draw(t, "time")
		a, b, c := point.Draw(t, "a"), point.Draw(t, "b"), point.Draw(t, "c")
		ab, ba, ac, cb := m.Way(a, b), m.Way(b, a), m.Way(a, c), m.Way(c, b)
		switch {
		case ab != ba:
			t.Fatalf("there %v, back %v", ab, ba)
		case ab.Metres > ac.Metres && ab.Seconds < ac.Seconds:
			t.Fatalf("%v is longer and faster than %v", ab, ac)
		case ab.Metres < a.Metres(b):
			t.Fatalf("%v is shorter than the line through the air", ab)
		case ab.Metres > ac.Metres+cb.Metres+3 || ab.Seconds > ac.Seconds+cb.Seconds+12:
			t.Fatalf("%v straight, %v and %v by another place", ab, ac, cb)
		}
	})
}

func TestWayByHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country       locale.Country
		km            float64 // through the air, along a meridian
		seconds, slip int64
	}{
		{"", 0, 0, 0},
		{"", 2, 312, 2},
		{"", 10, 600 + (13_000-5_000)*3/50, 2},
		{"DE", 10, 600 + 8_000*18/350, 2},
		{"US", 10, 600 + 7_000*18/350, 2},
		{"IN", 10, 720 + 8_000*18/225, 2},
	} {
		from, to := geo.At(30, 114), geo.At(30+tt.km/111.1949, 114)
		if w := travel.For(tt.country).Way(from, to); w.Seconds < tt.seconds-tt.slip || w.Seconds > tt.seconds+tt.slip {
			t.Errorf("%s: %v km take %d s, want %d", tt.country, tt.km, w.Seconds, tt.seconds)
		}
	}
	if w := travel.For("").Way(geo.Point{}, geo.At(30, 114)); w != (travel.Way{Seconds: 900, Metres: 10_000}) {
		t.Errorf("an unknown way is %v", w)
	}
	late := travel.For("")
	late.Time = 1500
	if w := late.Way(geo.Point{}, geo.At(30, 114)); w != (travel.Way{Seconds: 1350, Metres: 10_000}) {
		t.Errorf("an unknown way that takes half as long again is %v", w)
	}
}

// Over a working day the profile comes to the speed of the model, so a plan with
// it is neither a slow nor a fast one, and no hour stands still.
func TestRush(t *testing.T) {
	t.Parallel()
	p := travel.Rush()
	for day := time.Monday; day <= time.Friday; day++ {
		sum := 0.0 // of the time that a way takes
		for hour := 8; hour < 18; hour++ {
			sum += 1000 / float64(p[day][hour])
		}
		if sum < 9.8 || sum > 10.2 {
			t.Errorf("on %s ten hours of driving take %.2f", day, sum)
		}
	}
	for day := range p {
		for hour, permille := range p[day] {
			if permille < 500 || permille > 1500 {
				t.Errorf("%d permille on %s at %d", permille, time.Weekday(day), hour)
			}
		}
	}
	if rush, noon := p.At(time.Date(2026, 11, 23, 8, 59, 0, 0, time.UTC)), p.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)); rush >= noon {
		t.Errorf("%d in the rush hour, %d at noon", rush, noon)
	}
}
