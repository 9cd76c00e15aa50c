package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"fettle.dev/fettle/modules/dispatch/travel"
)

// driven is when somebody in Berlin has driven a way of so many seconds, second by second,
// as fast as it goes at that hour.
func driven(from time.Time, seconds int64) time.Time {
	rush, zone := travel.Rush(), berlinTime()
	for left := seconds * 1000; left > 0; from = from.Add(time.Second) {
		left -= rush.At(from.In(zone))
	}
	return from
}

// wayBy is how long it takes whoever sets out as late as that permits to be there in time.
func wayBy(arrive time.Time, seconds int64) float64 {
	from := arrive
	for driven(from, seconds).After(arrive) {
		from = from.Add(-time.Second)
	}
	return driven(from, seconds).Sub(from).Seconds()
}

func berlinTime() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}

// startOf is when the visit of an appointment begins.
func startOf(t *testing.T, a map[string]any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, fmt.Sprint(a["service_start_at"]))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestRush plans the same way as longer when everybody drives to work.
func TestRush(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		way := travel.For("DE").Way(centre, near(6)).Seconds
		for n, tt := range []struct {
			hour int // in Berlin, an hour later
			want float64
		}{{8, float64(way) / 0.8}, {12, float64(way) / 1.1}} {
			status, out := k.book(t, k.visit(t, byte(n+1), 30, near(6)), tech, tuesday(tt.hour).AddDate(0, 0, n))
			if status != 201 {
				t.Fatal(out)
			}
			a := k.want(t, 200, "GET", "/v1/appointments/"+out["id"].(string), "")
			got := a["travel_seconds"].(float64)
			if got < tt.want || got >= tt.want+1 || got != wayBy(startOf(t, a), way) {
				t.Errorf("at %d the way takes %v s, want %v", tt.hour, got, tt.want)
			}
		}
	})
}
