package dispatchsvc

import (
	"slices"

	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/work"
)

// promised is when a promised visit may begin: in its window, or, where two meet, at
// the moment that they agreed on and, when one of them is late, a little after.
func (s *sheet) promised(a *appointment) routing.Window {
	w := routing.Window{Open: a.StartAt.Unix(), Close: a.EndAt.Unix() - 1}
	if a.Exact && a.ServiceStartAt.After(s.now) {
		w = routing.Window{Open: a.ServiceStartAt.Unix(), Close: a.ServiceStartAt.Add(dispatch.MeetSlack).Unix()}
	}
	return w
}

// starts are the windows of a wish in the words of routing. One that has none left has
// one long ago, for none at all would leave it free.
func (w *wish) starts() (out []routing.Window) {
	for _, v := range w.windows {
		from, until := v.Start.Unix(), v.End.Unix()-1
		if !w.exact.IsZero() {
			from, until = max(from, w.exact.Unix()), min(until, w.exact.Unix())
		}
		if from <= until {
			out = append(out, routing.Window{Open: from, Close: until})
		}
	}
	if len(out) == 0 && (len(w.windows) > 0 || w.bound) {
		out = append(out, routing.Window{Open: 1, Close: 1})
	}
	return out
}

// refuses reports whether a technician cannot have a wish, whatever the plan.
func (w *wish) refuses(t *dispatch.Technician) bool {
	return t.Standing != dispatch.Active || slices.Contains(w.passed, t.ID) || slices.Contains(w.apart, t.ID) || !w.only.IsZero() && w.only != t.ID
}

// addTies states how wishes of a set depend on each other. Between two visits that
// follow one another lie both promised windows more than was asked for, so that their
// ties hold whenever in these they begin.
func (s *sheet) addTies() {
	for i := range s.wishes {
		tie := s.wishes[i].tie
		if tie == nil {
			continue
		}
		k := slices.IndexFunc(s.wishes, func(w wish) bool { return w.work == tie.To && w.set == s.wishes[i].set })
		if k < 0 {
			continue // promised already, or over: it has narrowed the windows
		}
		l := routing.Link{First: s.number(k), Second: s.number(i), Sequence: routing.Together, Crew: routing.OtherCrew}
		if tie.How == work.Afterwards {
			both := 2 * int64(dispatch.WindowLength.Seconds())
			l = routing.Link{First: l.First, Second: l.Second, Sequence: routing.Follows, Least: tie.LeastMinutes*60 + both}
			if tie.MostMinutes > 0 {
				l.Most = tie.MostMinutes*60 - both
			}
		}
		s.spec.Links = append(s.spec.Links, l)
	}
	s.closeCramped()
}

// closeCramped leaves out groups that ask for more technicians at once than there are.
func (s *sheet) closeCramped() {
	for i := range s.wishes {
		if len(s.spec.Links) == 0 || s.cramped[i] || len(s.tiedWith(i, true)) <= len(s.crew) {
			continue
		}
		for _, k := range s.tiedWith(i, false) {
			s.cramped[k] = true
			s.spec.Jobs[s.number(k)].Windows = []routing.Window{{Open: 1, Close: 1}}
		}
	}
	s.spec.Links = slices.DeleteFunc(s.spec.Links, func(l routing.Link) bool { return s.cramped[l.First-len(s.kept)] })
}

// tiedWith are the wishes that links connect with one, itself among them; at once:
// those that begin at the same moment.
func (s *sheet) tiedWith(wish int, atOnce bool) []int {
	in := []int{wish}
	for n := 0; n < len(in); n++ {
		for _, l := range s.spec.Links {
			if atOnce && l.Sequence != routing.Together {
				continue
			}
			for _, p := range [][2]int{{l.First, l.Second}, {l.Second, l.First}} {
				if k := p[1] - len(s.kept); p[0] == s.number(in[n]) && !slices.Contains(in, k) {
					in = append(in, k)
				}
			}
		}
	}
	return in
}
