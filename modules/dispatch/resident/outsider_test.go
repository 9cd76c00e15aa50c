package resident_test

import (
	"fmt"
	"slices"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// outsider keeps its own book of what was said to customers and technicians and looks
// at every plan from outside: at the spec, the routes and the timetable, nothing else.
type outsider struct {
	alive    map[string]bool     // jobs that somebody waits for
	promises map[string]promised // what was said
	away     map[string]bool     // promises that were named as unkept; the customer is to be called
	underway map[string]string   // technician → job
	named    int                 // promises named as unkept, in all
}

type promised struct {
	window     routing.Window
	technician string // empty: whoever
}

func newOutsider() *outsider {
	return &outsider{alive: map[string]bool{}, promises: map[string]promised{}, away: map[string]bool{}, underway: map[string]string{}}
}

// judge returns what is wrong with a board, given the answer that led to it.
func (o *outsider) judge(b *resident.Board, a resident.Answer) error {
	unkept := map[string]bool{}
	for _, u := range a.Unkept {
		if unkept[u.Job] = true; len(u.Why) == 0 {
			return fmt.Errorf("job %s is named as unkept without a reason", u.Job)
		}
	}
	at, start, err := o.walk(b)
	if err != nil {
		return err
	}
	waiting := b.Unserved()
	for key := range o.alive {
		if _, served := at[key]; !served && !slices.Contains(waiting, key) {
			return fmt.Errorf("job %s is neither planned nor waiting", key)
		}
	}
	for key, p := range o.promises {
		who, served := at[key]
		switch {
		case !served && !unkept[key]:
			return fmt.Errorf("promise %s %+v was dropped without a word", key, p)
		case !served:
			o.named++
			o.away[key] = true
			if err := hopeless(b, key); err != nil {
				return err
			}
		case p.technician != "" && who != p.technician:
			return fmt.Errorf("promise %s %+v: %s would come", key, p, who)
		case o.underway[who] != key && (start[key] < p.window.Open || start[key] > p.window.Close):
			return fmt.Errorf("promise %s %+v: they would come at %d", key, p, start[key])
		}
	}
	return nil
}

// hopeless wants a promise that is not kept to have no place, not even were everything
// given up that is not promised.
func hopeless(b *resident.Board, key string) error {
	p, j := b.Problem(), must1(b.Number(key))
	plan := b.Plan().Clone()
	for r := range plan.Routes {
		plan.Routes[r] = slices.DeleteFunc(plan.Routes[r], func(k int) bool { return !p.Firm(k) })
	}
	if routing.Check(p, plan) != nil {
		return nil // a detour was quicker
	}
	if options := routing.Insert(p, plan, j); len(options) > 0 {
		return fmt.Errorf("promise %s is not kept, but there would be room: %+v", key, options[0])
	}
	return nil
}

func must1(v int, ok bool) int {
	if !ok {
		panic("unknown key")
	}
	return v
}

// walk follows every technician through the plan, by the spec alone.
func (o *outsider) walk(b *resident.Board) (at map[string]string, start map[string]int64, err error) {
	spec, plan := b.Problem().Spec(), b.Plan()
	at, start = map[string]string{}, map[string]int64{}
	for r, day := range routing.Timetable(b.Problem(), plan) {
		t, k := b.Problem().Owner(r)
		who, shift := b.Technician(t), &spec.Technicians[t].Shifts[k]
		if len(plan.Routes[r]) == 0 {
			continue
		}
		if f := len(shift.Frozen); shift.Begun && o.underway[who] != "" && f > 0 && (b.Job(plan.Routes[r][0]) != o.underway[who]) {
			return nil, nil, fmt.Errorf("%s is at %s, but the plan begins with %s", who, o.underway[who], b.Job(plan.Routes[r][0]))
		}
		now, site := day.Leave, shift.Start
		if now < shift.Open || day.End > shift.Close && len(plan.Routes[r]) > len(shift.Frozen) || shift.Off {
			return nil, nil, fmt.Errorf("%s is on duty from %d to %d in shift %+v", who, day.Leave, day.End, shift)
		}
		for i, stop := range day.Stops {
			job, key := &spec.Jobs[stop.Job], b.Job(stop.Job)
			if _, twice := at[key]; twice || job.Retired || key == "" {
				return nil, nil, fmt.Errorf("%s has job %q, which is over or somebody else's", who, key)
			}
			ride := int64(spec.Travel.Seconds[site*spec.Travel.Sites+job.Site])
			if stop.Start < now+ride || stop.Done != stop.Start+job.Service {
				return nil, nil, fmt.Errorf("%s cannot be at %s from %d to %d: free at %d, a way of %d", who, key, stop.Start, stop.Done, now, ride)
			}
			if i >= len(shift.Frozen) && stop.Start < b.Now() {
				return nil, nil, fmt.Errorf("%s would have to be at %s at %d, now is %d", who, key, stop.Start, b.Now())
			}
			if pinned := job.Pin != nil && job.Pin.Technician == t; i >= len(shift.Frozen) && !pinned && !able(&spec.Technicians[t], job) {
				return nil, nil, fmt.Errorf("%s cannot do %s", who, key)
			}
			at[key], start[key] = who, stop.Start
			now, site = stop.Done, job.Site
		}
		if home := int64(spec.Travel.Seconds[site*spec.Travel.Sites+shift.End]); day.End < now+home {
			return nil, nil, fmt.Errorf("%s cannot be home at %d", who, day.End)
		}
	}
	return at, start, nil
}

func able(t *routing.Technician, j *routing.Job) bool {
	return !slices.ContainsFunc(j.Needs, func(n routing.Need) bool {
		return !slices.ContainsFunc(t.Skills, func(g routing.Grant) bool { return g.Skill == n.Skill && g.Level >= n.Level })
	})
}
