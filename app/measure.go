package app

import "context"

// measure tells the metrics how far behind the house is.
func (a *App) measure() {
	a.Metrics.Gauges("fettle_outbox", "Events that wait: fresh ones, and lanes that are parked.", "what", func(ctx context.Context) (map[string]float64, error) {
		l, err := a.Bus.Lag(ctx)
		out := map[string]float64{"fresh": float64(l.Fresh)}
		for _, lane := range l.Lanes {
			out["parked"] += float64(lane.Parked)
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
