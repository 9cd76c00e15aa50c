package learn

import (
	"maps"
	"slices"

	"fettle.dev/fettle/kernel/id"
)

// Visit is what a visit as done says: seconds, 0 where it says nothing.
type Visit struct {
	Node       id.Node
	Technician id.Technician
	Work       string // kind of service
	Stated     int64  // work as the plan states it
	Taken      int64  // on site
	Reckoned   int64  // the way there as reckoned
	Driven     int64  // as it took
}

// Work is what was learnt of one kind of work.
type Work struct {
	Work        string   `json:"work_type"`
	Everywhere  Factor   `json:"everywhere"`
	Here        Factor   `json:"here"` // at the node
	Technicians []Person `json:"technicians,omitempty"`
}

// Person is what was learnt of one kind of work of a technician.
type Person struct {
	Technician id.Technician `json:"technician"`
	Factor     Factor        `json:"factor"`
}

// Lore is what was learnt for a node.
type Lore struct {
	Travel Factor `json:"travel"`
	Works  []Work `json:"works"`
	Finish Finish `json:"finish"`
}

// Level says whose visits a factor comes from.
type Level string

// The levels, the closest first.
const (
	OfTechnician Level = "technician"
	OfNode       Level = "node"
	OfWork       Level = "work_type"
	OfNobody     Level = "" // as stated
)

// Of learns for a node from its own visits and from those of all nodes.
func Of(node id.Node, here, everywhere []Visit) Lore {
	var l Lore
	_, ways := estimate(driven(everywhere), 0)
	l.Travel, _ = estimate(driven(here), ways)
	all, mine := taken(everywhere), taken(here)
	for _, work := range slices.Sorted(maps.Keys(all)) {
		w := Work{Work: work}
		var parent, node float64
		w.Everywhere, parent = estimate(flat(all[work]), 0)
		w.Here, node = estimate(flat(mine[work]), parent)
		for _, t := range slices.SortedFunc(maps.Keys(mine[work]), func(a, b id.Technician) int { return slices.Compare(a[:], b[:]) }) {
			f, _ := estimate(mine[work][t], node)
			w.Technicians = append(w.Technicians, Person{t, f})
		}
		l.Works = append(l.Works, w)
	}
	return l
}

func driven(visits []Visit) (logs []float64) {
	for _, v := range visits {
		if x, ok := Log(v.Reckoned, v.Driven); ok {
			logs = append(logs, x)
		}
	}
	return logs
}

// taken sorts what visits took by work and technician.
func taken(visits []Visit) map[string]map[id.Technician][]float64 {
	out := map[string]map[id.Technician][]float64{}
	for _, v := range visits {
		x, ok := Log(v.Stated, v.Taken)
		if !ok || v.Work == "" {
			continue
		}
		if out[v.Work] == nil {
			out[v.Work] = map[id.Technician][]float64{}
		}
		out[v.Work][v.Technician] = append(out[v.Work][v.Technician], x)
	}
	return out
}

func flat(by map[id.Technician][]float64) (logs []float64) {
	for _, some := range by {
		logs = append(logs, some...)
	}
	return logs
}

// Service is the factor for a kind of work, of a technician if one is named, and
// whose visits it comes from.
func (l *Lore) Service(work string, t id.Technician) (Factor, Level) {
	i := slices.IndexFunc(l.Works, func(w Work) bool { return w.Work == work })
	if i < 0 {
		return Factor{}, OfNobody
	}
	w := &l.Works[i]
	if j := slices.IndexFunc(w.Technicians, func(p Person) bool { return p.Technician == t }); j >= 0 {
		return w.Technicians[j].Factor, OfTechnician
	}
	if w.Here.Visits > 0 {
		return w.Here, OfNode
	}
	return w.Everywhere, OfWork
}
