package dispatchsvc

import (
	"context"
	"sync"
	"sync/atomic"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// progress is how far a search has come.
type progress struct {
	Running  bool  `json:"running" doc:"false: it has not begun, it has ended, or another process works on it"`
	Permille int64 `json:"permille" minimum:"0" maximum:"1000" doc:"how much of the search is done"`
}

// searches are those that somebody waits for, each by the name that was chosen
// for it. They are kept in memory: what waits for an answer waits for this process.
type searches struct {
	running sync.Map // searchName → *atomic.Int64, permille
}

type searchName struct {
	tenant id.Tenant
	node   id.Node
	name   string
}

// heed begins to note how far a search comes; done forgets it. Without a name
// nothing is noted. A name that is taken is not watched a second time.
func (m *Module) heed(tenant id.Tenant, node id.Node, name string) (report func(share float64, iterations int), done func()) {
	if name == "" {
		return nil, func() {}
	}
	key, permille := searchName{tenant, node, name}, &atomic.Int64{}
	if _, taken := m.searches.running.LoadOrStore(key, permille); taken {
		return nil, func() {}
	}
	return func(share float64, _ int) { permille.Store(int64(min(1, max(0, share)) * 1000)) }, func() { m.searches.running.Delete(key) }
}

// Progress says how far a plan of the node that is being worked out has come.
func (m *Module) Progress(ctx context.Context, node id.Node, name string) (progress, error) {
	caller, _ := access.From(ctx)
	if _, err := m.board(ctx, caller.Tenant, node, "board.read"); err != nil {
		return progress{}, err
	}
	permille, ok := m.searches.running.Load(searchName{caller.Tenant, node, name})
	if !ok {
		return progress{}, nil
	}
	return progress{Running: true, Permille: permille.(*atomic.Int64).Load()}, nil
}

// progressRoutes are how far searches have come.
func (m *Module) progressRoutes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "board_plan_progress", Path: "/v1/board/{node}/plan/{watch}", Action: "board.read", Kind: "board", Summary: "How far a plan that is being worked out has come"},
		func(ctx context.Context, in *struct {
			Node  id.Node `path:"node"`
			Watch string  `path:"watch" minLength:"8" maxLength:"64" doc:"the name that was chosen for the search"`
		},
		) (*httpapi.Body[progress], error) {
			return httpapi.Reply(m.Progress(ctx, in.Node, in.Watch))
		})
}
