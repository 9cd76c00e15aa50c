package forecast_test

import (
	"encoding/csv"
	"math"
	"os"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/modules/dispatch/forecast"
)

const boston = "../../../../shared/data/demo/boston311-2015-3800.csv"

// usHolidays2015 are the federal holidays, public knowledge.
var usHolidays2015 = map[string]bool{
	"2015-01-01": true, "2015-01-19": true, "2015-02-16": true, "2015-05-25": true, "2015-07-03": true, "2015-09-07": true, "2015-10-12": true,
	"2015-11-11": true, "2015-11-26": true, "2015-12-25": true,
}

func american(d calendar.Day) int {
	if usHolidays2015[d.String()] {
		return forecast.Holiday
	}
	return forecast.Weekdays(d)
}

// requests counts the requests of a year by day.
func requests(t *testing.T) (first calendar.Day, counts []int64) {
	t.Helper()
	f, err := os.Open(boston)
	if err != nil {
		t.Skip("the records of Boston are not here")
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	first = calendar.DayOn(2015, time.January, 1)
	counts = make([]int64, 365)
	for _, r := range rows[1:] {
		if d, err := calendar.ParseDay(r[1][:10]); err == nil && d >= first && d < first+365 {
			counts[d-first]++
		}
	}
	return first, counts
}

// score adds up how far forecasts are off.
type score struct {
	off, came, days, within float64
}

// Played through a year of real requests, each day forecast from what was known some
// days before: better than the same weekday of the last known week, and the band of
// eight days in ten holds about that many. The figures are in docs/benchmarks.md.
func TestBackTest(t *testing.T) {
	t.Parallel()
	first, counts := requests(t)
	for _, ahead := range []int{1, 7, 14, 28, 42} {
		var model, naive score
		for i := 120; i < len(counts); i++ {
			m := forecast.Fit(first, counts[:i+1-ahead], american)
			e := m.On(first + calendar.Day(i))
			came := float64(counts[i])
			model.off += math.Abs(e.Mean - came)
			if lo, hi := e.Quantile(0.1), e.Quantile(0.9); counts[i] >= lo && counts[i] <= hi {
				model.within++
			}
			model.came += came
			model.days++
			last := i - 7*((ahead+6)/7)
			naive.off += math.Abs(float64(counts[last]) - came)
		}
		t.Logf("%2d days ahead: off by %.1f %% of what came, last week by %.1f %%; %.0f %% within the band of 80 %%", ahead,
			100*model.off/model.came, 100*naive.off/model.came, 100*model.within/model.days)
		if model.off > 0.9*naive.off {
			t.Errorf("%d days ahead: off by %.0f, last week by %.0f", ahead, model.off, naive.off)
		}
		if share := model.within / model.days; share < 0.7 || share > 0.95 {
			t.Errorf("%d days ahead: %.2f of the days are within the band of 0.8", ahead, share)
		}
	}
}
