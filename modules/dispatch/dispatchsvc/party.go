package dispatchsvc

import (
	"bytes"
	"context"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/platform/db"
)

// seat is where one visit of a group comes.
type seat struct {
	work       id.WorkOrder
	technician id.Technician
	window     dispatch.Window
	start      time.Time
	exact      bool // a second technician begins at the same moment
}

// party is a group with a place for each of its visits, that of the one which was
// asked about first.
type party struct {
	seats []seat
	cost  int64 // minor units, of all of them
}

// seeking is one question about the first visit of a group: in this window, by this
// technician or by anybody.
type seeking struct {
	window     dispatch.Window
	technician id.Technician
}

// table is what a group is placed on: its visits, the one that is asked about first,
// and the days as they stand without them.
type table struct {
	on     ground
	now    time.Time
	first  time.Time // of the days
	days   int
	crew   []dispatch.Technician
	all    []appointment
	wishes []wish        // windows of the first are those that are sought
	room   dispatch.Room // of the first
	zones  []*time.Location
	meets  []bool // by wish
}

// tableOf states a group of open visits. The others of the group may come in any
// window from now on, and for a week after the last one that is sought.
func (p *picture) tableOf(windows []dispatch.Window) *table {
	t := &table{on: p.on, now: p.now, first: p.now, crew: p.crew, all: p.all}
	site := zone(p.job.Zone)
	t.days = min(dispatch.Horizon, tieDays) + max(0, int(days(p.now, windows[len(windows)-1].Start, site)))
	for _, m := range p.group.open(p.job.WorkOrder) {
		if m.Needs.Tie != nil {
			t.days += int((m.Needs.Tie.LeastMinutes + 24*60 - 1) / (24 * 60))
		}
	}
	t.days = min(t.days, tieDays)
	for _, m := range p.group.open(p.job.WorkOrder) {
		w := m.wish(dispatch.WindowsFrom(p.now, t.days, zone(m.Zone)))
		t.add(p.group, w, zone(m.Zone))
	}
	return t
}

// tieDays bounds for how many days a group is looked for places.
const tieDays = 75

// add states one visit of a group.
func (t *table) add(g group, w wish, site *time.Location) {
	r, apart := g.room(w.work)
	w.narrow(&r, apart)
	if len(t.wishes) == 0 {
		t.room = r
	}
	t.wishes, t.zones, t.meets = append(t.wishes, w), append(t.zones, site), append(t.meets, len(g.meets(w.work)) > 1)
}

// seat answers each question with the cheapest places of the whole group, nil where
// there are none. The sheet knows why, by the first wish of each question.
func (t *table) seat(asked []seeking) ([]*party, *sheet, error) {
	var wishes []wish
	for n, q := range asked {
		for i, w := range t.wishes {
			w.set = n
			if i == 0 {
				w.only, w.windows = q.technician, t.room.Among([]dispatch.Window{q.window})
			} else {
				w.windows = merged(w.windows)
			}
			wishes = append(wishes, w)
		}
	}
	s, err := newSheet(t.on, t.now, t.first, t.days, t.crew, t.all, wishes)
	if err != nil {
		return nil, nil, err
	}
	out := make([]*party, len(asked))
	for n, q := range asked {
		out[n] = t.place(s, n*len(t.wishes), q)
	}
	return out, s, nil
}

// place seats the group whose first wish has a number.
func (t *table) place(s *sheet, from int, q seeking) *party {
	plan, cost, ok := routing.Place(s.p, s.plan, s.number(from))
	if !ok {
		return nil
	}
	out := &party{seats: make([]seat, len(t.wishes)), cost: cost.Minor()}
	for r, day := range routing.Timetable(s.p, plan) {
		technician, _ := s.p.Owner(r)
		for _, stop := range day.Stops {
			i := stop.Job - s.number(from)
			if i < 0 || i >= len(t.wishes) {
				continue
			}
			if s.broken[r] {
				return nil // nothing is added to a day that does not fit together
			}
			at := instant(stop.Start)
			out.seats[i] = seat{t.wishes[i].work, s.crew[technician].ID, dispatch.WindowOf(at, t.zones[i]), at, t.meets[i]}
		}
	}
	out.seats[0].window = q.window
	return out
}

// blocks says what keeps whom from the visit that was asked about first: of itself, or
// that the group has no places although it would.
func (t *table) blocks(s *sheet, n int) []dispatch.Block { return s.blocks(s.plan, n*len(t.wishes)) }

// tiedSlots are slots of a visit that others depend on, or that depends on them.
func (p *picture) tiedSlots(windows []dispatch.Window, most int) ([]dispatch.Slot, []dispatch.Block, error) {
	switch open := p.group.open(p.job.WorkOrder); {
	case p.group.waits():
		return nil, p.everybody(ruleTieWaits), nil
	case len(open) == 0:
		return nil, nil, nil // nobody is looked for
	case len(open) > 1:
		return p.partySlots(windows, most)
	}
	w := p.job.wish(windows)
	r, apart := p.group.room(w.work)
	if w.narrow(&r, apart); len(w.windows) == 0 {
		return nil, p.everybody(ruleTieGap), nil
	}
	return p.slotsFor(w, most)
}

// everybody is kept from the visit by one rule.
func (p *picture) everybody(rule string) (out []dispatch.Block) {
	for i := range p.crew {
		out = append(out, dispatch.Block{Technician: p.crew[i].ID, Rule: rule})
	}
	return out
}

