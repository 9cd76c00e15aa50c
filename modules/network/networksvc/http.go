package networksvc

import (
	"context"
	"net/http"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(a *httpapi.API) {
	created := http.StatusCreated
	httpapi.Get(a, httpapi.Op{ID: "operator_get", Path: "/v1/operator", Action: "tenant.read", Kind: "tenant", Summary: "Who runs the network"}, m.getOperator)
	httpapi.Put(a, httpapi.Op{ID: "operator_set", Path: "/v1/operator", Action: "tenant.write", Kind: "tenant", Summary: "Say who runs the network"}, m.setOperator)
	httpapi.Get(a, httpapi.Op{ID: "brand_list", Path: "/v1/brands", Action: "brand.read", Kind: "brand", Summary: "The brands that are served, by code"}, m.listBrands)
	httpapi.Get(a, httpapi.Op{ID: "public_brand_list", Path: "/v1/public/brands", Action: "brand.check", Kind: "brand", Public: true, Summary: "The brands that are served, for visitors"}, m.listPublicBrands)
	httpapi.Post(a, httpapi.Op{ID: "brand_create", Path: "/v1/brands", Action: "brand.write", Kind: "brand", Status: created, Summary: "Add a brand, or rename the one of that code"}, m.postBrand)
	httpapi.Get(a, httpapi.Op{ID: "brand_get", Path: "/v1/brands/{id}", Action: "brand.read", Kind: "brand", Summary: "One brand"}, m.getBrand)
	httpapi.Get(a, httpapi.Op{ID: "partner_list", Path: "/v1/partners", Action: "partner.read", Kind: "partner", Summary: "The partners, by code"}, m.listPartners)
	httpapi.Post(a, httpapi.Op{ID: "partner_create", Path: "/v1/partners", Action: "partner.write", Kind: "partner", Status: created, Summary: "Add a partner, or change the one of that code"}, m.postPartner)
	httpapi.Get(a, httpapi.Op{ID: "node_list", Path: "/v1/nodes", Action: "node.read", Kind: "node", Summary: "The nodes, by code"}, m.listNodes)
	httpapi.Get(a, httpapi.Op{ID: "node_tree", Path: "/v1/nodes/tree", Action: "node.read", Kind: "node", Summary: "The tree of nodes, parents first"}, m.tree)
	httpapi.Get(a, httpapi.Op{ID: "node_get", Path: "/v1/nodes/{id}", Action: "node.read", Kind: "node", Summary: "One node"}, m.getNode)
	httpapi.Post(a, httpapi.Op{ID: "node_create", Path: "/v1/nodes", Action: "node.write", Kind: "node", Status: created, Summary: "Add a node"}, m.postNode)
	httpapi.Put(a, httpapi.Op{ID: "node_change", Path: "/v1/nodes/{id}", Action: "node.write", Kind: "node", IfMatch: true, Summary: "Change or move a node"}, m.putNode)
	httpapi.Get(a, httpapi.Op{ID: "territory_list", Path: "/v1/territories", Action: "territory.read", Kind: "territory", Summary: "The territories"}, m.listTerritories)
	httpapi.Get(a, httpapi.Op{ID: "territory_route", Path: "/v1/territories/route", Action: "territory.read", Kind: "territory", Summary: "Which node would serve a site, and why"}, m.route)
	httpapi.Post(a, httpapi.Op{ID: "territory_create", Path: "/v1/territories", Action: "territory.write", Kind: "territory", Status: created, Summary: "Give a territory to a node"}, m.postTerritory)
	httpapi.Delete(a, httpapi.Op{ID: "territory_delete", Path: "/v1/territories/{id}", Action: "territory.write", Kind: "territory", Summary: "Take a territory back"}, m.deleteTerritory)
	for _, c := range nodeCommands {
		op := httpapi.Op{ID: "node_" + string(c.do), Path: "/v1/nodes/{id}/" + string(c.do), Action: "node.write", Kind: "node", Summary: c.summary}
		httpapi.Post(a, op, m.nodeCommand(c.do))
	}
}

var nodeCommands = []struct {
	do      network.Command
	summary string
}{
	{network.DoOpen, "Let a planned node take work"},
	{network.DoPause, "Give a node no more work for now"},
	{network.DoResume, "Let a paused node take work again"},
	{network.DoClose, "Close a node for good"},
}

type operatorIn struct {
	Body struct {
		Name     string         `json:"name" maxLength:"200"`
		Country  locale.Country `json:"country"`
		Zone     string         `json:"zone" maxLength:"60" doc:"IANA time zone"`
		Currency money.Currency `json:"currency" minLength:"3" maxLength:"3"`
	}
}

// first is the reply of an upsert of one thing.
func first[T any](vs []T, err error) (*httpapi.Body[T], error) {
	if err != nil {
		return nil, err
	}
	return &httpapi.Body[T]{Body: vs[0]}, nil
}

type idIn[K id.Kind] struct {
	ID id.ID[K] `path:"id"`
}

func (m *Module) getOperator(ctx context.Context, _ *struct{}) (*httpapi.Body[network.Operator], error) {
	if err := m.guard.Can(ctx, "tenant.read", access.Resource{Kind: "tenant"}); err != nil {
		return nil, err
	}
	c, _ := access.From(ctx)
	return httpapi.Reply(m.Operator(ctx, c.Tenant))
}

func (m *Module) setOperator(ctx context.Context, in *operatorIn) (*httpapi.Body[network.Operator], error) {
	b := in.Body
	return httpapi.Reply(m.SetOperator(ctx, network.Operator{Name: b.Name, Country: b.Country, Zone: b.Zone, Currency: b.Currency}))
}

type brandIn struct {
	Body struct {
		Code string `json:"code" maxLength:"40" doc:"small letters, digits and hyphens"`
		Name string `json:"name" maxLength:"200"`
	}
}

func (m *Module) postBrand(ctx context.Context, in *brandIn) (*httpapi.Body[network.Brand], error) {
	return first(m.UpsertBrands(ctx, []network.Brand{{Code: in.Body.Code, Name: in.Body.Name}}))
}

func (m *Module) getBrand(ctx context.Context, in *idIn[id.BrandKind]) (*httpapi.Body[network.Brand], error) {
	c, _ := access.From(ctx)
	b, err := m.Brand(ctx, c.Tenant, in.ID)
	if err == nil {
		err = m.mayBrand(ctx, "brand.read", b)
	}
	return hide(b, err)
}

// hide answers the same for what is not there and what the caller may not see.
func hide[T any](v T, err error) (*httpapi.Body[T], error) {
	if err != nil && fault.Of(err).Kind == fault.NotFound {
		return nil, access.ErrHidden
	}
	return httpapi.Reply(v, err)
}

type partnerIn struct {
	Body struct {
		Code    string         `json:"code" maxLength:"40" doc:"small letters, digits and hyphens"`
		Name    string         `json:"name" maxLength:"200"`
		Country locale.Country `json:"country"`
	}
}

func (m *Module) postPartner(ctx context.Context, in *partnerIn) (*httpapi.Body[network.Partner], error) {
	return first(m.UpsertPartners(ctx, []network.Partner{{Code: in.Body.Code, Name: in.Body.Name, Country: in.Body.Country}}))
}

// nodeBody is what may be said of a node; its state moves by commands.
type nodeBody struct {
	Code      string            `json:"code" maxLength:"40" doc:"small letters, digits and hyphens"`
	Parent    id.Node           `json:"parent,omitzero" doc:"none for headquarters"`
	Kind      network.Kind      `json:"kind" enum:"headquarters,regional_centre,local_node"`
	Ownership network.Ownership `json:"ownership" enum:"own,outsourced,dealer,community"`
	Partner   id.Partner        `json:"partner,omitzero" doc:"whose it is, unless own"`
	Name      string            `json:"name" maxLength:"200"`
	Country   locale.Country    `json:"country"`
	Zone      string            `json:"zone" maxLength:"60" doc:"IANA time zone"`
	Point     geo.Point         `json:"point,omitzero"`
	Languages []locale.Tag      `json:"languages,omitempty" maxItems:"20" doc:"that its people speak, best first"`
}

func (b nodeBody) node() network.Node {
	return network.Node{
		Code: b.Code, Parent: b.Parent, Kind: b.Kind, Ownership: b.Ownership, Partner: b.Partner, Name: b.Name,
		Country: b.Country, Zone: b.Zone, Point: b.Point, Languages: b.Languages,
	}
}

func (m *Module) postNode(ctx context.Context, in *struct{ Body nodeBody }) (*httpapi.Body[network.Node], error) {
	return httpapi.Reply(m.AddNode(ctx, in.Body.node()))
}

type nodeIn struct {
	ID      id.Node `path:"id"`
	IfMatch string  `header:"If-Match"`
	Body    nodeBody
}

func (m *Module) putNode(ctx context.Context, in *nodeIn) (*httpapi.Body[network.Node], error) {
	n := in.Body.node()
	n.ID = in.ID
	return httpapi.Reply(m.ChangeNode(ctx, n, in.IfMatch))
}

func (m *Module) getNode(ctx context.Context, in *idIn[id.NodeKind]) (*httpapi.Body[network.Node], error) {
	c, _ := access.From(ctx)
	n, err := m.Node(ctx, c.Tenant, in.ID)
	if err == nil {
		err = m.mayNode(ctx, "node.read", "node", n)
	}
	return hide(n, err)
}

func (m *Module) nodeCommand(cmd network.Command) func(context.Context, *idIn[id.NodeKind]) (*httpapi.Body[network.Node], error) {
	return func(ctx context.Context, in *idIn[id.NodeKind]) (*httpapi.Body[network.Node], error) {
		return httpapi.Reply(m.MoveNode(ctx, in.ID, cmd))
	}
}

type territoryIn struct {
	Body struct {
		Node         id.Node        `json:"node"`
		Country      locale.Country `json:"country"`
		Prefixes     []string       `json:"prefixes,omitempty" maxItems:"5000" maxLength:"20" doc:"of postal codes"`
		Centre       geo.Point      `json:"centre,omitzero"`
		RadiusMetres int64          `json:"radius_metres,omitzero" minimum:"0" maximum:"2000000"`
		Brand        id.Brand       `json:"brand,omitzero" doc:"all if absent"`
		Line         id.Line        `json:"line,omitzero" doc:"all if absent"`
		Priority     int            `json:"priority,omitzero" minimum:"-100" maximum:"100" doc:"the higher wins over any nearer claim"`
	}
}

func (m *Module) postTerritory(ctx context.Context, in *territoryIn) (*httpapi.Body[network.Territory], error) {
	b := in.Body
	return first(m.AddTerritories(ctx, []network.Territory{{
		Node: b.Node, Country: b.Country, Prefixes: b.Prefixes, Centre: b.Centre, RadiusMetres: b.RadiusMetres,
		Brand: b.Brand, Line: b.Line, Priority: b.Priority,
	}}))
}

func (m *Module) deleteTerritory(ctx context.Context, in *idIn[id.TerritoryKind]) (*struct{}, error) {
	if err := m.RemoveTerritory(ctx, in.ID); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}
