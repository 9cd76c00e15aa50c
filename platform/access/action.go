package access

import (
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// Action is what can be known about an action without a caller.
type Action struct {
	Name  string // kind.verb
	Kind  string
	Class Class
}

// known is one action as Cedar sees it: an entity whose parents are the groups
// it belongs to.
type known struct {
	Action
	entity types.Entity
}

// actions and groups are read-only after initialisation.
var actions, groups = index(table)

// index turns the table into Cedar's action entities. The groups of an action
// are its roles, its class ("read") and its kind and class ("case:read").
func index(table []rule) (map[string]known, map[string]bool) {
	all, groups := make(map[string]known, len(table)), map[string]bool{}
	for _, r := range table {
		kind, verb, ok := strings.Cut(r.action, ".")
		if _, twice := all[r.action]; twice || !ok || kind == "" || verb == "" {
			panic("access: bad line for action " + r.action)
		}
		names := append(strings.Fields(r.roles), string(r.class), kind+":"+string(r.class))
		parents := make([]types.EntityUID, len(names))
		for i, n := range names {
			groups[n], parents[i] = true, actionUID(n)
		}
		uid := actionUID(r.action)
		all[r.action] = known{
			Action: Action{Name: r.action, Kind: kind, Class: r.class},
			entity: types.Entity{UID: uid, Parents: types.NewEntityUIDSet(parents...)},
		}
	}
	return all, groups
}

func actionUID(name string) types.EntityUID { return cedar.NewEntityUID("Action", types.String(name)) }

// Lookup returns the action of that name; routes are checked against it when
// they are declared.
func Lookup(name string) (Action, bool) {
	k, ok := actions[name]
	return k.Action, ok
}

// Actions returns all actions by name.
func Actions() []Action {
	list := make([]Action, 0, len(actions))
	for _, k := range actions {
		list = append(list, k.Action)
	}
	slices.SortFunc(list, func(a, b Action) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// ValidScope reports whether s can limit an API token: a group of actions such
// as "read", "case:write" or "integrator", or one action such as "case.read".
func ValidScope(s string) bool {
	_, one := actions[s]
	return one || groups[s]
}
