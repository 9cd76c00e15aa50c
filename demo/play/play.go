// Package play plays what happens in the demo's world: customers ask, agents
// answer and decide, slots are booked, technicians visit, parts run out and come
// in, statements are closed, people rate.
//
// Everybody acts through the API, logged in as themselves, on a domain clock
// that the play moves; what they do next follows from what the API shows, so
// that a play can be taken up where another has ended. How often what happens
// follows the counts in outcomes.go.
package play

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
)

// Player plays on a stage.
type Player struct {
	*stage.Stage
	clock   *clock.Set
	rand    *rand.Rand
	people  *world.People
	agenda  agenda
	clients map[string]*stage.Client
	stories map[id.Case]*story
	units   map[string][]int // of the world, by brand and city, that no case is about yet
	codes   map[id.Technician]string
	lines   map[string]*world.Line
	adopted []*story  // that wait for the play to begin
	dealt   time.Time // the days before it are on the agenda

	// Tally counts what happened, by a word, for tests and for who asks.
	Tally map[string]int
}

// step is how far the play goes before events are delivered and jobs done.
const step = 20 * time.Minute

// New returns a player whose chances follow from the seed. The clock must be the
// domain clock of the stage's application.
func New(s *stage.Stage, c *clock.Set, seed uint64) *Player {
	p := &Player{
		Stage: s, clock: c, rand: world.Stream(seed, uint64(c.Now().Unix()/86400)), clients: map[string]*stage.Client{}, stories: map[id.Case]*story{},
		units: map[string][]int{}, codes: map[id.Technician]string{}, lines: map[string]*world.Line{}, Tally: map[string]int{},
	}
	p.people = world.NewPeople(p.rand)
	p.people.Skip(int(c.Now().Unix()/86400) * 61) // other persons than those of other plays
	for i, u := range s.World.Units {
		key := u.Brand + u.Place.City
		p.units[key] = append(p.units[key], i)
	}
	for code, t := range s.Technicians {
		p.codes[t] = code
	}
	for i := range s.World.Lines {
		p.lines[s.World.Lines[i].Code] = &s.World.Lines[i]
	}
	return p
}

// Run plays from where the clock stands until the instant, and tells how far it
// is. Then it logs everybody out.
func (p *Player) Run(ctx context.Context, until time.Time, report stage.Report) error {
	from := p.clock.Now()
	p.schedule(from, until)
	for _, st := range p.adopted {
		p.stories[st.id] = st
		p.lookAt(st, atWork(from.Add(time.Duration(p.rand.IntN(150))*time.Minute), st.zone))
	}
	p.adopted = nil
	total := int(until.Sub(from).Hours()/24) + 1
	for now := from; now.Before(until); {
		next := now.Truncate(step).Add(step)
		if next.After(until) {
			next = until
		}
		if err := p.window(ctx, next); err != nil {
			return fmt.Errorf("play %s: %w", next.Format(time.RFC3339), err)
		}
		if next.Equal(until) {
			report(total, total, next.Format(time.DateOnly))
		} else if next.Hour() == 0 && next.Minute() == 0 {
			report(int(next.Sub(from).Hours()/24), total, next.Format(time.DateOnly))
		}
		now = next
	}
	return p.end(ctx)
}

// window does what is on the agenda until the instant, each thing at its time,
// and lets the application follow.
func (p *Player) window(ctx context.Context, end time.Time) error {
	for len(p.agenda) > 0 && !p.agenda[0].at.After(end) {
		e := heap.Pop(&p.agenda).(*entry) //nolint:forcetypeassert // it holds nothing else
		if e.at.After(p.clock.Now()) {
			p.clock.To(e.at)
		}
		if err := p.try(ctx, e); err != nil {
			return err
		}
	}
	p.clock.To(end)
	return p.App.Settle(ctx)
}

// try does a thing. What the API refuses because somebody else was quicker, or
// because the case has moved on, is counted and left.
func (p *Player) try(ctx context.Context, e *entry) error {
	err := e.do(ctx)
	if r, no := refused(err); no {
		p.Tally["refused "+r.Code]++
		return nil
	}
	return err
}

// end logs everybody out.
func (p *Player) end(ctx context.Context) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p.clients)) {
		errs = append(errs, p.clients[name].Close(ctx))
	}
	clear(p.clients)
	return errors.Join(errs...)
}

// as returns the client of somebody who is logged in.
func (p *Player) as(ctx context.Context, login string) (*stage.Client, error) {
	if c := p.clients[login]; c != nil {
		return c, nil
	}
	c, err := p.Client(ctx, login)
	if err == nil {
		p.clients[login] = c
	}
	return c, err
}

// post lets somebody send something.
func (p *Player) post(ctx context.Context, login, path string, in, out any) error {
	c, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	return c.Post(ctx, path, in, out)
}

// get lets somebody look at something.
func (p *Player) get(ctx context.Context, login, path string, out any) error {
	c, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	return c.Get(ctx, path, out)
}

// nothing is the body of a request that says nothing.
type nothing struct{}

// entry is something that somebody will do.
type entry struct {
	at  time.Time
	seq int
	do  func(ctx context.Context) error
}

// agenda is what will be done, the earliest first, and what was put in first
// among equals.
type agenda []*entry

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].seq < a[j].seq
	}
	return a[i].at.Before(a[j].at)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) { *a = append(*a, x.(*entry)) }

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

// at puts something on the agenda; what comes after the play is there for the next one.
func (p *Player) at(t time.Time, do func(ctx context.Context) error) {
	p.Tally["things done"]++
	heap.Push(&p.agenda, &entry{t, p.Tally["things done"], do})
}

// chance reports whether something happens that happens in so many of 1,000 cases.
func (p *Player) chance(permille int) bool { return p.rand.IntN(1000) < permille }

// some is a time around the given one: between a third and three times, the
// shorter the likelier.
func (p *Player) some(d time.Duration) time.Duration {
	f := 1 + 2*p.rand.Float64()
	if p.rand.IntN(2) == 0 {
		f = 1 / f
	}
	return time.Duration(float64(d) * f).Truncate(time.Second)
}

// pick returns one of the values.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// atWork is the first instant not before t at which people of the zone answer:
// from half past eight to eight in the evening, with somebody on duty on Sundays.
func atWork(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	opens := time.Date(local.Year(), local.Month(), local.Day(), 8, 30, 0, 0, zone)
	switch {
	case local.Before(opens):
		return opens
	case local.Hour() >= 20:
		return opens.AddDate(0, 0, 1)
	default:
		return t
	}
}
