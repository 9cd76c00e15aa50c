package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/modules/dispatch/forecast"
)

var start = calendar.DayOn(2024, time.January, 1) // a Monday

// drawn is a Poisson number.
func drawn(rng *rand.Rand, mean float64) (n int64) {
	for p := rng.ExpFloat64(); p < mean; p += rng.ExpFloat64() {
		n++
	}
	return n
}

func near(t *testing.T, what string, got, want, slip float64) {
	t.Helper()
	if math.Abs(got-want) > slip*want {
		t.Errorf("%s: %.2f, want %.2f within %.0f %%", what, got, want, slip*100)
	}
}

// A week, a season, holidays and a jump some months ago are found again.
func TestFit(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	like := func(d calendar.Day) int {
		if d%29 == 0 {
			return forecast.Holiday
		}
		return forecast.Weekdays(d)
	}
	truth := func(d calendar.Day) float64 {
		mean := [8]float64{2, 30, 22, 20, 20, 18, 8, 3}[like(d)]
		if m := time.Unix(int64(d)*86_400, 0).UTC().Month(); m == time.July || m == time.August {
			mean *= 1.5
		}
		if d >= start+700 {
			mean *= 1.3
		}
		return mean
	}
	var counts []int64
	for d := start; d < start+900; d++ {
		counts = append(counts, drawn(rng, truth(d)))
	}
	m := forecast.Fit(start, counts, like)
	off, n := 0.0, 0.0
	for d := start + 900; d < start+942; d++ {
		e := m.On(d)
		off += math.Abs(e.Mean-truth(d)) / truth(d)
		n++
	}
	if off/n > 0.15 {
		t.Errorf("expectations are off by %.0f %% in the mean", 100*off/n)
	}
	summer := m.On(calendar.DayOn(2026, time.July, 13)).Mean / m.On(calendar.DayOn(2026, time.October, 12)).Mean
	near(t, "a Monday in July beside one in October", summer, 1.5, 0.2)
}

// Without history nothing is expected; with little, what is expected is careful.
func TestFitLittle(t *testing.T) {
	t.Parallel()
	for _, counts := range [][]int64{nil, {0, 0, 0}} {
		m := forecast.Fit(start, counts, forecast.Weekdays)
		if e := m.On(start + 10); e.Mean != 0 || e.Quantile(0.9) != 0 {
			t.Errorf("of %v: %+v", counts, e)
		}
	}
	week := forecast.Fit(start, []int64{5, 5, 5, 5, 5, 0, 0}, forecast.Weekdays)
	long := make([]int64, 0, 364)
	for range 52 {
		long = append(long, 5, 5, 5, 5, 5, 0, 0)
	}
	year := forecast.Fit(start, long, forecast.Weekdays)
	sunday := calendar.DayOn(2025, time.June, 1)
	if a, b := week.On(sunday).Mean, year.On(sunday).Mean; b > 0.3 || a < 2*b {
		t.Errorf("a Sunday after a week: %.2f, after a year: %.2f", a, b)
	}
	unsure := func(e forecast.Expected) float64 { return e.Variance / (e.Mean * e.Mean) }
	if a, b := unsure(week.On(sunday+1)), unsure(year.On(sunday+1)); a < 1.1*b {
		t.Errorf("a week is as sure (%.3f) as a year (%.3f)", a, b)
	}
}

// Days that differ more than chance widen the band.
func TestSpread(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	var calm, wild []int64
	for range 365 {
		calm = append(calm, drawn(rng, 20))
		wild = append(wild, drawn(rng, 20*rng.ExpFloat64()))
	}
	a, b := forecast.Fit(start, calm, forecast.Weekdays), forecast.Fit(start, wild, forecast.Weekdays)
	if x, y := a.On(start+400), b.On(start+400); float64(y.Quantile(0.9)) < 1.4*float64(x.Quantile(0.9)) {
		t.Errorf("nine of ten days: %d calm, %d wild", x.Quantile(0.9), y.Quantile(0.9))
	}
}

