package dispatchsvc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

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
	Reward     money.Amount      `json:"reward,omitzero" doc:"that who takes the slot gets back when the visit has been carried out; absent: nothing"`
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
	crew []dispatch.Technician
	all  []appointment
	on   ground // with the ways of the job's place

	beyond  elsewhere
	refused map[id.Technician]string // by which rule days took nothing that the plan had a place for
	outlook outlook                  // what is kept free
	group   group                    // of the job
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
		if p.outlook, err = outlookOf(ctx, tx, p.job.Node); err != nil {
			return err
		}
		if p.group, err = groupOf(ctx, tx, &p.job); err != nil {
			return err
		}
		if p.group != nil { // whose other visits may come long after
			until = p.now.Add(tieDays * 24 * time.Hour)
		}
		p.crew = p.plan.crew
		if p.all, p.on, err = p.plan.around(ctx, tx, p.now, until, p.job.Coarse); err != nil {
			return err
		}
		p.beyond, err = groundsElsewhere(ctx, tx, p.on, p.crew, p.all, p.job.Coarse)
		return err
	})
	return p, err
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
		slots, err := p.steered(ctx, tx, slots)
		if err != nil {
			return offers{}, err
		}
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
	if len(windows) == 0 || len(p.crew) == 0 {
		return nil, nil, nil
	}
	if windows = p.roomAhead(windows); len(windows) == 0 {
		return nil, keptFree(p.crew), nil
	}
	if p.group != nil {
		return p.tiedSlots(windows, most)
	}
	return p.slotsFor(p.job.wish(windows), most)
}

// slotsFor finds the slots of a wish by itself.
func (p *picture) slotsFor(w wish, most int) ([]dispatch.Slot, []dispatch.Block, error) {
	best, ok := p.plan.bestOf(p.on, w, zone(p.job.Zone))
	if !ok {
		s, err := p.sheet(w)
		if err != nil {
			return nil, nil, err
		}
		best = s.bestOf(w.windows, zone(p.job.Zone))
	}
	out, err := p.fits(w, best[:min(len(best), most)])
	if err != nil || len(out) > 0 {
		return out, nil, err
	}
	s, err := p.sheet(w)
	if err != nil {
		return nil, nil, err
	}
	blocks := s.blocks(s.plan, 0)
	for i := range blocks {
		blocks[i].Rule = cmp.Or(blocks[i].Rule, p.refused[blocks[i].Technician])
	}
	return nil, blocks, nil
}

// sheet states all the days of a wish: for reasons, and for what no board can be asked.
func (p *picture) sheet(w wish) (*sheet, error) {
	first, last := w.windows[0].Start, w.windows[len(w.windows)-1].End
	return newSheet(p.on, p.now, first, int(last.Sub(first)/(24*time.Hour))+2, p.crew, p.all, []wish{w})
}

// fits holds candidates against the days as they are now, best first: where the day of the
// better one for a window takes nothing, that of the other one.
func (p *picture) fits(w wish, best []candidate) (out []dispatch.Slot, err error) {
	for _, c := range best {
		one := w
		one.windows = []dispatch.Window{c.window}
		for _, who := range c.who() {
			f, err := p.fit(who, one)
			if rule, ok := refusal(err); ok {
				p.refuse(who, rule) // the day alone is judged more strictly than the week
				continue
			} else if err != nil {
				return nil, err
			}
			f.slot.Reasons.By = dispatch.ByOffer
			out = append(out, f.slot)
			break
		}
	}
	p.rank(out)
	return out, nil
}

// refuse notes by which rule a technician's day takes nothing, the first time.
func (p *picture) refuse(technician int, rule string) {
	if p.refused == nil {
		p.refused = map[id.Technician]string{}
	}
	who := p.crew[technician].ID
	p.refused[who] = cmp.Or(p.refused[who], rule)
}

// fit finds the place of a wish in a technician's day as a booking would: by this node's
// ways, and by those of the other nodes that the day is part of.
func (p *picture) fit(technician int, w wish) (fitted, error) {
	t := &p.crew[technician]
	mine := slices.DeleteFunc(slices.Clone(p.all), func(a appointment) bool { return a.Technician != t.ID })
	f, err := fit(p.on, p.now, *t, mine, w, zone(p.job.Zone))
	if err == nil {
		err = p.beyond.holds(p.on, p.now, t, mine, w, &f)
	}
	return f, err
}

// rank puts slots in order, best first.
func (p *picture) rank(slots []dispatch.Slot) {
	hour := map[id.Technician]int64{}
	for i := range p.crew {
		hour[p.crew[i].ID] = p.crew[i].Hour.Minor
	}
	score := func(s dispatch.Slot) int64 { return dispatch.Score(s.Reasons, hour[s.Technician]) }
	slices.SortStableFunc(slots, func(a, b dispatch.Slot) int {
		return cmp.Or(cmp.Compare(score(a), score(b)), a.StartAt.Compare(b.StartAt))
	})
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
		c := candidate{o.Technician, windows[i], dispatch.Score(r, t.Hour.Minor), nil}
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
		o := offer{ID: id.New[id.OfferKind](), Technician: s.Technician, StartAt: s.StartAt, EndAt: s.EndAt, ExpiresAt: tx.Now().Add(dispatch.OfferFor), Reward: s.Reasons.Reward}
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
	pledge     pledge
}

func offerOf(ctx context.Context, tx *db.Tx, o id.Offer) (k kept, err error) {
	var reasons []byte
	err = tx.Row(ctx, `SELECT work_order_id, technician_id, start_at, end_at, expires_at, reasons FROM dispatch_offer WHERE tenant_id = ? AND id = ?`, tx.Tenant(), o).
		Scan(&k.work, &k.technician, db.At(&k.window.Start), db.At(&k.window.End), db.At(&k.expires), &reasons)
	if err != nil {
		return k, db.NotFound(err, dispatch.ErrOfferGone)
	}
	k.pledge, err = pledgeOf(k.work, reasons)
	return k, err
}
