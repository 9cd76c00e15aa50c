package access

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"sync"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
)

//go:embed policies/*.cedar
var files embed.FS

// Policies returns the Cedar policies that every guard obeys, by their @id.
func Policies() (map[string]*cedar.Policy, error) {
	names, err := fs.Glob(files, "policies/*.cedar")
	if err != nil {
		return nil, err
	}
	all := map[string]*cedar.Policy{}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := cedar.NewPolicyListFromBytes(name, b)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			key := string(p.Annotations()["id"])
			if _, twice := all[key]; twice || key == "" {
				return nil, fmt.Errorf("%s: a policy without an @id of its own (%q)", name, key)
			}
			all[key] = p
		}
	}
	return all, nil
}

// Tree knows which nodes lie below a node.
type Tree interface {
	// Below returns the nodes below node, at any depth; node itself may be
	// among them. It opens a read of its own and must not be called inside one.
	Below(ctx context.Context, tenant id.Tenant, node id.Node) ([]id.Node, error)
}

// Options are what a guard needs. The zero Options are for an installation
// without regions.
type Options struct {
	Tree    Tree          // nil: no node lies below another
	Machine clock.Clock   // nil: the wall clock; measures how old the tree is
	Fresh   time.Duration // how long an answer of Tree is believed; zero: 5 s
	// Policies are the rules; nil means the embedded ones. Tests take one away.
	Policies map[string]*cedar.Policy
}

// Guard decides. It is safe for concurrent use.
type Guard struct {
	tree     Tree
	machine  clock.Clock
	fresh    time.Duration
	policies map[string]rules // by action

	mu    sync.Mutex // guards below
	trees map[branch]nodes
}

type branch struct {
	tenant id.Tenant
	node   id.Node
}

type nodes struct {
	ids   []types.Value
	until time.Time
}

// New returns a guard. It fails only if a policy cannot be read.
func New(o Options) (*Guard, error) {
	if o.Policies == nil {
		all, err := Policies()
		if err != nil {
			return nil, fmt.Errorf("read policies: %w", err)
		}
		o.Policies = all
	}
	g := &Guard{tree: o.Tree, machine: o.Machine, fresh: o.Fresh, policies: relevant(o.Policies), trees: map[branch]nodes{}}
	if g.machine == nil {
		g.machine = clock.System
	}
	if g.fresh == 0 {
		g.fresh = 5 * time.Second
	}
	return g, nil
}

// Can returns nil when the caller of ctx may do the action to r, ErrHidden
// when not, ErrNobody when there is no caller. Any other error means that it
// could not be decided, and nothing may be done.
func (g *Guard) Can(ctx context.Context, action string, r Resource) error {
	act, err := g.action(action, r.Kind)
	if err != nil {
		return err
	}
	m, err := g.known(ctx)
	if err != nil {
		return err
	}
	c, _ := From(ctx)
	w := world{principal: *m.principal, action: act.entity, resource: r.entity(c.Tenant)}
	yes, diag := cedar.Authorize(g.policies[action], &w, w.request())
	if len(diag.Errors) > 0 {
		return fmt.Errorf("decide %s: policy %s: %s", action, diag.Errors[0].PolicyID, diag.Errors[0].Message)
	}
	if !yes {
		return ErrHidden
	}
	return nil
}

func (g *Guard) action(name, kind string) (known, error) {
	act, ok := actions[name]
	if !ok || act.Kind != kind {
		return known{}, fmt.Errorf("access: %q is no action on a %q", name, kind)
	}
	return act, nil
}

// rules are the policies that may have a say on one action, in a fixed order.
type rules []named

type named struct {
	id     cedar.PolicyID
	policy *cedar.Policy
}

// All implements cedar.PolicyIterator.
func (r rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, n := range r {
			if !yield(n.id, n.policy) {
				return
			}
		}
	}
}

// world is the three entities that a decision is about.
type world struct{ principal, action, resource types.Entity }

// Get implements types.EntityGetter.
func (w *world) Get(uid types.EntityUID) (types.Entity, bool) {
	switch uid {
	case w.action.UID:
		return w.action, true
	case w.principal.UID:
		return w.principal, true
	case w.resource.UID:
		return w.resource, true
	}
	return types.Entity{}, false
}

func (w *world) request() cedar.Request {
	return cedar.Request{Principal: w.principal.UID, Action: w.action.UID, Resource: w.resource.UID}
}

// below asks the tree, at most once in a while for each branch.
func (g *Guard) below(ctx context.Context, tenant id.Tenant, node id.Node) ([]types.Value, error) {
	if g.tree == nil {
		return nil, nil
	}
	key, now := branch{tenant, node}, g.machine()
	g.mu.Lock()
	kept, ok := g.trees[key]
	g.mu.Unlock()
	if ok && now.Before(kept.until) {
		return kept.ids, nil
	}
	found, err := g.tree.Below(ctx, tenant, node)
	if err != nil {
		return nil, err
	}
	ids := make([]types.Value, len(found))
	for i, n := range found {
		ids[i] = text(n.Raw())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.trees) > 10_000 { // far more branches than a network has: start over
		clear(g.trees)
	}
	g.trees[key] = nodes{ids: ids, until: now.Add(g.fresh)}
	return ids, nil
}
