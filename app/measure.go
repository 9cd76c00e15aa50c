package app

import (
	"context"

	"fettle.dev/fettle/platform/leaf"
)

// measure tells the metrics how far behind the house is.
func (a *App) measure() {
	a.Metrics.Gauges("fettle_waiting", "What has not been handled yet: fresh events, lanes with events, leaves.", "what", a.waiting)
	a.Metrics.Gauges("fettle_parked", "Dead letters, by subscriber.", "subscriber", func(ctx context.Context) (map[string]float64, error) {
		l, err := a.Bus.Lag(ctx)
		out := map[string]float64{}
		for _, lane := range l.Lanes {
			if lane.Parked > 0 {
				out[lane.Subscriber] = float64(lane.Parked)
			}
		}
		return out, err
	})
	a.Metrics.Gauges("fettle_jobs_late_seconds", "How late the oldest due job of a kind is.", "kind", func(ctx context.Context) (map[string]float64, error) {
		l, err := a.Jobs.Lag(ctx)
		out := map[string]float64{}
		for kind, late := range l.Late {
			out[kind] = late.Seconds()
		}
		return out, err
	})
	a.Metrics.Gauge("fettle_hint_streams", "Open streams of hints.", func(context.Context) (float64, error) { return float64(a.Hints.Streams()), nil })
}

func (a *App) waiting(ctx context.Context) (map[string]float64, error) {
	l, err := a.Bus.Lag(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{"fresh": float64(l.Fresh), "lanes": 0}
	for _, lane := range l.Lanes {
		out["lanes"] += float64(lane.Pending)
	}
	n, err := leaf.CountPending(ctx, a.DB)
	out["leaves"] = float64(n)
	return out, err
}
