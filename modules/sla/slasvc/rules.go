package slasvc

import (
	"context"
	"errors"
	"sync"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/platform/db"
)

// rules are a tenant's targets, hours and special days as they stood at a
// version. They are never changed once they are held; calendars are added as
// they are asked for.
type rules struct {
	version int64
	targets []sla.Target
	hours   []sla.Hours
	days    map[locale.Country][]sla.SpecialDay

	mu        sync.Mutex
	calendars map[place]*calendar.Calendar
}

// place is what decides in which calendar a case is counted.
type place struct {
	node    id.Node
	country locale.Country
	zone    string
}

// always is the calendar of promises that hold around the clock.
var always = calendar.Always()

// calendar returns the calendar of the place, or the one around the clock for
// promises that ask for it. Hours that make no calendar any more, and a zone
// that nobody knows, do not stop a clock: it then counts in UTC, or always.
func (r *rules) calendar(p sla.Promise, at place) *calendar.Calendar {
	if p.Always {
		return always
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.calendars[at]; c != nil {
		return c
	}
	c := r.compile(at)
	r.calendars[at] = c
	return c
}

func (r *rules) compile(at place) *calendar.Calendar {
	hours, found := sla.PickHours(r.hours, at.node, at.country)
	if !found {
		return always
	}
	zone, err := time.LoadLocation(at.zone)
	if err != nil || at.zone == "" || zone == time.Local {
		zone = time.UTC
	}
	c, err := hours.Calendar(zone, r.days[at.country])
	if err != nil {
		return always
	}
	return c
}

// fresh is how long rules are believed before their version is looked at.
const fresh = time.Second

// held is the rules of this process, by tenant.
type held struct {
	mu  sync.Mutex
	all map[id.Tenant]looked
}

type looked struct {
	*rules
	at     time.Time // when the version was looked at, machine clock; zero: look again
	writes int64     // of this process so far
}

func (h *held) get(t id.Tenant) looked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[t]
}

// put keeps r unless something newer is there. It is not believed if this
// process has written since it was asked for.
func (h *held) put(t id.Tenant, r *rules, asked looked, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.all[t]
	if now.rules != nil && now.version > r.version {
		return
	}
	if now.writes != asked.writes {
		at = time.Time{}
	}
	h.keep(t, looked{r, at, now.writes})
}

// wrote has the next reader look at the version again.
func (h *held) wrote(t id.Tenant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.all[t]
	h.keep(t, looked{rules: now.rules, writes: now.writes + 1})
}

func (h *held) keep(t id.Tenant, l looked) {
	if h.all == nil {
		h.all = map[id.Tenant]looked{}
	}
	h.all[t] = l
}

// rules returns the tenant's rules, at most a second old.
func (m *Module) rules(ctx context.Context, tenant id.Tenant) (*rules, error) {
	kept, now := m.held.get(tenant), m.db.Machine()()
	if !kept.at.IsZero() && now.Sub(kept.at) < fresh {
		return kept.rules, nil
	}
	r, err := db.Get(ctx, m.db, tenant, func(ctx context.Context, tx *db.Tx) (*rules, error) {
		v, err := version(ctx, tx)
		if err != nil || kept.rules != nil && kept.version == v {
			return kept.rules, err
		}
		return load(ctx, tx, v)
	})
	if err != nil {
		return nil, err
	}
	m.held.put(tenant, r, kept, now)
	return r, nil
}

// start returns a running clock for each target that the situation asks for. A
// promise that would end beyond the calendar is not made.
func (r *rules) start(s sla.Situation, at place, opened time.Time) (clocks []sla.Clock, err error) {
	for _, t := range sla.Choose(r.targets, s) {
		c, err := sla.Start(t, opened, r.calendar(t.Promise, at))
		if errors.Is(err, calendar.ErrRange) {
			continue
		}
		if err != nil {
			return nil, err
		}
		clocks = append(clocks, c)
	}
	return clocks, nil
}
