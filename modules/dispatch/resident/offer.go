package resident

import (
	"fmt"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// Ask is a job that somebody would like to book, and when.
type Ask struct {
	Job     routing.Job // Site and Windows are ignored; technicians in it are numbers
	Place   Place
	Windows []routing.Window
	Steer   []int64 // by window, minor units that make it dearer, or cheaper, to the eye; nil is none
}

// Offer is the best place in one window, and what it would really cost.
type Offer struct {
	Window           int // in Ask.Windows
	Technician       string
	Shift            int
	Start            int64 // as the plan would have it
	Earliest, Latest int64 // starts with which every other visit still keeps its windows
	Late             int64 // seconds after the job's due time at Start
	Cost             routing.Grain
	Price            routing.Grain // Cost and what steers
	Second           string        // the next best technician, or empty
	SecondCost       routing.Grain
}

// Offers evaluates the windows without moving anybody; nothing is held. Windows without
// a place are left out. Faults: routing.ErrSpec.
func (b *Board) Offers(a Ask) ([]Offer, error) {
	q := routing.Question{Job: a.Job, Windows: a.Windows, To: a.Place.Ways.To, From: a.Place.Ways.From}
	if site, known := b.places.number[a.Place.Key]; known {
		q.Job.Site, q.To, q.From = site, nil, nil
	}
	places, err := b.view.Ask(q)
	if err != nil {
		return nil, fmt.Errorf("state the job: %w", err)
	}
	var out []Offer
	for _, o := range places {
		v := Offer{
			Window: o.Window, Technician: b.people.list[o.Technician], Shift: o.Shift, Start: o.Start, Earliest: o.Earliest,
			Latest: o.Latest, Late: o.Late, Cost: o.Cost, Price: o.Cost, SecondCost: o.SecondCost,
		}
		if o.Second != routing.Any {
			v.Second = b.people.list[o.Second]
		}
		if o.Window < len(a.Steer) {
			v.Price += routing.Minor(a.Steer[o.Window])
		}
		out = append(out, v)
	}
	return out, nil
}
