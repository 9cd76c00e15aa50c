package play

import (
	"math"
	"testing"
	"time"

	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/work"
)

// First attempts end as often each way as the real records say, within three
// standard deviations.
func TestAttemptsFollowTheRecords(t *testing.T) {
	t.Parallel()
	const tries = 40_000
	p := &Player{rand: world.Stream(1, 1)}
	counts, causes := map[came]float64{}, map[string]float64{}
	for range tries {
		r := p.attempt(desk.Repair, 1)
		switch {
		case r.Outcome == work.Fixed || r.Outcome == work.FixedByCare:
			counts[fixedAtOnce]++
		case r.Outcome == work.PartMissing || r.Outcome == work.NotFixed:
			counts[another]++
		case r.Outcome == work.EndOfLife || r.Cause == "too_expensive":
			counts[beyondRepair]++
			causes[r.Cause]++
		default:
			counts[unknown]++
		}
	}
	holds := func(what string, got, share, of float64) {
		t.Helper()
		if off := math.Abs(got - share*of); off > 3*math.Sqrt(of*share*(1-share)) {
			t.Errorf("%s came %v times of %v, want %v", what, got, of, share*of)
		}
	}
	total := 0
	for _, f := range firstAttempt {
		total += f.count
	}
	for _, f := range firstAttempt {
		holds(string(f.came), counts[f.came], float64(f.count)/float64(total), tries)
	}
	sum := 0
	for _, b := range barriers {
		sum += b.count
	}
	for _, b := range barriers {
		holds(b.cause, causes[b.cause], float64(b.count)/float64(sum), counts[beyondRepair])
	}
}

func TestHeatPeaksInTheLastWeek(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ days, least, most float64 }{{30, 0, 0.001}, {9, 0, 0.01}, {5, 0.1, 0.6}, {2.5, 1, 1}, {0, 0.2, 0.6}} {
		if h := heat(tt.days); h < tt.least || h > tt.most {
			t.Errorf("%v days before the end the heat is %v, want %v to %v", tt.days, h, tt.least, tt.most)
		}
	}
}

func TestAtWork(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 8*60*60)
	for _, tt := range []struct{ at, want string }{
		{"2026-11-18T03:00:00+08:00", "2026-11-18T08:30:00+08:00"},
		{"2026-11-18T10:00:00+08:00", "2026-11-18T10:00:00+08:00"},
		{"2026-11-18T20:30:00+08:00", "2026-11-19T08:30:00+08:00"},
		{"2026-12-31T23:59:00+08:00", "2027-01-01T08:30:00+08:00"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := atWork(at, zone).Format(time.RFC3339); got != tt.want {
			t.Errorf("atWork(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
}
