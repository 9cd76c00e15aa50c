package dispatchsvc

import (
	"context"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db"
)

// mostLegs bounds what the kept plans weigh together: ways between places, which are
// most of a plan. It is some 400 MB, that is one node of 4,000 places, or a thousand
// of 120.
const mostLegs = 16 << 20

// memory keeps the plans of nodes, each as of one version of the rows. It makes answers
// fast and decides nothing: it is asked against the version of the reader's snapshot, and
// every booking is a step that checks the rows.
type memory struct {
	most  int // legs
	mu    sync.Mutex
	nodes map[nodeKey]*shelf // held by mu, as are the members of seats that say so
	legs  int
	clock int
}

type nodeKey struct {
	tenant id.Tenant
	node   id.Node
}

// shelf is where a node's plan is kept.
type shelf struct {
	mu   sync.Mutex // held while the plan is brought up to date
	plan *nodePlan  // held by mu

	legs, asked int // held by memory.mu: what it weighs, and when it was asked last
}

func newMemory(most int) *memory { return &memory{most: most, nodes: map[nodeKey]*shelf{}} }

// shelf returns a node's, new where there is none.
func (k *memory) shelf(key nodeKey) *shelf {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.nodes[key]
	if s == nil {
		s = &shelf{}
		k.nodes[key] = s
	}
	k.clock++
	s.asked = k.clock
	return s
}

// weigh notes what a shelf holds by now, and forgets those that were not asked for longest
// until the rest is light enough.
func (k *memory) weigh(key nodeKey, s *shelf, legs int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.nodes[key] != s {
		return // forgotten meanwhile
	}
	k.legs += legs - s.legs
	s.legs = legs
	for k.legs > k.most {
		oldest, at := (*shelf)(nil), nodeKey{}
		for key, o := range k.nodes {
			if oldest == nil || o.asked < oldest.asked {
				oldest, at = o, key
			}
		}
		k.legs -= oldest.legs
		delete(k.nodes, at)
	}
}

// plan returns the plan of a node as the snapshot of tx has it, or newer, and as of an
// instant that is at most so long ago.
func (m *Module) plan(ctx context.Context, tx *db.Tx, node id.Node, age time.Duration) (*nodePlan, error) {
	now, err := stampOf(ctx, tx, node)
	if err != nil {
		return nil, err
	}
	key := nodeKey{tx.Tenant(), node}
	s := m.memory.shelf(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.plan.at(ctx, tx, node, now, age)
	if err != nil {
		return nil, err
	}
	if p != s.plan {
		s.plan = p
		m.memory.weigh(key, s, len(p.points)*len(p.points))
	}
	return p, nil
}
