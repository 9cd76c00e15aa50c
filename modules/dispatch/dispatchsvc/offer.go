package dispatchsvc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// mostOffers is how many windows are offered at once.
const mostOffers = 12

// offer is a slot as offered. Reasons name what our people cost, so only those
// who see the board see them.
type offer struct {
	ID         id.Offer          `json:"id"`
	Technician id.Technician     `json:"technician"`
	StartAt    time.Time         `json:"start_at"`
	EndAt      time.Time         `json:"end_at"`
	ExpiresAt  time.Time         `json:"expires_at"`
	Reasons    *dispatch.Reasons `json:"reasons,omitempty" doc:"what the slot costs and why this technician; for those who see the board"`
}

// offers are the slots for a work order, best first.
type offers struct {
	WorkOrder id.WorkOrder     `json:"work_order"`
	Zone      string           `json:"zone" doc:"of the site"`
	Offers    []offer          `json:"offers"`
	Why       []dispatch.Block `json:"why,omitempty" doc:"where nothing was found: what keeps whom from it"`
}

// picture is what slots for one work order are looked for in: one snapshot.
type picture struct {
	now  time.Time
	job  job
	plan *nodePlan // of the job's node; nil where there is none
	on   ground    // with the ways of the job's place

	outlook outlook // what is kept free
	far     *farther
}

// farther is what is promised on days that no plan is kept of.
type farther struct {
	all []appointment
	on  ground
}

// planAge is how old a plan may be from which slots are offered: each is held against the
// day as it is now, before it is offered.
const planAge = time.Minute

// look reads the picture for slots up to an instant.
func (m *Module) look(ctx context.Context, tenant id.Tenant, wo id.WorkOrder, until time.Time) (p picture, err error) {
	err = m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		p = picture{now: tx.Now()}
		if p.job, err = jobOf(ctx, tx, wo, ""); err != nil || p.job.Node.IsZero() {
			return err
		}
		if p.plan, err = m.plan(ctx, tx, p.job.Node, planAge); err != nil {
			return err
		}
		if p.on, err = p.plan.on.wider(ctx, tx, []geo.Point{p.job.Coarse}); err != nil {
			return err
		}
		if !p.plan.covers([]dispatch.Window{{End: until}}) {
			if err := p.lookFarther(ctx, tx, until); err != nil {
				return err
			}
		}
		p.outlook, err = outlookOf(ctx, tx, p.job.Node)
		return err
	})
	return p, err
}

// lookFarther reads what is promised beyond the days of the plan.
func (p *picture) lookFarther(ctx context.Context, tx *db.Tx, until time.Time) (err error) {
	f := &farther{}
	if f.all, err = occupying(ctx, tx, "node_id", p.job.Node, p.now, until); err != nil {
		return err
	}
	f.on, err = groundOf(ctx, tx, p.plan.crew, f.all, p.job.Coarse)
	p.far = f
	return err
}

// promised is what the node has promised, as far as it is looked at.
func (p *picture) promised() []appointment {
	if p.far != nil {
		return p.far.all
	}
	return p.plan.all()
}

// of is what a technician has promised.
func (p *picture) of(technician int) []appointment {
	if p.far == nil {
		return p.plan.lanes[technician].mine
	}
	t := p.plan.crew[technician].ID
	return slices.DeleteFunc(slices.Clone(p.far.all), func(a appointment) bool { return a.Technician != t })
}

