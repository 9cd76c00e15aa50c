package networksvc

import (
	"context"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// list reads a page of what the caller may see, in the order of a column of Ks.
type list[T, K any] struct {
	action, kind string
	cols         access.Columns
	by           string // the column that the list is sorted by
	read         func(ctx context.Context, tx *db.Tx, where string, args ...any) ([]T, error)
	key          func(T) K
}

// page returns the part of the list that in asks for; where narrows it.
func page[T, K any](ctx context.Context, m *Module, in httpapi.PageIn, l list[T, K], where string, args ...any) (*pageOut[T], error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	mine, more, err := m.guard.Filter(ctx, l.action, l.kind, l.cols)
	if err != nil {
		return nil, err
	}
	var after K
	seek, err := in.Seek(ctx, &after)
	if err != nil {
		return nil, err
	}
	all := append([]any{caller.Tenant}, append(args, more...)...)
	text := "tenant_id = ?" + where + " AND " + mine
	if seek {
		text += " AND " + l.by + " > ?"
		all = append(all, after)
	}
	items, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]T, error) {
		return l.read(ctx, tx, text+" ORDER BY "+l.by+" LIMIT ?", append(all, in.Limit+1)...)
	})
	if err != nil {
		return nil, err
	}
	out, err := httpapi.PageOf(ctx, in, items, func(v T) any { return l.key(v) })
	return &pageOut[T]{Body: out}, err
}

type pageOut[T any] struct{ Body httpapi.Page[T] }

func (m *Module) listBrands(ctx context.Context, in *struct{ httpapi.PageIn }) (*pageOut[network.Brand], error) {
	return page(ctx, m, in.PageIn, list[network.Brand, string]{
		action: "brand.read", kind: "brand", cols: access.Columns{"brand": "id"}, by: "code", read: brands,
		key: func(b network.Brand) string { return b.Code },
	}, "")
}

func (m *Module) listPartners(ctx context.Context, in *struct{ httpapi.PageIn }) (*pageOut[network.Partner], error) {
	return page(ctx, m, in.PageIn, list[network.Partner, string]{
		action: "partner.read", kind: "partner", cols: access.Columns{"partner": "id", "country": "country"}, by: "code", read: partners,
		key: func(p network.Partner) string { return p.Code },
	}, "")
}

type nodesIn struct {
	httpapi.PageIn
	Country locale.Country `query:"country" doc:"only nodes of the country"`
	State   network.State  `query:"state" enum:"planned,open,paused,closed" doc:"only nodes in the state"`
}

func (m *Module) listNodes(ctx context.Context, in *nodesIn) (*pageOut[network.Node], error) {
	where, args := "", []any(nil)
	if in.Country != "" {
		where, args = where+" AND country = ?", append(args, in.Country)
	}
	if in.State != "" {
		where, args = where+" AND state = ?", append(args, in.State)
	}
	return page(ctx, m, in.PageIn, list[network.Node, string]{
		action: "node.read", kind: "node", cols: nodeColumns, by: "code", read: nodes,
		key: func(n network.Node) string { return n.Code },
	}, where, args...)
}

var nodeColumns = access.Columns{"node": "id", "partner": "partner_id", "country": "country", "state": "state"}

// treeNode is a node with how deep it stands below what the caller may see.
type treeNode struct {
	network.Node
	Depth int `json:"depth" doc:"0 for a root"`
}

type treeOut struct {
	Body struct {
		Items []treeNode `json:"items" doc:"Parents before their children."`
	}
}

// tree returns the part of the tree that the caller may see.
func (m *Module) tree(ctx context.Context, _ *struct{}) (*treeOut, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	r, err := m.register(ctx, caller.Tenant)
	if err != nil {
		return nil, err
	}
	var mine []network.Node
	for _, n := range r.nodes {
		if m.mayNode(ctx, "node.read", "node", n) == nil {
			mine = append(mine, n)
		}
	}
	out := &treeOut{}
	out.Body.Items = flat(network.NewTree(mine))
	return out, nil
}

// flat walks the tree, parents before their children.
func flat(t *network.Tree) []treeNode {
	out := make([]treeNode, 0, t.Len())
	var walk func(ids []id.Node, depth int)
	walk = func(ids []id.Node, depth int) {
		for _, i := range ids {
			n, _ := t.Node(i)
			out = append(out, treeNode{n, depth})
			walk(t.Children(i), depth+1)
		}
	}
	walk(t.Roots(), 0)
	return out
}

type territoriesIn struct {
	httpapi.PageIn
	Node id.Node `query:"node" doc:"only territories of the node"`
}

// listTerritories shows the territories of the nodes that the caller may see.
func (m *Module) listTerritories(ctx context.Context, in *territoriesIn) (*pageOut[network.Territory], error) {
	where, args := "", []any(nil)
	if !in.Node.IsZero() {
		where, args = " AND node_id = ?", []any{in.Node}
	}
	return page(ctx, m, in.PageIn, list[network.Territory, id.Territory]{
		action: "territory.read", kind: "territory", by: "id", read: territories,
		cols: access.Columns{
			"node": "node_id", "country": "country",
			"partner": "(SELECT n.partner_id FROM network_node n WHERE n.tenant_id = network_territory.tenant_id AND n.id = network_territory.node_id)",
		},
		key: func(t network.Territory) id.Territory { return t.ID },
	}, where, args...)
}

type routeIn struct {
	Country  locale.Country `query:"country" required:"true"`
	Postal   string         `query:"postal" maxLength:"20"`
	LatMicro int32          `query:"lat_micro" minimum:"-90000000" maximum:"90000000"`
	LonMicro int32          `query:"lon_micro" minimum:"-180000000" maximum:"180000000"`
	Brand    id.Brand       `query:"brand"`
	Line     id.Line        `query:"line"`
}

type routeOut struct{ Body network.Routing }

// route says which node would serve a site, and why.
func (m *Module) route(ctx context.Context, in *routeIn) (*routeOut, error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	got, err := m.Route(ctx, caller.Tenant, network.Site{
		Country: in.Country, Postal: in.Postal, Point: geo.Point{LatMicro: in.LatMicro, LonMicro: in.LonMicro},
		Brand: in.Brand, Line: in.Line,
	})
	return &routeOut{Body: got}, err
}
