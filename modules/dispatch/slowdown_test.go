package dispatch_test

import (
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/modules/dispatch"
)

func TestSlowdownIsChecked(t *testing.T) {
	t.Parallel()
	year9999 := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, tt := range []struct {
		name string
		give dispatch.Slowdown
		want string
	}{
		{"from now on", dispatch.Slowdown{Until: noon.Add(time.Hour), Percent: 40, Reason: dispatch.Snow}, ""},
		{"since the morning", dispatch.Slowdown{From: noon.Add(-4 * time.Hour), Until: noon.Add(time.Hour), Percent: 900, Reason: dispatch.Jam}, ""},
		{"tomorrow", dispatch.Slowdown{From: noon.Add(24 * time.Hour), Until: noon.Add(30 * time.Hour), Percent: 1, Reason: dispatch.Closure}, ""},
		{"nothing", dispatch.Slowdown{}, "/reason unknown /percent range /until past"},
		{"over", dispatch.Slowdown{From: noon.Add(-time.Hour), Until: noon, Percent: 40, Reason: dispatch.Snow}, "/until past"},
		{"backwards", dispatch.Slowdown{From: noon.Add(2 * time.Hour), Until: noon.Add(time.Hour), Percent: 40, Reason: dispatch.Snow}, "/until before_start"},
		{"for ever", dispatch.Slowdown{Until: year9999, Percent: 40, Reason: dispatch.Snow}, "/until too_far"},
		{"far ahead", dispatch.Slowdown{From: year9999, Until: year9999.Add(time.Hour), Percent: 40, Reason: dispatch.Snow}, "/from too_far /until too_far"},
		{"long ago", dispatch.Slowdown{From: time.Unix(-1, 0), Until: noon.Add(time.Hour), Percent: 40, Reason: dispatch.Snow}, "/from past"},
		{"faster", dispatch.Slowdown{Until: noon.Add(time.Hour), Percent: -40, Reason: dispatch.Snow}, "/percent range"},
		{"not at all", dispatch.Slowdown{Until: noon.Add(time.Hour), Percent: 10_000, Reason: dispatch.Snow}, "/percent range"},
		{"another reason", dispatch.Slowdown{Until: noon.Add(time.Hour), Percent: 40, Reason: "moon"}, "/reason unknown"},
	} {
		got, err := tt.give.Check(noon)
		var said []string
		if err != nil {
			for _, f := range fault.Of(err).Fields {
				said = append(said, f.Pointer+" "+f.Code)
			}
		}
		if s := strings.Join(said, " "); s != tt.want || (err == nil) != got.From.Before(got.Until) {
			t.Errorf("%s: %+v, %q; want %q", tt.name, got, s, tt.want)
		}
	}
}

// The worst of what hinders at an instant counts, and before and after it nothing does.
func TestSlowed(t *testing.T) {
	t.Parallel()
	list := []dispatch.Slowdown{
		{From: noon, Until: noon.Add(2 * time.Hour), Percent: 25, Reason: dispatch.Jam},
		{From: noon.Add(time.Hour), Until: noon.Add(3 * time.Hour), Percent: 100, Reason: dispatch.Snow},
	}
	for after, want := range map[time.Duration]int64{-time.Second: 800, 0: 640, time.Hour - time.Second: 640, time.Hour: 400, 3*time.Hour - time.Second: 400, 3 * time.Hour: 800} {
		if got := dispatch.Slowed(800, noon.Add(after), list); got != want {
			t.Errorf("after %v: %d, want %d", after, got, want)
		}
	}
}
