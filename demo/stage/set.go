package stage

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/geo"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/login"
)

// Set sets the world up in an empty Fettle.
func Set(ctx context.Context, a *app.App, w *world.World, report Report) (*Stage, error) {
	s := bare(a, w)
	var err error
	if s.Tenant, err = a.Login.CreateTenant(ctx, login.Tenant{Name: TenantName}); err != nil {
		return nil, fmt.Errorf("set up the operator: %w", err)
	}
	ctx = s.System(ctx)
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"network", s.network},
		{"users", s.users},
		{"catalogue", s.catalogue},
		{"parts", s.parts},
		{"installed base", s.units},
		{"warranty", s.terms},
		{"service levels", s.levels},
		{"prices", s.prices},
		{"technicians", s.crew},
		{"boards", s.boards},
		{"stock", s.stock},
	}
	for i, step := range steps {
		report(i, len(steps), step.what)
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("set up %s: %w", step.what, err)
		}
	}
	return s, nil
}

func (s *Stage) network(ctx context.Context) error {
	if _, err := s.App.Network.SetOperator(ctx, s.Operator); err != nil {
		return err
	}
	brands := make([]network.Brand, len(s.World.Brands))
	for i, b := range s.World.Brands {
		brands[i] = network.Brand{Code: b.Code, Name: b.Name}
	}
	brands, err := s.App.Network.UpsertBrands(ctx, brands)
	if err != nil {
		return err
	}
	for _, b := range brands {
		s.Brands[b.Code] = b.ID
	}
	partners, err := s.App.Network.UpsertPartners(ctx, s.Partners)
	if err != nil {
		return err
	}
	for _, p := range partners {
		s.partners[p.Code] = p.ID
	}
	if err := s.nodes(ctx); err != nil {
		return err
	}
	return s.territories(ctx)
}

// nodes are stored a floor of the tree at a time, since a node names its parent
// by id.
func (s *Stage) nodes(ctx context.Context) (err error) {
	for _, kind := range []network.Kind{network.Headquarters, network.RegionalCentre, network.LocalNode} {
		var floor []network.Node
		for _, n := range s.World.Nodes {
			if n.Kind != kind {
				continue
			}
			n.Parent = s.Nodes[n.Under].ID
			if n.Partner, err = idOf(s.partners, n.By); err != nil {
				return err
			}
			floor = append(floor, n.Node)
		}
		stored, err := s.App.Network.UpsertNodes(ctx, floor)
		if err != nil {
			return err
		}
		for _, n := range stored {
			s.Nodes[n.Code] = n
		}
	}
	return nil
}

func (s *Stage) territories(ctx context.Context) (err error) {
	var all []network.Territory
	for _, t := range s.Territories {
		n := s.Nodes[t.Node]
		out := network.Territory{Node: n.ID, Country: t.Country, Prefixes: t.Prefixes, RadiusMetres: t.RadiusMetres}
		if t.RadiusMetres > 0 {
			out.Centre = n.Point
		}
		if out.Brand, err = idOf(s.Brands, t.Brand); err != nil {
			return err
		}
		all = append(all, out)
	}
	_, err = s.App.Network.AddTerritories(ctx, all)
	return err
}

func (s *Stage) catalogue(ctx context.Context) error {
	lines := make([]catalog.Line, len(s.World.Lines))
	for i, l := range s.World.Lines {
		lines[i] = catalog.Line{Brand: s.Brands[l.Brand], Code: l.Code, Names: l.Names}
	}
	lines, err := s.App.Catalog.UpsertLines(ctx, lines)
	if err != nil {
		return err
	}
	var models []catalog.Model
	var symptoms []catalog.Symptom
	var fixes []catalog.Fix
	for i, l := range lines {
		s.Lines[l.Code] = l.ID
		for _, m := range s.World.Lines[i].Models {
			models = append(models, catalog.Model{Line: l.ID, Code: m.Code, GTIN: m.GTIN, Names: m.Names, Attributes: m.Attributes})
		}
		for _, sy := range s.World.Lines[i].Symptoms {
			symptoms = append(symptoms, catalog.Symptom{Line: l.ID, Code: sy.Code, Names: sy.Names})
		}
		for _, f := range s.World.Lines[i].Fixes {
			f.Line = l.ID
			fixes = append(fixes, f)
		}
	}
	if models, err = s.App.Catalog.UpsertModels(ctx, models); err != nil {
		return err
	}
	for _, m := range models {
		s.Models[m.Code] = m.ID
	}
	if _, err := s.App.Catalog.UpsertSymptoms(ctx, symptoms); err != nil {
		return err
	}
	_, err = s.App.Catalog.UpsertFixes(ctx, fixes)
	return err
}

