package insightsvc

import (
	"testing"
	"time"
	_ "time/tzdata" // the zone below does not depend on the machine
)

// Every local day of the period is there once, also where the clocks change and
// wherever in a day the period begins.
func TestDaysOfAPeriod(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for hour := range 24 {
		from := time.Date(2026, 10, 20, hour, 30, 0, 0, berlin) // clocks go back on the 25th
		q := question{From: from, Until: time.Date(2026, 10, 31, 0, 30, 0, 0, berlin)}
		got := days(nil, q, berlin)
		if len(got) != 12 || got[0].On != "2026-10-20" || got[11].On != "2026-10-31" {
			t.Errorf("from %v: %v", from, got)
		}
	}
}
