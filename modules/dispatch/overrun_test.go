package dispatch_test

import (
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch"
)

func TestLengthUntil(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		state        dispatch.State
		begins, ends time.Duration // from noon
		want         time.Duration
		refused      string
	}{
		{"under way", dispatch.OnSite, -time.Hour, time.Hour, 2 * time.Hour, ""},
		{"nearly over", dispatch.OnSite, -time.Hour, time.Second, time.Hour + time.Second, ""},
		{"about to begin", dispatch.Accepted, time.Hour, 3 * time.Hour, 2 * time.Hour, ""},
		{"should have begun", dispatch.Travelling, -time.Hour, 2 * time.Hour, 2 * time.Hour, ""},
		{"over", dispatch.OnSite, -time.Hour, 0, 0, "past"},
		{"before it begins", dispatch.Accepted, 2 * time.Hour, time.Hour, 0, "before_start"},
		{"not even a minute", dispatch.Accepted, time.Hour, time.Hour + 59*time.Second, 0, "before_start"},
		{"half a day", dispatch.Accepted, time.Hour, 13 * time.Hour, 12 * time.Hour, ""},
		{"longer", dispatch.Accepted, time.Hour, 13*time.Hour + time.Second, 0, "too_far"},
		{"for ever", dispatch.OnSite, -time.Hour, 1 << 62, 0, "too_far"},
	} {
		a := dispatch.Appointment{State: tt.state, ServiceStartAt: noon.Add(tt.begins)}
		got, err := dispatch.LengthUntil(&a, noon, noon.Add(tt.ends))
		refused := ""
		if err != nil {
			refused = fault.Of(err).Fields[0].Code
		}
		if got != tt.want || refused != tt.refused {
			t.Errorf("%s: %v, %q; want %v, %q", tt.name, got, refused, tt.want, tt.refused)
		}
	}
}

// What nobody has begun ends at the end of its window, or a while after whom it meets.
func TestLatestBegin(t *testing.T) {
	t.Parallel()
	a := dispatch.Appointment{ServiceStartAt: noon.Add(30 * time.Minute), EndAt: noon.Add(2 * time.Hour)}
	for _, tt := range []struct {
		meets bool
		now   time.Time
		want  time.Time
	}{
		{false, noon, a.EndAt.Add(-time.Second)},
		{true, noon, noon.Add(30*time.Minute + dispatch.MeetSlack)},
		{true, noon.Add(time.Hour), a.EndAt.Add(-time.Second)},
	} {
		if got := dispatch.LatestBegin(&a, tt.meets, tt.now); !got.Equal(tt.want) {
			t.Errorf("meets %v at %v: %v, want %v", tt.meets, tt.now, got, tt.want)
		}
	}
}
