// Package access decides who may do what to which thing.
//
// The rules are a few Cedar policies (policies/*.cedar); who holds which role
// where is data: a grant is a role with a scope. The same policies answer a
// single question (Guard.Can), say whether a route may be entered at all
// (Guard.May) and filter lists in SQL by partial evaluation (Guard.Filter,
// Guard.Reach). The default is no, and a thing that one may not know of looks
// like a thing that is not there.
package access

import (
	"context"
	"embed"
	"slices"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/i18n"
)

//go:embed texts/*.json
var texts embed.FS

var _ = i18n.Register(texts)

// The faults of access.
var (
	// ErrHidden answers both for what is not there and for what the caller may
	// not know of.
	ErrHidden = fault.New(fault.NotFound, "not_found")
	// ErrNobody says that nobody has logged in.
	ErrNobody = fault.New(fault.Unknown, "login.required")
)

// Role says what work somebody does; see the policy of the same name.
type Role string

// The roles.
const (
	Customer   Role = "customer"
	Agent      Role = "agent"
	Dispatcher Role = "dispatcher"
	Technician Role = "technician"
	Depot      Role = "depot"
	Parts      Role = "parts"
	Partner    Role = "partner"
	Brand      Role = "brand"
	Finance    Role = "finance"
	Planner    Role = "planner"
	Quality    Role = "quality"
	Admin      Role = "admin"
	Integrator Role = "integrator"
	Auditor    Role = "auditor"
)

// Roles are all roles.
var Roles = []Role{
	Customer, Agent, Dispatcher, Technician, Depot, Parts, Partner, Brand,
	Finance, Planner, Quality, Admin, Integrator, Auditor,
}

// ScopeKind says what the id of a scope names.
type ScopeKind string

// The kinds of scopes.
const (
	Tenant    ScopeKind = "tenant"  // everything of the operator; no id
	Region    ScopeKind = "region"  // a node and every node below it
	Node      ScopeKind = "node"    // one node, not those below it
	OfBrand   ScopeKind = "brand"   // what belongs to one brand
	OfPartner ScopeKind = "partner" // what belongs to one partner
	Self      ScopeKind = "self"    // a technician's own work, or a person's own things
)

// ScopeKinds are all kinds of scopes.
var ScopeKinds = []ScopeKind{Tenant, Region, Node, OfBrand, OfPartner, Self}

// Scope says where a role holds. For Self the id is the technician of the role
// technician; for other roles it is a person, and zero means the caller's own.
type Scope struct {
	Kind ScopeKind `json:"kind"`
	ID   id.Raw    `json:"-"`
}

// Grant gives a role within a scope.
type Grant struct {
	Role  Role
	Scope Scope
}

// fits names the scopes that the policy of a role looks at; a grant of another
// kind would give nothing, so nobody may make one.
var fits = map[Role][]ScopeKind{
	Customer:   {Self},
	Agent:      {Tenant, Region, Node, OfBrand},
	Dispatcher: {Tenant, Region, Node, OfBrand, OfPartner},
	Technician: {Self},
	Depot:      {Tenant, Region, Node, OfPartner},
	Parts:      {Tenant, Region, Node, OfPartner},
	Partner:    {OfPartner},
	Brand:      {OfBrand},
	Finance:    {Tenant, Region, Node, OfBrand, OfPartner},
	Planner:    {Tenant, Region, Node},
	Quality:    {Tenant, Region, Node, OfBrand},
	Admin:      {Tenant, Region, Node},
	Integrator: {Tenant, OfBrand, OfPartner},
	Auditor:    {Tenant, Region, Node, OfBrand},
}

// Fits reports whether a grant of role r can have a scope of kind k.
func (r Role) Fits(k ScopeKind) bool {
	return slices.Contains(fits[r], k)
}

// Caller is who asks.
type Caller struct {
	Tenant id.Tenant
	User   id.User
	Token  id.APIToken // by which the user calls; zero for a session
	Person id.Person   // whose own things a grant of scope self covers
	Grants []Grant
	Scopes []string // of an API token: the groups of actions it is limited to; nil for a session
	Locale locale.Tag

	system bool
	memo   *memo // never nil within a context
}

// System is the caller of work that no person asked for: event handlers, jobs
// and the command line. It may do everything within its tenant.
func System(t id.Tenant) Caller { return Caller{Tenant: t, system: true} }

// IsSystem reports whether c came from System.
func (c Caller) IsSystem() bool { return c.system }

// Resource is the thing asked about. Zero fields are attributes it has not. A
// node, brand, partner, person or technician is also its own attribute: of the
// node n, Node is n.
type Resource struct {
	Kind       string // the first half of the action, such as "case"
	ID         id.Raw
	Tenant     id.Tenant // zero: the caller's own, as of every row read through db in the caller's name
	Node       id.Node
	Brand      id.Brand
	Partner    id.Partner
	Person     id.Person
	Technician id.Technician
	Country    string
	State      string
}

type callerKey struct{}

// Prepared returns c with a place to remember what is worked out about it (the
// nodes below its regions, what it may do at all), for whoever keeps c from
// one request to the next. What is remembered lasts as long as c is kept, so
// that must not be longer than grants and the tree may be out of date. The
// fields must not be changed afterwards.
func (c Caller) Prepared() Caller {
	c.memo = &memo{}
	return c
}

// With returns a context in which c is the caller.
func With(ctx context.Context, c Caller) context.Context {
	if c.memo == nil {
		c.memo = &memo{}
	}
	return context.WithValue(ctx, callerKey{}, &c)
}

// Uncalled returns a context in which nobody calls, for work that goes on by
// itself, whoever set it going.
func Uncalled(ctx context.Context) context.Context {
	return context.WithValue(ctx, callerKey{}, (*Caller)(nil))
}

// calling returns the caller of ctx, or nil.
func calling(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}

// From returns the caller of ctx.
func From(ctx context.Context) (Caller, bool) {
	c := calling(ctx)
	if c == nil {
		return Caller{}, false
	}
	out := *c
	out.memo = nil // the copy may be changed
	return out, true
}