// Offer looks for slots for a work order, best first, and says that they may be
// taken for a while. Nothing is held: a slot that is gone when it is taken is
// refused then.
func (m *Module) Offer(ctx context.Context, wo id.WorkOrder) (offers, error) {
	caller, _ := access.From(ctx)
	p, err := m.look(ctx, caller.Tenant, wo, time.Time{})
	if err != nil {
		return offers{}, err
	}
	if err := m.guard.Can(ctx, "offer.create", p.job.resource("offer")); err != nil {
		return offers{}, hidden(err, dispatch.ErrNoJob)
	}
	insider, err := m.insider(ctx, &p.job)
	if err != nil {
		return offers{}, err
	}
	slots, blocks, err := p.slots(dispatch.WindowsFrom(p.now, dispatch.Horizon, zone(p.job.Zone)), mostOffers)
	if err != nil {
		return offers{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (offers, error) {
		return m.putOffers(ctx, tx, wo, slots, blocks, insider)
	})
}

// insider reports whether the caller sees the board of the job's node.
func (m *Module) insider(ctx context.Context, j *job) (bool, error) {
	err := m.guard.Can(ctx, "board.read", j.resource("board"))
	if errors.Is(err, access.ErrHidden) {
		return false, nil
	}
	return err == nil, err
}

// slots finds for each window the best technician, and returns the best windows
// first; where there is none, what keeps whom from it.
func (p *picture) slots(windows []dispatch.Window, most int) ([]dispatch.Slot, []dispatch.Block, error) {
	if len(windows) == 0 || p.plan == nil || len(p.plan.crew) == 0 {
		return nil, nil, nil
	}
	if windows = p.roomAhead(windows); len(windows) == 0 {
		return nil, p.keptFree(), nil
	}
	w := p.job.wish(windows)
	best, ok := p.plan.bestOf(p.on, w, windows, zone(p.job.Zone))
	if !ok {
		s, err := p.sheet(w)
		if err != nil {
			return nil, nil, err
		}
		best = s.bestOf(windows, zone(p.job.Zone))
	}
	out, err := p.fits(best[:min(len(best), most)])
	if err != nil || len(out) > 0 {
		return out, nil, err
	}
	s, err := p.sheet(w)
	if err != nil {
		return nil, nil, err
	}
	return nil, s.blocks(s.plan, 0), nil
}

// sheet states all the days of a wish: for reasons, and for what no board can be asked.
func (p *picture) sheet(w wish) (*sheet, error) {
	first, last := w.windows[0].Start, w.windows[len(w.windows)-1].End
	on := p.on
	if p.far != nil {
		on = p.far.on
	}
	return newSheet(on, p.now, first, int(last.Sub(first)/(24*time.Hour))+2, p.plan.crew, p.promised(), []wish{w})
}

// fits holds candidates against the days as they are now, best first.
func (p *picture) fits(best []candidate) (out []dispatch.Slot, err error) {
	on := p.on
	if p.far != nil {
		on = p.far.on
	}
	hour := map[id.Technician]int64{}
	for _, c := range best {
		t := p.plan.crew[c.technician]
		hour[t.ID] = t.Hour.Minor
		f, err := fit(on, p.now, t, p.of(c.technician), p.job.wish([]dispatch.Window{c.window}), zone(p.job.Zone))
		if errors.Is(err, dispatch.ErrSlotGone) || errors.Is(err, dispatch.ErrDayBroken) {
			continue // the day alone is judged more strictly than the week
		} else if err != nil {
			return nil, err
		}
		f.slot.Reasons.By = dispatch.ByOffer
		out = append(out, f.slot)
	}
	score := func(s dispatch.Slot) int64 { return dispatch.Score(s.Reasons, hour[s.Technician]) }
	slices.SortStableFunc(out, func(a, b dispatch.Slot) int {
		return cmp.Or(cmp.Compare(score(a), score(b)), a.StartAt.Compare(b.StartAt))
	})
	return out, nil
}

// bestOf weighs every place that there is for the first wish, and keeps for
// each window the best, best first.
func (s *sheet) bestOf(windows []dispatch.Window, site *time.Location) []candidate {
	now := routing.Timetable(s.p, s.plan)
	byWindow := map[int]candidate{}
	for _, o := range routing.Insert(s.p, s.plan, s.number(0)) {
		i := slices.IndexFunc(windows, func(w dispatch.Window) bool { return o.Earliest < w.End.Unix() })
		if i < 0 || s.broken[o.Route] {
			continue
		}
		t := &s.crew[o.Technician]
		r := dispatch.Reasons{Cost: money.Of(o.Cost.Minor(), t.Hour.Currency), WaitDays: days(s.now, windows[i].Start, site), LoadPermille: load(now[o.Route], t)}
		c := candidate{o.Technician, windows[i], dispatch.Score(r, t.Hour.Minor)}
		if old, ok := byWindow[i]; !ok || c.score < old.score {
			byWindow[i] = c
		}
	}
	var out []candidate
	for _, c := range byWindow {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.score, b.score), a.window.Start.Compare(b.window.Start))
	})
	return out
}

// putOffers writes the slots as offers, and on the job what was found out.
func (m *Module) putOffers(ctx context.Context, tx *db.Tx, wo id.WorkOrder, slots []dispatch.Slot, blocks []dispatch.Block, insider bool) (offers, error) {
	j, err := jobOf(ctx, tx, wo, tx.ForUpdate())
	if err != nil {
		return offers{}, err
	}
	if !j.State.Open() {
		return offers{}, dispatch.ErrJobClosed.With("state", j.State)
	}
	if err := tx.Put(ctx, `DELETE FROM dispatch_offer WHERE tenant_id = ? AND work_order_id = ? AND expires_at <= ?`, tx.Tenant(), wo, tx.Now()); err != nil {
		return offers{}, fmt.Errorf("drop offers: %w", err)
	}
	out := offers{WorkOrder: wo, Zone: j.Zone, Offers: []offer{}}
	for _, s := range slots {
		o := offer{ID: id.New[id.OfferKind](), Technician: s.Technician, StartAt: s.StartAt, EndAt: s.EndAt, ExpiresAt: tx.Now().Add(dispatch.OfferFor)}
		if err := insertOffer(ctx, tx, wo, o, s.Reasons); err != nil {
			return offers{}, err
		}
		if insider {
			o.Reasons = &s.Reasons
		}
		out.Offers = append(out.Offers, o)
	}
	if insider {
		out.Why = blocks
	}
	if len(slots) > 0 {
		j.State = dispatch.Offered
	}
	j.Why, j.WhyAt = blocks, tx.Now()
	return out, m.saveJob(ctx, tx, j)
}

func insertOffer(ctx context.Context, tx *db.Tx, wo id.WorkOrder, o offer, r dispatch.Reasons) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write offer: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO dispatch_offer (tenant_id, id, work_order_id, technician_id, start_at, end_at, reasons, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, tx.Tenant(), o.ID, wo, o.Technician, o.StartAt, o.EndAt, string(text), o.ExpiresAt)
	if err != nil {
		return fmt.Errorf("insert offer: %w", err)
	}
	return nil
}

// kept is an offer as stored.
type kept struct {
	work       id.WorkOrder
	technician id.Technician
	window     dispatch.Window
	expires    time.Time
}

func offerOf(ctx context.Context, tx *db.Tx, o id.Offer) (k kept, err error) {
	err = tx.Row(ctx, `SELECT work_order_id, technician_id, start_at, end_at, expires_at FROM dispatch_offer WHERE tenant_id = ? AND id = ?`, tx.Tenant(), o).
		Scan(&k.work, &k.technician, db.At(&k.window.Start), db.At(&k.window.End), db.At(&k.expires))
	return k, db.NotFound(err, dispatch.ErrOfferGone)
}