func (s *Stage) parts(ctx context.Context) error {
	parts := make([]catalog.Part, len(s.World.Parts))
	for i, p := range s.World.Parts {
		parts[i] = catalog.Part{
			Number: p.Number, Names: p.Names, Line: s.Lines[p.Line], Price: p.Price, WeightGrams: p.WeightGrams, Hazardous: p.Hazardous,
		}
	}
	parts, err := s.App.Catalog.UpsertParts(ctx, parts)
	if err != nil {
		return err
	}
	var fits []catalog.Fit
	for i, p := range parts {
		s.part(i, p.ID)
		for _, m := range s.World.Parts[i].Fits {
			fits = append(fits, catalog.Fit{Model: s.Models[m], Part: p.ID, Quantity: 1, Hints: s.World.Parts[i].Hints})
		}
	}
	_, err = s.App.Catalog.UpsertFits(ctx, fits)
	return err
}

func (s *Stage) units(ctx context.Context) error {
	units := make([]catalog.Unit, len(s.World.Units))
	for i, u := range s.World.Units {
		units[i] = catalog.Unit{
			Serial: u.Serial, Model: s.Models[u.Model], SoldOn: u.SoldOn, SoldIn: u.Place.Country, InstalledOn: u.InstalledOn, State: u.State,
		}
	}
	_, err := s.App.Catalog.UpsertUnits(ctx, units)
	return err
}

// levels are the promises, the hours and the days on which nobody works.
func (s *Stage) levels(ctx context.Context) (err error) {
	var targets []sla.Target
	for _, t := range s.Targets {
		out := sla.Target{To: t.To, Kind: t.Kind, WorkType: t.WorkType, Priority: t.Priority, Promise: sla.Promise{
			WithinMinutes: t.Minutes, Always: t.Always, WarnAt: world.WarnAt, PauseFor: t.PauseFor(),
		}}
		if out.Brand, err = idOf(s.Brands, t.Brand); err != nil {
			return err
		}
		if out.Line, err = idOf(s.Lines, t.Line); err != nil {
			return err
		}
		targets = append(targets, out)
	}
	if _, err := s.App.SLA.SetTargets(ctx, "", targets); err != nil {
		return err
	}
	var hours []sla.Hours
	for _, h := range s.Hours {
		hours = append(hours, sla.Hours{Node: s.Nodes[h.Node].ID, Country: h.Country, Week: h.Week})
	}
	if _, err := s.App.SLA.SetHours(ctx, "", hours); err != nil {
		return err
	}
	for _, c := range s.Countries {
		if _, err := s.App.SLA.SetDays(ctx, "", c, geodata.SpecialDays(c)); err != nil {
			return err
		}
	}
	return nil
}

// prices are the rate cards and what the ways to fix are weighed by.
func (s *Stage) prices(ctx context.Context) error {
	finance, err := s.Client(ctx, "finance")
	if err != nil {
		return err
	}
	for _, c := range s.Cards {
		brand, err := idOf(s.Brands, c.Brand)
		if err != nil {
			return err
		}
		partner, err := idOf(s.partners, c.Partner)
		if err != nil {
			return err
		}
		err = finance.Do(ctx, http.MethodPost, "/v1/rate-cards", struct {
			Party     any        `json:"party"`
			Brand     id.Brand   `json:"brand,omitzero"`
			Partner   id.Partner `json:"partner,omitzero"`
			Country   any        `json:"country,omitempty"`
			ValidFrom time.Time  `json:"valid_from"`
			Card      any        `json:"card"`
		}{c.Party, brand, partner, c.Country, began(s.App.DB.Now()()), c.Card}, nil)
		if err != nil {
			return err
		}
	}
	if _, err := s.App.Remedy.SetPolicy(ctx, world.Policy); err != nil {
		return err
	}
	return finance.Close(ctx)
}
