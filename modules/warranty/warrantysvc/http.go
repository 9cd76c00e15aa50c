package warrantysvc

import (
	"context"
	"net/http"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// Routes adds the module's part of the API.
func (m *Module) Routes(a *httpapi.API) {
	created := http.StatusCreated
	httpapi.Get(a, httpapi.Op{
		ID: "warranty_check", Path: "/v1/public/warranty", Action: "warranty.check", Kind: "warranty", Public: true,
		Summary: "What covers a unit today, by serial or label; nothing of its owner",
	}, m.check)
	httpapi.Get(a, httpapi.Op{ID: "entitlement_get", Path: "/v1/cases/{id}/entitlement", Action: "entitlement.read", Kind: "entitlement", Summary: "Who pays which cost of a case, and why"}, m.getEntitlement)
	httpapi.Post(a, httpapi.Op{ID: "entitlement_decide", Path: "/v1/cases/{id}/entitlement/decide", Action: "entitlement.write", Kind: "entitlement", Summary: "Decide again, with what is known now"}, m.postDecide)
	httpapi.Get(a, httpapi.Op{ID: "term_list", Path: "/v1/warranty-terms", Action: "term.read", Kind: "term", Summary: "The terms that hold, by code"}, m.listTerms)
	httpapi.Post(a, httpapi.Op{ID: "term_create", Path: "/v1/warranty-terms", Action: "term.write", Kind: "term", Status: created, Summary: "Publish a term, or the next version of it"}, m.postTerm)
	httpapi.Post(a, httpapi.Op{ID: "registration_create", Path: "/v1/warranty-registrations", Action: "registration.write", Kind: "registration", Status: created, Summary: "Register when and where a unit was sold"}, m.postRegistration)
	httpapi.Get(a, httpapi.Op{ID: "registration_get", Path: "/v1/warranty-registrations/{unit}", Action: "registration.read", Kind: "registration", Summary: "The registration of a unit"}, m.getRegistration)
}

type caseIn struct {
	ID id.Case `path:"id"`
}

func (m *Module) getEntitlement(ctx context.Context, in *caseIn) (*httpapi.Body[warranty.Entitlement], error) {
	c, _ := access.From(ctx)
	if _, err := m.theCase(ctx, c.Tenant, in.ID, "entitlement.read"); err != nil {
		return nil, err
	}
	return httpapi.Reply(m.Entitlement(ctx, c.Tenant, in.ID))
}

type decideIn struct {
	ID   id.Case `path:"id"`
	Body warranty.Evidence
}

func (m *Module) postDecide(ctx context.Context, in *decideIn) (*httpapi.Body[warranty.Entitlement], error) {
	return httpapi.Reply(m.Decide(ctx, in.ID, in.Body))
}

type termIn struct {
	Body struct {
		Code          string               `json:"code" maxLength:"64" doc:"small letters, digits, hyphens, underscores"`
		Brand         id.Brand             `json:"brand"`
		Line          id.Line              `json:"line,omitzero" doc:"every line if absent"`
		SoldIn        locale.Country       `json:"sold_in,omitempty" doc:"wherever it was sold if absent"`
		Kind          warranty.Kind        `json:"kind" enum:"manufacturer,statutory,extended,goodwill"`
		Start         warranty.Start       `json:"start" enum:"sold,installed"`
		Work          []string             `json:"work,omitempty" maxItems:"20" maxLength:"64" doc:"kinds of service; repair if absent"`
		Covers        []warranty.Cover     `json:"covers" minItems:"1" maxItems:"5"`
		Excludes      []warranty.Exclusion `json:"excludes,omitempty" maxItems:"50"`
		International bool                 `json:"international,omitempty" doc:"honoured outside the country of sale"`
		ProofNeeded   bool                 `json:"proof_needed,omitempty"`
		ValidFrom     catalog.Day          `json:"valid_from,omitempty" format:"date" doc:"for units sold on or after it"`
		ValidUntil    catalog.Day          `json:"valid_until,omitempty" format:"date" doc:"for units sold before it"`
	}
}

func (m *Module) postTerm(ctx context.Context, in *termIn) (*httpapi.Body[warranty.Term], error) {
	b := in.Body
	ts, err := m.UpsertTerms(ctx, []warranty.Term{{
		Code: b.Code, Brand: b.Brand, Line: b.Line, SoldIn: b.SoldIn, Kind: b.Kind, Start: b.Start, Work: b.Work, Covers: b.Covers,
		Excludes: b.Excludes, International: b.International, ProofNeeded: b.ProofNeeded, ValidFrom: b.ValidFrom, ValidUntil: b.ValidUntil,
	}})
	if err != nil {
		return nil, err
	}
	return httpapi.Reply(ts[0], nil)
}

type termsIn struct {
	httpapi.PageIn
	Brand id.Brand `query:"brand" doc:"only of the brand"`
	Line  id.Line  `query:"line" doc:"only of the line"`
}

type termsOut struct{ Body httpapi.Page[warranty.Term] }

func (m *Module) listTerms(ctx context.Context, in *termsIn) (*termsOut, error) {
	c, _ := access.From(ctx)
	mine, args, err := m.guard.Filter(ctx, "term.read", "term", access.Columns{"brand": "brand_id"})
	if err != nil {
		return nil, err
	}
	after := ""
	if _, err := in.Seek(ctx, &after); err != nil {
		return nil, err
	}
	where, all := `tenant_id = ? AND replaced_at IS NULL AND code > ? AND `+mine, append([]any{c.Tenant, after}, args...)
	if !in.Brand.IsZero() {
		where, all = where+` AND brand_id = ?`, append(all, in.Brand)
	}
	if !in.Line.IsZero() {
		where, all = where+` AND line_id = ?`, append(all, in.Line)
	}
	items, err := db.Get(ctx, m.db, c.Tenant, func(ctx context.Context, tx *db.Tx) ([]warranty.Term, error) {
		return terms(ctx, tx, where+` ORDER BY code LIMIT ?`, append(all, in.Limit+1)...)
	})
	if err != nil {
		return nil, err
	}
	page, err := httpapi.PageOf(ctx, in.PageIn, items, func(t warranty.Term) any { return t.Code })
	return &termsOut{page}, err
}

type registrationIn struct {
	Body struct {
		Unit        id.Unit        `json:"unit,omitzero" doc:"or brand and serial"`
		Brand       id.Brand       `json:"brand,omitzero"`
		Serial      string         `json:"serial,omitempty" maxLength:"80"`
		SoldOn      catalog.Day    `json:"sold_on" format:"date"`
		SoldIn      locale.Country `json:"sold_in"`
		InstalledOn catalog.Day    `json:"installed_on,omitempty" format:"date"`
		Proof       warranty.Proof `json:"proof,omitempty" enum:"claimed,seen" doc:"seen only by staff"`
		ProofFile   id.File        `json:"proof_file,omitzero"`
	}
}

func (m *Module) postRegistration(ctx context.Context, in *registrationIn) (*httpapi.Body[warranty.Registration], error) {
	b := in.Body
	if b.Unit.IsZero() {
		c, _ := access.From(ctx)
		u, err := m.catalog.UnitBySerial(ctx, c.Tenant, b.Brand, b.Serial)
		if err != nil {
			return nil, err
		}
		b.Unit = u.ID
	}
	return httpapi.Reply(m.Register(ctx, warranty.Registration{
		Unit: b.Unit, SoldOn: b.SoldOn, SoldIn: b.SoldIn, InstalledOn: b.InstalledOn, Proof: b.Proof, ProofFile: b.ProofFile,
	}))
}

type registrationGet struct {
	Unit id.Unit `path:"unit"`
}

// getRegistration asks for a unit of the brand that the caller may see. It is
// no way for customers, whom the register does not know.
func (m *Module) getRegistration(ctx context.Context, in *registrationGet) (*httpapi.Body[warranty.Registration], error) {
	c, _ := access.From(ctx)
	u, err := m.unit(ctx, c.Tenant, in.Unit)
	if err != nil {
		return nil, err
	}
	if err := m.guard.Can(ctx, "registration.read", ofUnit("registration", u, id.Person{})); err != nil {
		return nil, err
	}
	r, err := db.Get(ctx, m.db, c.Tenant, func(ctx context.Context, tx *db.Tx) (*warranty.Registration, error) {
		return registration(ctx, tx, in.Unit, "")
	})
	if err == nil && r == nil {
		err = access.ErrHidden
	}
	if err != nil {
		return nil, err
	}
	return httpapi.Reply(*r, nil)
}