// partySlots are slots of a visit that is booked together with others, best first.
func (p *picture) partySlots(windows []dispatch.Window, most int) ([]dispatch.Slot, []dispatch.Block, error) {
	t := p.tableOf(windows)
	var asked []seeking
	for _, w := range windows {
		asked = append(asked, seeking{window: w})
	}
	found, s, err := t.seat(asked)
	if err != nil {
		return nil, nil, err
	}
	var out []dispatch.Slot
	for _, party := range found {
		if party == nil {
			continue
		}
		slot, err := p.slotOf(t, party)
		if err != nil {
			return nil, nil, err
		}
		if slot != nil {
			out = append(out, *slot)
		}
	}
	p.rank(out)
	if len(out) == 0 {
		return nil, t.blocks(s, 0), nil
	}
	return out[:min(len(out), most)], nil, nil
}

// slotOf is the place of the first visit of a party; it costs what all of them cost. The
// days of guests who come with it are held against their homes' ways as well.
func (p *picture) slotOf(t *table, party *party) (*dispatch.Slot, error) {
	var first fitted
	for i, at := range party.seats {
		who := slices.IndexFunc(p.crew, func(c dispatch.Technician) bool { return c.ID == at.technician })
		if i > 0 && !p.crew[who].Roams() {
			continue
		}
		w := t.wishes[i]
		w.windows, w.near, w.exact = []dispatch.Window{at.window}, at.start, time.Time{}
		if at.exact {
			w.exact = at.start
		}
		f, err := p.fit(who, w)
		if _, ok := refusal(err); ok {
			return nil, nil // the day alone is judged more strictly than the week
		} else if err != nil {
			return nil, err
		}
		if i == 0 {
			first = f
		}
	}
	first.slot.Reasons.By, first.slot.Reasons.Cost.Minor = dispatch.ByOffer, party.cost
	return &first.slot, nil
}

// company returns the places of all visits that are booked together with one, none
// where it is booked alone. Nothing is held: the step that books them looks again.
func (m *Module) company(ctx context.Context, tenant id.Tenant, r request, b booking) ([]seat, error) {
	alone := true
	err := m.db.Read(ctx, tenant, func(ctx context.Context, tx *db.Tx) error {
		j, err := jobOf(ctx, tx, r.WorkOrder, "")
		if err != nil {
			return err
		}
		g, err := groupOf(ctx, tx, &j)
		alone = !j.State.Open() || len(g.open(j.WorkOrder)) < 2
		if err != nil || alone || r.Offer.IsZero() {
			return err
		}
		o, err := offerOf(ctx, tx, r.Offer)
		b.technician, b.window = o.technician, o.window
		return err
	})
	if err != nil || alone {
		return nil, err
	}
	p, err := m.look(ctx, tenant, r.WorkOrder, b.window.End)
	if err != nil || len(p.group.open(r.WorkOrder)) < 2 {
		return nil, err // somebody was faster: the step says so
	}
	t := p.tableOf([]dispatch.Window{b.window})
	if b.by == dispatch.ByHand {
		t.wishes[0].passed = nil // a dispatcher may ask again
	}
	found, s, err := t.seat([]seeking{{b.window, b.technician}})
	if err != nil {
		return nil, err
	}
	if found[0] == nil {
		return nil, dispatch.ErrSlotGone.With("rule", t.rule(s, b.technician))
	}
	return found[0].seats, nil
}

// rule is what keeps a technician from the first visit of a table.
func (t *table) rule(s *sheet, technician id.Technician) string {
	for _, b := range t.blocks(s, 0) {
		if b.Technician == technician && b.Rule != "" {
			return b.Rule
		}
	}
	return string(routing.RuleLink)
}

// bookAll books a visit and those that are booked together with it in one step.
func (m *Module) bookAll(ctx context.Context, tx *db.Tx, b booking, seats []seat, may func(*job) error) (appointment, error) {
	all, err := m.bookEach(ctx, tx, b, seats, may)
	if err != nil {
		return appointment{}, err
	}
	return all[0], nil
}

func (m *Module) bookEach(ctx context.Context, tx *db.Tx, b booking, seats []seat, may func(*job) error) ([]appointment, error) {
	if len(seats) == 0 {
		a, err := m.book(ctx, tx, b, may)
		return []appointment{a}, err
	}
	var crew []id.Technician
	for _, s := range seats {
		b.together, crew = append(b.together, s.work), append(crew, s.technician)
	}
	if err := lockTechnicians(ctx, tx, crew); err != nil {
		return nil, err
	}
	var out []appointment
	for i, s := range seats {
		c := b
		c.work, c.technician, c.window, c.near = s.work, s.technician, s.window, s.start
		if s.exact {
			c.exact = s.start
		}
		if i > 0 && b.by == dispatch.ByHand {
			c.by = dispatch.ByPlan // a dispatcher chose the place of the first
		}
		a, err := m.book(ctx, tx, c, may)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// lockTechnicians locks several technicians, in one order for everybody.
func lockTechnicians(ctx context.Context, tx *db.Tx, list []id.Technician) error {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b id.Technician) int { return bytes.Compare(a[:], b[:]) })
	for _, t := range slices.Compact(list) {
		if err := lockTechnician(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}
