package dispatchsvc

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// What a problem that comes through the API may hold; larger ones are for the
// command line, which has a machine to itself.
const (
	solveJobs     = 2_000
	solveVehicles = 500
	solveBody     = 8 << 20
	solveAtOnce   = 2 // searches of a process, each on one thread
)

// solving is how long a problem is searched.
type solving struct {
	Seconds    int             `query:"seconds" minimum:"1" maximum:"30" default:"5" doc:"of search at the most"`
	Iterations int             `query:"iterations" minimum:"0" maximum:"10000000" doc:"of search at the most; 0: as many as the seconds allow. A search that they end is the same each time"`
	Seed       int64           `query:"seed" minimum:"0"`
	Geometry   bool            `query:"geometry" doc:"lines between the stops"`
	Body       json.RawMessage // a problem
}

// Solve plans a problem in the JSON format of VROOM. It stands for itself: nothing of
// the house is read or changed, so whoever may solve at all may solve any.
func (m *Module) Solve(ctx context.Context, in *solving) (json.RawMessage, error) {
	reach, err := m.guard.Reach(ctx, "routing.solve", "routing")
	if err == nil && len(reach) == 0 {
		err = access.ErrHidden
	}
	if err != nil {
		return nil, err
	}
	select {
	case m.solving <- struct{}{}:
		defer func() { <-m.solving }()
	default:
		return nil, dispatch.ErrBusy
	}
	begin := clock.System()
	p, err := vroom.ReadWithin(in.Body, vroom.Limits{Jobs: solveJobs, Vehicles: solveVehicles})
	if err != nil {
		return nil, err
	}
	loaded := clock.System()
	plan, err := search(ctx, p, in, loaded)
	if err != nil {
		return nil, err
	}
	return vroom.Write(p, plan, vroom.Answer{
		Geometry: in.Geometry, Loading: loaded.Sub(begin).Milliseconds(), Solving: clock.System().Sub(loaded).Milliseconds(),
	}), nil
}

// search looks for a plan on the caller's thread until its time is up.
func search(ctx context.Context, p *vroom.Problem, in *solving, begin time.Time) (routing.Plan, error) {
	limit := time.Duration(in.Seconds) * time.Second
	budget := routing.Budget{Iterations: in.Iterations, Progress: func() float64 { return float64(clock.System().Sub(begin)) / float64(limit) }}
	rng := rand.New(rand.NewPCG(uint64(in.Seed), 0)) //nolint:gosec // a search, not a secret
	plan, _, err := routing.Solve(ctx, p.Routing(), p.Start(), budget, rng)
	return plan, err
}

func (m *Module) solveRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "routing_solve", Path: "/v1/routing/solve", Action: "routing.solve", Kind: "routing", NoIdempotency: true, MaxBody: solveBody,
		Timeout: 40 * time.Second, Status: http.StatusOK, Summary: "Plan a routing problem in the JSON format of VROOM",
		Doc: "At most 2,000 jobs, 500 vehicles and 30 seconds on one thread. What the format knows and is not supported yet is refused by name.",
	}, func(ctx context.Context, in *solving) (*httpapi.Body[json.RawMessage], error) {
		return httpapi.Reply(m.Solve(ctx, in))
	})
}
