package access

import (
	"context"
	"fmt"
	"maps"
	"slices"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// This file alone knows cedar-go's experimental partial evaluation. Whatever
// it does not understand is an error: nothing is let through by ignorance.

// residual is what remains of the policies for a caller and an action when the
// resource is not known: the alternatives that permit, and the condition that
// no forbidding policy holds.
type residual struct {
	permit pred
	spared pred
}

func (r residual) pred() pred { return all(r.spared, r.permit) }

// residual works out what remains once for each caller and action.
func (g *Guard) residual(ctx context.Context, action string) (residual, error) {
	act, ok := actions[action]
	if !ok {
		return residual{}, fmt.Errorf("access: %q is no action", action)
	}
	m, err := g.known(ctx)
	if err != nil {
		return residual{}, err
	}
	return m.residual(action, func() (residual, error) { return g.evaluate(m.principal, act) })
}

func (g *Guard) evaluate(p *types.Entity, act known) (residual, error) {
	w := world{principal: *p, action: act.entity}
	env := eval.Env{
		Principal: p.UID, Action: act.entity.UID, Resource: eval.Variable("resource"),
		Context: types.NewRecord(nil), Entities: &w,
	}
	var permits, forbids []pred
	for key, policy := range g.policies[act.Name].All() {
		left, err := partial(env, policy)
		if err != nil {
			return residual{}, fmt.Errorf("policy %s for %s: %w", key, act.Name, err)
		}
		if policy.Effect() == types.Permit {
			permits = append(permits, left)
		} else {
			forbids = append(forbids, negate(left))
		}
	}
	slices.SortFunc(permits, pred.compare)
	slices.SortFunc(forbids, pred.compare)
	return residual{permit: either(permits...), spared: all(forbids...)}, nil
}

// relevant sorts the policies by the actions that they may have a say on, so
// that no decision looks at the others.
func relevant(all map[string]*cedar.Policy) map[string]rules {
	keys := slices.Sorted(maps.Keys(all))
	out := make(map[string]rules, len(actions))
	for name, act := range actions {
		env := eval.Env{
			Principal: eval.Variable("principal"), Action: act.entity.UID, Resource: eval.Variable("resource"),
			Context: types.NewRecord(nil), Entities: &world{action: act.entity},
		}
		for _, key := range keys {
			if _, keep := eval.PartialPolicy(env, (*ast.Policy)(all[key].AST())); keep {
				out[name] = append(out[name], named{cedar.PolicyID(key), all[key]})
			}
		}
	}
	return out
}

func partial(env eval.Env, policy *cedar.Policy) (pred, error) {
	left, keep := eval.PartialPolicy(env, (*ast.Policy)(policy.AST()))
	if !keep {
		return constant(false), nil
	}
	return reader{"tenant": true}.read(eval.PolicyToNode(left).AsIsNode())
}

// reader turns nodes of Cedar's syntax tree into conditions. It holds the
// attributes that are known to be there: reading one that may be absent would
// be an error in Cedar and NULL in SQL, which are not the same, so a policy
// must ask "resource has x" first.
type reader map[string]bool

func (r reader) read(n ast.IsNode) (pred, error) {
	if err, ok := eval.ToPartialError(n); ok {
		return pred{}, fmt.Errorf("evaluates to an error: %w", err)
	}
	switch x := n.(type) {
	case ast.NodeValue:
		b, ok := x.Value.(types.Boolean)
		if !ok {
			return pred{}, fmt.Errorf("%v is no truth value", x.Value)
		}
		return constant(bool(b)), nil
	case ast.NodeTypeNot:
		p, err := r.read(x.Arg)
		return negate(p), err
	case ast.NodeTypeAnd:
		return r.readAnd(x)
	case ast.NodeTypeOr:
		return r.readBoth(x.Left, x.Right, r, either)
	case ast.NodeTypeHas:
		if !isResource(x.Arg) {
			return pred{}, fmt.Errorf("has of %T", x.Arg)
		}
		if r[string(x.Value)] {
			return constant(true), nil
		}
		return pred{op: has, attr: string(x.Value)}, nil
	case ast.NodeTypeContains:
		return r.readContains(x)
	case ast.NodeTypeEquals:
		return r.readEquals(x.BinaryNode)
	case ast.NodeTypeNotEquals:
		p, err := r.readEquals(x.BinaryNode)
		return negate(p), err
	}
	return pred{}, fmt.Errorf("cannot be put into SQL: %T", n)
}

func (r reader) readBoth(left, right ast.IsNode, after reader, join func(...pred) pred) (pred, error) {
	a, err := r.read(left)
	if err != nil {
		return pred{}, err
	}
	b, err := after.read(right)
	if err != nil {
		return pred{}, err
	}
	return join(a, b), nil
}

// readAnd reads the right side knowing what the left side has asked for.
func (r reader) readAnd(x ast.NodeTypeAnd) (pred, error) {
	after := reader{}
	for a := range r {
		after[a] = true
	}
	for _, a := range asked(x.Left) {
		after[a] = true
	}
	return r.readBoth(x.Left, x.Right, after, all)
}

// asked lists the attributes that a resource surely has when n holds.
func asked(n ast.IsNode) []string {
	switch x := n.(type) {
	case ast.NodeTypeHas:
		if isResource(x.Arg) {
			return []string{string(x.Value)}
		}
	case ast.NodeTypeAnd:
		return append(asked(x.Left), asked(x.Right)...)
	}
	return nil
}

func (r reader) readContains(x ast.NodeTypeContains) (pred, error) {
	set, ok := x.Left.(ast.NodeValue)
	if !ok {
		return pred{}, fmt.Errorf("contains of %T", x.Left)
	}
	members, ok := set.Value.(types.Set)
	if !ok {
		return pred{}, fmt.Errorf("contains of %T", set.Value)
	}
	attr, err := r.attribute(x.Right)
	if err != nil {
		return pred{}, err
	}
	var vals []string
	for v := range members.All() {
		if s, ok := v.(types.String); ok { // no attribute is anything but a string
			vals = append(vals, string(s))
		}
	}
	return isIn(attr, vals), nil
}

func (r reader) readEquals(x ast.BinaryNode) (pred, error) {
	side, other := x.Left, x.Right
	if _, ok := side.(ast.NodeValue); ok {
		side, other = other, side
	}
	value, ok := other.(ast.NodeValue)
	if !ok {
		return pred{}, fmt.Errorf("comparison of %T with %T", side, other)
	}
	s, ok := value.Value.(types.String)
	if !ok {
		return pred{}, fmt.Errorf("comparison with %T", value.Value)
	}
	attr, err := r.attribute(side)
	if err != nil {
		return pred{}, err
	}
	return isIn(attr, []string{string(s)}), nil
}

// attribute reads resource.name.
func (r reader) attribute(n ast.IsNode) (string, error) {
	x, ok := n.(ast.NodeTypeAccess)
	if !ok || !isResource(x.Arg) {
		return "", fmt.Errorf("%T is no attribute of the resource", n)
	}
	name := string(x.Value)
	if !r[name] {
		return "", fmt.Errorf("reads resource.%s without asking whether the resource has it", name)
	}
	if _, ok := attributes[name]; !ok {
		return "", fmt.Errorf("a resource has no %s", name)
	}
	return name, nil
}

func isResource(n ast.IsNode) bool {
	switch x := n.(type) {
	case ast.NodeTypeVariable:
		return x.Name == "resource"
	case ast.NodeValue:
		name, ok := eval.ToVariable(x.Value)
		return ok && name == "resource"
	}
	return false
}
