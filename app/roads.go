package app

import (
	"context"

	"fettle.dev/fettle/platform/roads"
)

// openRoads makes the client of the road service, if one is named, and tells the
// metrics how it does.
func (a *App) openRoads() (err error) {
	c := a.Config.Roads
	if c.URL == "" {
		return nil
	}
	asked := a.Metrics.Counter("fettle_roads_questions_total", "Questions to the road service by how they ended.", "outcome")
	a.Roads, err = roads.Open(roads.Options{Kind: c.Kind, URL: c.URL, Block: c.Block, Observe: func(outcome string) { asked(1, outcome) }})
	if err != nil {
		return err
	}
	a.Metrics.Gauge("fettle_roads_resting", "1 while the road service has failed and plans take the model for what is not known.", func(context.Context) (float64, error) {
		if a.Roads.Resting() {
			return 1, nil
		}
		return 0, nil
	})
	return nil
}
