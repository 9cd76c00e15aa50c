package catalogsvc

import (
	"context"
	"net/http"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(a *httpapi.API) {
	created := http.StatusCreated
	httpapi.Get(a, httpapi.Op{ID: "line_list", Path: "/v1/lines", Action: "line.read", Kind: "line", Summary: "Product lines, by code"}, m.listLines)
	httpapi.Post(a, httpapi.Op{ID: "line_create", Path: "/v1/lines", Action: "line.write", Kind: "line", Status: created, Summary: "Add a line, or rename the one of that code"}, m.postLine)
	httpapi.Get(a, httpapi.Op{ID: "line_get", Path: "/v1/lines/{id}", Action: "line.read", Kind: "line", Summary: "One line"}, m.getLine)
	httpapi.Get(a, httpapi.Op{ID: "model_list", Path: "/v1/models", Action: "model.read", Kind: "model", Summary: "Models, by code"}, m.listModels)
	httpapi.Post(a, httpapi.Op{ID: "model_create", Path: "/v1/models", Action: "model.write", Kind: "model", Status: created, Summary: "Add a model, or replace the one of that code"}, m.postModel)
	httpapi.Get(a, httpapi.Op{ID: "model_get", Path: "/v1/models/{id}", Action: "model.read", Kind: "model", Summary: "One model"}, m.getModel)
	httpapi.Get(a, httpapi.Op{ID: "model_parts", Path: "/v1/models/{id}/parts", Action: "part.read", Kind: "part", Summary: "The parts of a model, likely cures of a symptom first"}, m.getFits)
	httpapi.Post(a, httpapi.Op{ID: "model_fit", Path: "/v1/models/{id}/parts", Action: "part.write", Kind: "part", Status: created, Summary: "Say that a part belongs into a model"}, m.postFit)
	httpapi.Get(a, httpapi.Op{ID: "part_list", Path: "/v1/parts", Action: "part.read", Kind: "part", Summary: "Parts, by number"}, m.listParts)
	httpapi.Post(a, httpapi.Op{ID: "part_create", Path: "/v1/parts", Action: "part.write", Kind: "part", Status: created, Summary: "Add a part, or replace the one of that number"}, m.postPart)
	httpapi.Get(a, httpapi.Op{ID: "part_get", Path: "/v1/parts/{id}", Action: "part.read", Kind: "part", Summary: "One part"}, m.getPart)
	httpapi.Get(a, httpapi.Op{ID: "symptom_list", Path: "/v1/symptoms", Action: "symptom.read", Kind: "symptom", Summary: "Symptoms, by code"}, m.listSymptoms)
	httpapi.Post(a, httpapi.Op{ID: "symptom_create", Path: "/v1/symptoms", Action: "symptom.write", Kind: "symptom", Status: created, Summary: "Add a symptom, or rename the one of that code"}, m.postSymptom)
	httpapi.Get(a, httpapi.Op{ID: "fix_list", Path: "/v1/fixes", Action: "symptom.read", Kind: "symptom", Summary: "Fixes, by code"}, m.listFixes)
	httpapi.Post(a, httpapi.Op{ID: "fix_create", Path: "/v1/fixes", Action: "symptom.write", Kind: "symptom", Status: created, Summary: "Add a fix, or replace the one of that code"}, m.postFix)
	httpapi.Get(a, httpapi.Op{ID: "unit_list", Path: "/v1/units", Action: "unit.read", Kind: "unit", Summary: "Units, by serial"}, m.listUnits)
	httpapi.Post(a, httpapi.Op{ID: "unit_create", Path: "/v1/units", Action: "unit.write", Kind: "unit", Status: created, Summary: "Add a unit, or fill in the one of that serial"}, m.postUnit)
	httpapi.Get(a, httpapi.Op{ID: "unit_resolve", Path: "/v1/units/resolve", Action: "unit.read", Kind: "unit", Summary: "The unit that a GS1 digital link names"}, m.resolve)
	httpapi.Get(a, httpapi.Op{ID: "unit_get", Path: "/v1/units/{id}", Action: "unit.read", Kind: "unit", Summary: "One unit"}, m.getUnit)
	httpapi.Post(a, httpapi.Op{ID: "unit_retire", Path: "/v1/units/{id}/retire", Action: "unit.write", Kind: "unit", Summary: "Take a unit out of service for good"}, m.retire)
}

// first is the reply of an upsert of one thing.
func first[T any](vs []T, err error) (*httpapi.Body[T], error) {
	if err != nil {
		return nil, err
	}
	return &httpapi.Body[T]{Body: vs[0]}, nil
}

// shown is the reply with one thing that the caller may see. What is not there
// and what the caller may not see look the same.
func shown[T any](v T, err error, may func(T) error) (*httpapi.Body[T], error) {
	if err == nil {
		err = may(v)
	}
	switch {
	case err == nil:
		return &httpapi.Body[T]{Body: v}, nil
	case fault.Of(err).Kind == fault.NotFound:
		return nil, access.ErrHidden
	default:
		return nil, err
	}
}

type idIn[K id.Kind] struct {
	ID id.ID[K] `path:"id"`
}

// tenant is the tenant of the caller; httpapi lets nobody in without one.
func tenant(ctx context.Context) id.Tenant {
	c, _ := access.From(ctx)
	return c.Tenant
}

type lineIn struct {
	Body struct {
		Brand id.Brand      `json:"brand"`
		Code  string        `json:"code" maxLength:"64"`
		Names catalog.Names `json:"names" doc:"by language tag"`
	}
}

func (m *Module) postLine(ctx context.Context, in *lineIn) (*httpapi.Body[catalog.Line], error) {
	return first(m.UpsertLines(ctx, []catalog.Line{{Brand: in.Body.Brand, Code: in.Body.Code, Names: in.Body.Names}}))
}

func (m *Module) getLine(ctx context.Context, in *idIn[id.LineKind]) (*httpapi.Body[catalog.Line], error) {
	l, err := m.Line(ctx, tenant(ctx), in.ID)
	return shown(l, err, func(l catalog.Line) error { return m.may(ctx, "line.read", "line", l.Brand) })
}

type modelIn struct {
	Body struct {
		Line       id.Line           `json:"line"`
		Code       string            `json:"code" maxLength:"64"`
		GTIN       string            `json:"gtin,omitempty" maxLength:"14" doc:"8, 12, 13 or 14 digits"`
		Names      catalog.Names     `json:"names" doc:"by language tag"`
		Attributes map[string]string `json:"attributes,omitempty" doc:"such as refrigerant, power_w"`
	}
}

func (m *Module) postModel(ctx context.Context, in *modelIn) (*httpapi.Body[catalog.Model], error) {
	b := in.Body
	return first(m.UpsertModels(ctx, []catalog.Model{{
		Line: b.Line, Code: b.Code, GTIN: catalog.GTIN(b.GTIN), Names: b.Names, Attributes: b.Attributes,
	}}))
}

func (m *Module) getModel(ctx context.Context, in *idIn[id.ModelKind]) (*httpapi.Body[catalog.Model], error) {
	v, err := m.Model(ctx, tenant(ctx), in.ID)
	return shown(v, err, func(v catalog.Model) error { return m.may(ctx, "model.read", "model", v.Brand) })
}

type fitsIn struct {
	ID      id.Model `path:"id"`
	Symptom string   `query:"symptom" maxLength:"64" doc:"code of the symptom to be cured"`
}

type fitsBody struct {
	Items []catalog.Suggestion `json:"items"`
}

func (m *Module) getFits(ctx context.Context, in *fitsIn) (*httpapi.Body[fitsBody], error) {
	v, err := m.Model(ctx, tenant(ctx), in.ID)
	if _, err := shown(v, err, func(v catalog.Model) error { return m.may(ctx, "part.read", "part", v.Brand) }); err != nil {
		return nil, err
	}
	items, err := m.Parts(ctx, tenant(ctx), in.ID, in.Symptom)
	if err != nil {
		return nil, err
	}
	return &httpapi.Body[fitsBody]{Body: fitsBody{items}}, nil
}

type fitIn struct {
	ID   id.Model `path:"id"`
	Body struct {
		Part     id.Part        `json:"part"`
		Quantity int64          `json:"quantity" minimum:"1" maximum:"1000"`
		Hints    map[string]int `json:"hints,omitempty" doc:"code of a symptom: times in 1,000 that this part was the cure"`
	}
}

func (m *Module) postFit(ctx context.Context, in *fitIn) (*httpapi.Body[catalog.Fit], error) {
	b := in.Body
	return first(m.UpsertFits(ctx, []catalog.Fit{{Model: in.ID, Part: b.Part, Quantity: b.Quantity, Hints: b.Hints}}))
}

type partIn struct {
	Body struct {
		Number      string        `json:"number" maxLength:"64"`
		Names       catalog.Names `json:"names" doc:"by language tag"`
		Line        id.Line       `json:"line,omitzero" doc:"none if it fits several lines"`
		Price       money.Amount  `json:"price" doc:"list price without tax"`
		WeightGrams int64         `json:"weight_grams" minimum:"0" maximum:"10000000"`
		Hazardous   bool          `json:"hazardous,omitempty" doc:"dangerous goods in transport"`
	}
}

func (m *Module) postPart(ctx context.Context, in *partIn) (*httpapi.Body[catalog.Part], error) {
	b := in.Body
	return first(m.UpsertParts(ctx, []catalog.Part{{
		Number: b.Number, Names: b.Names, Line: b.Line, Price: b.Price, WeightGrams: b.WeightGrams, Hazardous: b.Hazardous,
	}}))
}

func (m *Module) getPart(ctx context.Context, in *idIn[id.PartKind]) (*httpapi.Body[catalog.Part], error) {
	p, err := m.Part(ctx, tenant(ctx), in.ID)
	return shown(p, err, func(p catalog.Part) error { return m.may(ctx, "part.read", "part", p.Brand) })
}

type symptomIn struct {
	Body struct {
		Line  id.Line       `json:"line,omitzero" doc:"none if of every line"`
		Code  string        `json:"code" maxLength:"64"`
		Names catalog.Names `json:"names" doc:"by language tag"`
	}
}

func (m *Module) postSymptom(ctx context.Context, in *symptomIn) (*httpapi.Body[catalog.Symptom], error) {
	return first(m.UpsertSymptoms(ctx, []catalog.Symptom{{Line: in.Body.Line, Code: in.Body.Code, Names: in.Body.Names}}))
}

type fixIn struct {
	Body struct {
		Line    id.Line       `json:"line,omitzero" doc:"none if of every line"`
		Code    string        `json:"code" maxLength:"64"`
		Names   catalog.Names `json:"names" doc:"by language tag"`
		Minutes int           `json:"minutes" minimum:"0" maximum:"10080" doc:"standard time"`
	}
}

func (m *Module) postFix(ctx context.Context, in *fixIn) (*httpapi.Body[catalog.Fix], error) {
	b := in.Body
	return first(m.UpsertFixes(ctx, []catalog.Fix{{Line: b.Line, Code: b.Code, Names: b.Names, Minutes: b.Minutes}}))
}

type unitIn struct {
	Body struct {
		Serial      string            `json:"serial" maxLength:"80" doc:"in whatever spelling"`
		Model       id.Model          `json:"model"`
		SoldOn      catalog.Day       `json:"sold_on,omitempty" format:"date"`
		SoldIn      locale.Country    `json:"sold_in,omitempty"`
		InstalledOn catalog.Day       `json:"installed_on,omitempty" format:"date"`
		State       catalog.UnitState `json:"state,omitempty" enum:"made,sold,installed,retired" doc:"what the days tell, if absent"`
	}
}

func (m *Module) postUnit(ctx context.Context, in *unitIn) (*httpapi.Body[catalog.Unit], error) {
	b := in.Body
	return first(m.UpsertUnits(ctx, []catalog.Unit{{
		Serial: b.Serial, Model: b.Model, SoldOn: b.SoldOn, SoldIn: b.SoldIn, InstalledOn: b.InstalledOn, State: b.State,
	}}))
}

func (m *Module) getUnit(ctx context.Context, in *idIn[id.UnitKind]) (*httpapi.Body[catalog.Unit], error) {
	u, err := m.Unit(ctx, tenant(ctx), in.ID)
	return shown(u, err, func(u catalog.Unit) error { return m.mayUnit(ctx, "unit.read", u) })
}

type resolveIn struct {
	Link string `query:"link" required:"true" maxLength:"2000" doc:"https://…/01/{gtin}/21/{serial}"`
}

func (m *Module) resolve(ctx context.Context, in *resolveIn) (*httpapi.Body[catalog.Unit], error) {
	u, err := m.UnitByLink(ctx, tenant(ctx), in.Link)
	return shown(u, err, func(u catalog.Unit) error { return m.mayUnit(ctx, "unit.read", u) })
}

func (m *Module) retire(ctx context.Context, in *idIn[id.UnitKind]) (*httpapi.Body[catalog.Unit], error) {
	u, err := m.Move(ctx, in.ID, catalog.Retire)
	if err != nil {
		return nil, err
	}
	return &httpapi.Body[catalog.Unit]{Body: u}, nil
}
