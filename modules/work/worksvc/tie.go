package worksvc

import (
	"context"
	"net/http"
	"slices"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// addition is a visit that is asked for beside another one.
type addition struct {
	How          work.How           `json:"how" enum:"with,after" doc:"with: at the same moment, by a second technician; after: when the other one is done"`
	LeastMinutes int64              `json:"least_minutes,omitempty" minimum:"0" maximum:"86400" doc:"after: how long it waits at the least"`
	MostMinutes  int64              `json:"most_minutes,omitempty" minimum:"0" maximum:"86400" doc:"after: how long it waits at the most, ten hours more than the least at least; absent: without limit"`
	Minutes      int64              `json:"minutes" minimum:"1" maximum:"1440" doc:"of work on site"`
	Skills       []remedy.SkillNeed `json:"skills,omitempty" maxItems:"50"`
	Parts        []remedy.Need      `json:"parts,omitempty" maxItems:"50"`
}

func (a addition) tie(to id.WorkOrder) work.Tie {
	return work.Tie{To: to, How: a.How, LeastMinutes: a.LeastMinutes, MostMinutes: a.MostMinutes}
}

// check refuses what no visit could need.
func (a addition) check(to id.WorkOrder) error {
	if err := a.tie(to).Check(); err != nil {
		return err
	}
	for _, p := range a.Parts {
		if p.Part.IsZero() || p.Quantity < 1 || p.Quantity > 1000 {
			return work.ErrTie.At("/parts", "range")
		}
	}
	for _, s := range a.Skills {
		if s.Skill == "" || len(s.Skill) > 64 || s.Level < 1 || s.Level > 5 {
			return work.ErrTie.At("/skills", "range")
		}
	}
	return nil
}

// Add asks for a visit beside one that is to be done: a second technician at the same
// moment, or a visit that follows it. It is a work order of its own, with its own
// appointment, record and charges; that they are planned together is dispatch's.
func (m *Module) Add(ctx context.Context, to id.WorkOrder, a addition) (moved, error) {
	caller, _ := access.From(ctx)
	if _, err := m.readFor(ctx, caller.Tenant, to, "work.create"); err != nil {
		return moved{}, err
	}
	if err := a.check(to); err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		base, err := byID(ctx, tx, to, tx.ForUpdate())
		if err != nil {
			return moved{}, err
		}
		if base.Kind != work.Visit || !a.How.Takes(base.State) {
			return moved{}, work.ErrUntied.With("state", base.State)
		}
		if all, err := ofCase(ctx, tx, base.Case, tx.ForUpdate()); err != nil {
			return moved{}, err
		} else if len(tiedTo(all, to)) >= work.MostTied {
			return moved{}, work.ErrTie.At("/how", "too_many")
		}
		tie := a.tie(to)
		o := order{
			ID: id.New[id.WorkOrderKind](), Case: base.Case, Plan: base.Plan, Kind: work.Visit, Brand: base.Brand, Node: base.Node, Line: base.Line, Model: base.Model,
			Minutes: a.Minutes, Needs: needs{a.Skills, a.Parts, &tie}, State: work.Ready, CreatedAt: tx.Now(), ChangedAt: tx.Now(), Version: 1,
		}
		if err := insert(ctx, tx, o); err != nil {
			return moved{}, err
		}
		return moved{o.ID, o.State, o.Version}, m.bus.Publish(ctx, tx, o.ready(false))
	})
}

// Drop gives up a visit that was asked for beside another one, and what depends on it.
func (m *Module) Drop(ctx context.Context, wo id.WorkOrder) (moved, error) {
	caller, _ := access.From(ctx)
	if _, err := m.readFor(ctx, caller.Tenant, wo, "work.create"); err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		o, err := byID(ctx, tx, wo, tx.ForUpdate())
		if err != nil {
			return moved{}, err
		}
		if o.Needs.Tie == nil {
			return moved{}, work.ErrByPlan
		}
		if err := m.step(ctx, tx, &o, work.Cancel, "work.dropped"); err != nil {
			return moved{}, err
		}
		return moved{o.ID, o.State, o.Version}, m.dropTied(ctx, tx, o, "work.tie_gone")
	})
}

// dropTied gives up what depends on work that is given up. What somebody is at goes
// on: its record ends it.
func (m *Module) dropTied(ctx context.Context, tx *db.Tx, gone order, reason string) error {
	all, err := ofCase(ctx, tx, gone.Case, tx.ForUpdate())
	if err != nil {
		return err
	}
	lost := []id.WorkOrder{gone.ID}
	for n := 0; n < len(lost); n++ {
		for i := range all {
			o := &all[i]
			if o.Needs.Tie == nil || o.Needs.Tie.To != lost[n] || !o.State.Open() || o.State == work.InProgress {
				continue
			}
			if err := m.step(ctx, tx, o, work.Cancel, reason); err != nil {
				return err
			}
			lost = append(lost, o.ID)
		}
	}
	return nil
}

// tiedTo are the orders of a case that hang together with one, itself among them.
func tiedTo(all []order, wo id.WorkOrder) []order {
	in := map[id.WorkOrder]bool{wo: true}
	for range all {
		for _, o := range all {
			if o.Needs.Tie != nil && (in[o.ID] || in[o.Needs.Tie.To]) {
				in[o.ID], in[o.Needs.Tie.To] = true, true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(o order) bool { return !in[o.ID] })
}

// stillTied counts the open work that hangs together with an order that is done.
func stillTied(ctx context.Context, tx *db.Tx, o order) (n int64, err error) {
	all, err := ofCase(ctx, tx, o.Case, "")
	for _, other := range tiedTo(all, o.ID) {
		if other.ID != o.ID && other.State.Open() {
			n++
		}
	}
	return n, err
}

func (m *Module) tieRoutes(api *httpapi.API) {
	httpapi.Post(api, httpapi.Op{
		ID: "work_tie", Path: "/v1/work-orders/{id}/ties", Action: "work.create", Kind: "work", Status: http.StatusCreated,
		Summary: "Ask for a visit beside this one: by a second technician at the same moment, or after it",
		Doc:     "It is a work order of its own. The visits are planned, booked, moved and given up together until the first of them has begun.",
	}, func(ctx context.Context, in *struct {
		ID   id.WorkOrder `path:"id"`
		Body addition
	},
	) (*httpapi.Body[moved], error) {
		return httpapi.Reply(m.Add(ctx, in.ID, in.Body))
	})
	httpapi.Post(api, httpapi.Op{
		ID: "work_drop", Path: "/v1/work-orders/{id}/drop", Action: "work.create", Kind: "work",
		Summary: "Give up a visit that was asked for beside another one",
		Doc:     "What it was asked for with stays as it is; what depends on it is given up as well.",
	}, func(ctx context.Context, in *struct {
		ID id.WorkOrder `path:"id"`
	},
	) (*httpapi.Body[moved], error) {
		return httpapi.Reply(m.Drop(ctx, in.ID))
	})
}