// Whatever the history, expectations are numbers, and quantiles grow with the share
// asked for and hold it.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 500), 0, 60).Draw(t, "counts")
		m := forecast.Fit(start, counts, forecast.Weekdays)
		e := m.On(start + calendar.Day(rapid.IntRange(0, 800).Draw(t, "day")))
		if math.IsNaN(e.Mean) || e.Mean < 0 || e.Variance < e.Mean {
			t.Fatalf("%+v of %v", e, counts)
		}
		p, q := rapid.Float64Range(0.01, 0.99).Draw(t, "p"), rapid.Float64Range(0.01, 0.99).Draw(t, "q")
		if (p < q) != (e.Quantile(p) < e.Quantile(q)) && e.Quantile(p) != e.Quantile(q) {
			t.Fatalf("%+v: %v → %d, %v → %d", e, p, e.Quantile(p), q, e.Quantile(q))
		}
		if s := e.Scaled(rapid.Float64Range(0, 1).Draw(t, "share")); s.Mean > e.Mean || s.Variance < s.Mean {
			t.Fatalf("%+v is a share of %+v", s, e)
		}
	})
}

// Quantiles of distributions that can be looked up, and of drawn numbers.
func TestQuantileByHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mean, variance, p float64
		want              int64
	}{
		{0.5, 0.5, 0.60, 0},
		{0.5, 0.5, 0.61, 1}, // P(0) = 0.6065
		{4, 4, 0.5, 4},
		{4, 4, 0.9, 7},
		{10, 10, 0.9, 14},
		{1, 2, 0.49, 0},
		{1, 2, 0.51, 1},
		{1, 2, 0.9, 3}, // geometric: P(≤k) = 1 − 2^−(k+1)
		{10_000, 10_000, 0.5, 10_000},
		{10_000, 10_000, 0.975, 10_196},
	} {
		if got := (forecast.Expected{Mean: tt.mean, Variance: tt.variance}).Quantile(tt.p); got != tt.want {
			t.Errorf("mean %v, variance %v: %v → %d, want %d", tt.mean, tt.variance, tt.p, got, tt.want)
		}
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	sum := 0.0
	h := forecast.Hours([24]int64{9: 800, 15: 200})
	for _, x := range h {
		sum += x
	}
	if math.Abs(sum-1) > 1e-9 || h[9] < 0.75 || h[15] < 0.18 || h[3] != 0 || h[12] <= 0 {
		t.Errorf("hours %v come to %v", h, sum)
	}
}

// What may be promised leaves room for urgent work on nine days of ten, and at least
// half of the day.
func TestLimit(t *testing.T) {
	t.Parallel()
	urgent := forecast.Expected{Mean: 4, Variance: 4}
	for _, tt := range []struct{ capacity, minutes, want int64 }{
		{2400, 60, 2400 - 7*60}, {600, 60, 300}, {0, 60, 0}, {-5, 60, 0}, {2400, 0, 2400},
	} {
		if got := forecast.Limit(tt.capacity, urgent, tt.minutes); got != tt.want {
			t.Errorf("Limit(%d, %d) = %d, want %d", tt.capacity, tt.minutes, got, tt.want)
		}
	}
	rng := rand.New(rand.NewPCG(7, 8))
	fits := 0
	for range 10_000 {
		if drawn(rng, 4)*60 <= 2400-forecast.Limit(2400, urgent, 60) {
			fits++
		}
	}
	if fits < 9_000 {
		t.Errorf("urgent work fits on %d days of 10,000", fits)
	}
}

func TestTravelShare(t *testing.T) {
	t.Parallel()
	for _, tt := range [][3]int64{{0, 0, 200}, {0, 1 << 40, 0}, {300_000, 300_000, 498}, {-1, -1, 200}} {
		if got := forecast.TravelShare(tt[0], tt[1]); got != tt[2] {
			t.Errorf("TravelShare(%d, %d) = %d, want %d", tt[0], tt[1], got, tt[2])
		}
	}
}
