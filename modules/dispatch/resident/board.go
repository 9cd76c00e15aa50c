package resident

import (
	"fmt"
	"maps"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Setup is what a plan begins with. Keys are the caller's own and name jobs,
// technicians and places wherever this package speaks of them; the key of a retired
// job is empty.
type Setup struct {
	Spec        routing.Spec
	Jobs        []string // by number in Spec
	Technicians []string
	Places      []string // by site
	Now         int64
	Prices      Prices
}

// Prices say what it costs to disturb somebody; while improving, a plan changes only
// where it gets better by more. Minor units.
type Prices struct {
	Hand int64 // another technician comes
	Day  int64 // the same technician comes in another shift
}

// Board is the plan of one territory at one moment. Nothing in it changes, so many may
// read it at once; Apply makes the next one.
type Board struct {
	view   *routing.View
	prices Prices
	now    int64
	jobs   []entry        // by number in the problem
	number map[string]int // of jobs, by key
	people keys
	places keys
	bill   routing.Bill
}

// entry is what a board knows of a job beyond the problem.
type entry struct {
	key   string           // empty when the number is free
	free  []routing.Window // its windows while nothing is promised
	pin   *routing.Pin     // the same
	kept  bool             // it was promised before Promise spoke
	until int64            // when a hold lapses; 0 is no hold
}

// keys numbers the caller's keys.
type keys struct {
	list   []string
	number map[string]int
}

func keysOf(list []string, want int) (keys, error) {
	k := keys{list, make(map[string]int, len(list))}
	for i, s := range list {
		if s != "" {
			k.number[s] = i
		}
	}
	if len(list) != want || len(k.number) != want {
		return k, ErrSetup
	}
	return k, nil
}

// New begins with an empty plan but for what is frozen; see Over, Restore and Solve. Faults:
// routing.ErrSpec. Errors: ErrSetup.
func New(s Setup) (*Board, error) {
	p, err := routing.New(s.Spec)
	if err != nil {
		return nil, fmt.Errorf("state the problem: %w", err)
	}
	return begin(p, p.Empty(), s)
}

// begin makes a board of a problem and its plan.
func begin(p *routing.Problem, plan routing.Plan, s Setup) (*Board, error) {
	room := p.Revise()
	room.Reserve(max(64, s.Spec.Travel.Sites/8))
	p, err := room.Seal()
	if err != nil {
		return nil, fmt.Errorf("make room: %w", err)
	}
	b := &Board{prices: s.Prices, now: s.Now, number: make(map[string]int, len(s.Jobs))}
	if b.people, err = keysOf(s.Technicians, len(s.Spec.Technicians)); err != nil {
		return nil, fmt.Errorf("technicians: %w", err)
	}
	if b.places, err = keysOf(s.Places, s.Spec.Travel.Sites); err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	if len(s.Jobs) != len(s.Spec.Jobs) {
		return nil, fmt.Errorf("jobs: %w", ErrSetup)
	}
	for j, key := range s.Jobs {
		job := &s.Spec.Jobs[j]
		if _, twice := b.number[key]; twice || (key == "") != job.Retired {
			return nil, fmt.Errorf("job %q: %w", key, ErrSetup)
		}
		b.jobs = append(b.jobs, entry{key: key, free: job.Windows, pin: job.Pin, kept: job.Promised})
		if key != "" {
			b.number[key] = j
		}
	}
	b.view = routing.NewView(p, plan)
	b.bill = routing.Cost(p, b.view.Plan())
	return b, nil
}

// Now is the present instant as the plan knows it.
func (b *Board) Now() int64 { return b.now }

// Problem is what the plan is a plan of; jobs and technicians are numbered as Number
// and Technician say.
func (b *Board) Problem() *routing.Problem { return b.view.Problem() }

// Plan is the plan; the caller must not change it.
func (b *Board) Plan() routing.Plan { return b.view.Plan() }

// Bill is what the plan costs.
func (b *Board) Bill() routing.Bill { return b.bill }

// Number is the number of a job.
func (b *Board) Number(key string) (job int, ok bool) {
	job, ok = b.number[key]
	return job, ok
}

// Job is the key of a job by its number.
func (b *Board) Job(number int) string { return b.jobs[number].key }

// Technician is the key of a technician by number.
func (b *Board) Technician(number int) string { return b.people.list[number] }

// Places are the keys of the sites, in order: a new place tells its ways to and from
// each of them. The caller must not change the list.
func (b *Board) Places() []string { return b.places.list }

// Held is until when a job is held, if it is.
func (b *Board) Held(key string) (until int64, ok bool) {
	j, ok := b.number[key]
	if !ok || b.jobs[j].until == 0 {
		return 0, false
	}
	return b.jobs[j].until, true
}

// Unserved lists the keys of the jobs without a place, in order of their numbers.
func (b *Board) Unserved() []string {
	var out []string
	for _, j := range b.Problem().Unserved(b.Plan()) {
		out = append(out, b.jobs[j].key)
	}
	return out
}

// Why gives for each technician the first rule that keeps a job out of the plan; see
// routing.Why.
func (b *Board) Why(key string) []routing.Block {
	j, ok := b.number[key]
	if !ok {
		return nil
	}
	return b.view.Why(j)
}

// Visit is where and when the plan has a job.
type Visit struct {
	Technician  string
	Shift       int // within the technician
	Start, Done int64
	Late        int64 // seconds after the due time
}

// Visit looks a job up; false when it has no place.
func (b *Board) Visit(key string) (Visit, bool) {
	j, ok := b.number[key]
	if !ok {
		return Visit{}, false
	}
	r, ok := b.view.Served(j)
	if !ok {
		return Visit{}, false
	}
	return b.visits(r)[j], true
}

// visits are the visits of one route, by job.
func (b *Board) visits(route int) map[int]Visit {
	t, k := b.Problem().Owner(route)
	out := map[int]Visit{}
	for _, s := range routing.RouteTimetable(b.Problem(), b.Plan(), route).Stops {
		out[s.Job] = Visit{b.people.list[t], k, s.Start, s.Done, s.Late}
	}
	return out
}

// Timetable is the schedule of each route; see routing.Timetable.
func (b *Board) Timetable() []routing.Schedule { return routing.Timetable(b.Problem(), b.Plan()) }

// copied is a board that may be changed before anybody sees it.
func (b *Board) copied() *Board {
	c := *b
	c.jobs, c.number = slices.Clone(b.jobs), maps.Clone(b.number)
	return &c
}

// Technicians is how many there are.
func (b *Board) Technicians() int { return len(b.people.list) }

// Shift is a shift of a technician, by numbers; the caller must not change its lists.
func (b *Board) Shift(technician, shift int) routing.Shift {
	return b.Problem().Shift(technician, shift)
}
