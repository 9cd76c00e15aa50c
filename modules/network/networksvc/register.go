package networksvc

import (
	"context"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db"
)

// register is a tenant's network as it stood at a version. It is never changed
// once it is held.
type register struct {
	version     int64
	operator    *network.Operator // nil: none yet
	brands      map[id.Brand]network.Brand
	brandCodes  map[string]id.Brand
	partners    map[id.Partner]network.Partner
	nodes       []network.Node
	nodeCodes   map[string]id.Node
	tree        *network.Tree
	territories []network.Territory
	places      *network.Map
}

// arrange builds what is looked up from what was loaded.
func (r *register) arrange(brands []network.Brand, partners []network.Partner) {
	r.brands, r.brandCodes = make(map[id.Brand]network.Brand, len(brands)), make(map[string]id.Brand, len(brands))
	for _, b := range brands {
		r.brands[b.ID], r.brandCodes[b.Code] = b, b.ID
	}
	r.partners = make(map[id.Partner]network.Partner, len(partners))
	for _, p := range partners {
		r.partners[p.ID] = p
	}
	r.nodeCodes = make(map[string]id.Node, len(r.nodes))
	for _, n := range r.nodes {
		r.nodeCodes[n.Code] = n.ID
	}
	r.tree, r.places = network.NewTree(r.nodes), network.NewMap(r.territories)
}

// state is the state of a node, for routing.
func (r *register) state(node id.Node) network.State {
	n, ok := r.tree.Node(node)
	if !ok {
		return network.Closed
	}
	return n.State
}

// fresh is how long a register is believed before its version is looked at.
const fresh = time.Second

// held is the registers of this process, by tenant.
type held struct {
	mu  sync.Mutex
	all map[id.Tenant]looked
}

type looked struct {
	*register
	at     time.Time // when its version was looked at, machine clock; zero: look again
	writes int64     // of this process so far
}

func (h *held) get(t id.Tenant) looked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[t]
}

// put keeps r unless something newer is there. It is not believed if this
// process has written since it was asked for.
func (h *held) put(t id.Tenant, r *register, asked looked, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.all[t]
	if now.register != nil && now.version > r.version {
		return
	}
	if now.writes != asked.writes {
		at = time.Time{}
	}
	h.keep(t, looked{r, at, now.writes})
}

// wrote has the next reader look at the version again.
func (h *held) wrote(t id.Tenant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.all[t]
	h.keep(t, looked{register: now.register, writes: now.writes + 1})
}

func (h *held) keep(t id.Tenant, l looked) {
	if h.all == nil {
		h.all = map[id.Tenant]looked{}
	}
	h.all[t] = l
}

// register returns the tenant's network, at most a second old.
func (m *Module) register(ctx context.Context, tenant id.Tenant) (*register, error) {
	kept, now := m.held.get(tenant), m.db.Machine()()
	if !kept.at.IsZero() && now.Sub(kept.at) < fresh {
		return kept.register, nil
	}
	r, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (*register, error) {
		v, err := version(ctx, tx)
		if err != nil || kept.register != nil && kept.version == v {
			return kept.register, err
		}
		return load(ctx, tx, v)
	})
	if err != nil {
		return nil, err
	}
	m.held.put(tenant, r, kept, now)
	return r, nil
}
