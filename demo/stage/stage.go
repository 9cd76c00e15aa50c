// Package stage brings the made-up world into a Fettle, and finds it there
// again: things that the world names by their codes get ids.
package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
)

// TenantName is the name of the demo's operator.
const TenantName = "Fettle Demo"

// Stage is a world as it stands in a Fettle.
type Stage struct {
	*world.World
	App    *app.App
	Tenant id.Tenant

	Brands      map[string]id.Brand
	Nodes       map[string]network.Node
	Lines       map[string]id.Line
	Models      map[string]id.Model
	Parts       map[string]id.Part
	PartOf      map[id.Part]*world.Part
	Technicians map[string]id.Technician
	partners    map[string]id.Partner
}

func bare(a *app.App, w *world.World) *Stage {
	return &Stage{
		World: w, App: a, Brands: map[string]id.Brand{}, Nodes: map[string]network.Node{}, Lines: map[string]id.Line{}, Models: map[string]id.Model{},
		Parts: map[string]id.Part{}, PartOf: map[id.Part]*world.Part{}, Technicians: map[string]id.Technician{}, partners: map[string]id.Partner{},
	}
}

// Find finds the world in a Fettle that it was set up in before. It returns
// false if that Fettle has no demo.
func Find(ctx context.Context, a *app.App, w *world.World) (*Stage, bool, error) {
	s := bare(a, w)
	all, err := a.Login.Tenants(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, t := range all {
		if t.Name == TenantName {
			s.Tenant = t.ID
		}
	}
	if s.Tenant.IsZero() {
		return nil, false, nil
	}
	if err := s.find(ctx); err != nil {
		return nil, true, fmt.Errorf("find the demo: %w", err)
	}
	return s, true, nil
}

func (s *Stage) find(ctx context.Context) error {
	for _, b := range s.World.Brands {
		found, err := s.App.Network.BrandByCode(ctx, s.Tenant, b.Code)
		if err != nil {
			return err
		}
		s.Brands[b.Code] = found.ID
	}
	for _, n := range s.World.Nodes {
		found, err := s.App.Network.NodeByCode(ctx, s.Tenant, n.Code)
		if err != nil {
			return err
		}
		s.Nodes[n.Code] = found
	}
	for _, l := range s.World.Lines {
		found, err := s.App.Catalog.LineByCode(ctx, s.Tenant, s.Brands[l.Brand], l.Code)
		if err != nil {
			return err
		}
		s.Lines[l.Code] = found.ID
		for _, m := range l.Models {
			model, err := s.App.Catalog.ModelByCode(ctx, s.Tenant, s.Brands[l.Brand], m.Code)
			if err != nil {
				return err
			}
			s.Models[m.Code] = model.ID
		}
	}
	for i := range s.World.Parts {
		p, err := s.App.Catalog.PartByNumber(ctx, s.Tenant, s.World.Parts[i].Number)
		if err != nil {
			return err
		}
		s.part(i, p.ID)
	}
	return s.findCrew(ctx)
}

func (s *Stage) part(i int, p id.Part) {
	s.Parts[s.World.Parts[i].Number], s.PartOf[p] = p, &s.World.Parts[i]
}

// System returns a context in which nobody in particular acts: for setting up.
func (s *Stage) System(ctx context.Context) context.Context {
	return access.With(ctx, access.System(s.Tenant))
}

// Report is told how far a long work has come.
type Report func(done, total int, what string)

// chunks calls do with at most size things at a time.
func chunks[T any](all []T, size int, do func([]T) error) error {
	for len(all) > 0 {
		n := min(size, len(all))
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// began is from when prices hold: long before the play.
func began(now time.Time) time.Time { return now.AddDate(-1, 0, 0) }

var errNoID = errors.New("stage: a code that nothing has")

// idOf is the id of a code; "" is none.
func idOf[T comparable](of map[string]T, code string) (none T, err error) {
	if code == "" {
		return none, nil
	}
	v, ok := of[code]
	if !ok {
		return none, fmt.Errorf("%s: %w", code, errNoID)
	}
	return v, nil
}
