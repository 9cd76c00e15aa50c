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

// rules returns the tenant's rules, at most a second old.
func (m *Module) rules(ctx context.Context, tenant id.Tenant) (*rules, error) {
	return m.held.Get(ctx, m.db, tenant, version, load)
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
