package learn

import (
	"bytes"
	"slices"

	"fettle.dev/fettle/kernel/id"
)

// Outcomes is how the visits of a technician ended at which the work could be tried.
type Outcomes struct {
	Technician id.Technician
	Done       int64 // their work was done
	Failed     int64 // it could not be done: somebody has to come again
}

// Share is how many of visits ended with their work done.
type Share struct {
	Permille int64 `json:"permille"`
	Visits   int64 `json:"visits"` // that say so
}

// PersonShare is the share of a technician.
type PersonShare struct {
	Technician id.Technician `json:"technician"`
	Share      Share         `json:"share"`
}

// Finish is how many visits of a node end with their work done, in all and by technician.
type Finish struct {
	Here        Share         `json:"here"`
	Technicians []PersonShare `json:"technicians,omitempty"`
}

// A share leans on what is thought without visits as if so many had been seen: the mean of
// a beta distribution after binomial observations. Nine visits of ten are usual in the field.
const (
	shareLean  = 20
	usualShare = 0.9
)

// FinishOf learns from outcomes: the node leans on what is usual, a technician on the node.
func FinishOf(list []Outcomes) Finish {
	var all Outcomes
	for _, o := range list {
		all.Done, all.Failed = all.Done+o.Done, all.Failed+o.Failed
	}
	here := all.share(usualShare)
	out := Finish{Here: shareView(here, &all)}
	for i := range list {
		out.Technicians = append(out.Technicians, PersonShare{list[i].Technician, shareView(list[i].share(here), &list[i])})
	}
	slices.SortFunc(out.Technicians, func(a, b PersonShare) int { return bytes.Compare(a.Technician[:], b.Technician[:]) })
	return out
}

func (o *Outcomes) share(parent float64) float64 {
	return (float64(o.Done) + shareLean*parent) / (float64(o.Done+o.Failed) + shareLean)
}

func shareView(share float64, o *Outcomes) Share {
	return Share{int64(share*1000 + 0.5), o.Done + o.Failed}
}

// Again is in how many visits of a thousand a technician is expected to have to come
// again: as the node where nothing is known of them, 0 where nothing is known at all.
func (f *Finish) Again(t id.Technician) int64 {
	share := f.Here
	if i := slices.IndexFunc(f.Technicians, func(p PersonShare) bool { return p.Technician == t }); i >= 0 {
		share = f.Technicians[i].Share
	}
	if share.Permille == 0 && share.Visits == 0 {
		return 0
	}
	return 1000 - share.Permille
}
