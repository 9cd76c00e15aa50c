// Package vroom speaks the JSON format in which the VROOM solver is asked and
// answers, so that routing drops in where VROOM stands.
//
// It promises that what it reads is planned as it is stated: a member that says
// something which routing cannot keep yet is refused by name (ErrUnsupported) and
// never passed over; a member that the format does not know is passed over, as
// its clients expect who carry data of their own along. What it writes can be
// recomputed from the problem and the order of the steps alone.
//
// Units are those of the format: instants and durations whole seconds, distances
// metres, costs seconds of travel unless a vehicle or a matrix says otherwise.
package vroom

import (
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// What is taken at the most. Of matrices, travel is kept between all pairs of places, so
// the places decide how much memory a problem needs; between many points it is computed.
const (
	MaxJobs     = 20_000
	MaxVehicles = 20_000
	MaxPlaces   = 10_000 // different ones that jobs and vehicles name, as rows of matrices
	MaxPairs    = 400_000_000
	maxAmounts  = 64
)

// Problem is a problem that has been read and checked. Nothing in it changes any
// more, so several searches may share it.
type Problem struct {
	doc      document
	profiles []profile
	matrix   bool    // profiles have matrices, and places are their rows
	of       []int   // vehicle → profile
	speeds   []int64 // vehicle → speed_factor in hundredths
	types    map[string]int
	amounts  int // dimensions of capacity
	places   places
	horizons []routing.Window // per vehicle
	rests    [][]rest         // per vehicle, in the order in which they are taken
	restless []bool           // per vehicle: no order of its breaks fits into its hours
	routing  *routing.Problem
	start    routing.Plan
	routes   []int // vehicle → route, or -1 when it can go nowhere
}

// places are the sites of the routing problem: each place that is named, once.
type places struct {
	jobs       []int // job → site
	start, end []int // vehicle → site
	points     []geo.Point
	rows       []int // site → row of the matrices
	nowhere    int   // the site of whoever starts or ends anywhere, or -1
	count      int   // of sites
}

// Routing is the problem as the search takes it.
func (p *Problem) Routing() *routing.Problem { return p.routing }

// Start is the plan that the steps of the vehicles state, cut down to what the
// rules allow. Without steps it is empty.
func (p *Problem) Start() routing.Plan { return p.start.Clone() }

// Jobs is how many jobs there are, two to a shipment, and refills that may be made.
func (p *Problem) Jobs() int { return len(p.doc.Jobs) }

// Vehicles is how many vehicles there are.
func (p *Problem) Vehicles() int { return len(p.doc.Vehicles) }

// Limits are how large a problem is read at the most. They are asked before anything
// is made of it, because what travel between its places takes grows with their square.
type Limits struct{ Jobs, Vehicles int }

// Read reads a problem of up to MaxJobs and MaxVehicles. Faults: ErrInput,
// ErrUnsupported, ErrSize, with pointers at what is wrong.
func Read(data []byte) (*Problem, error) { return ReadWithin(data, Limits{MaxJobs, MaxVehicles}) }

// ReadWithin is Read for those who take no larger problems.
func ReadWithin(data []byte, most Limits) (*Problem, error) {
	p := Problem{doc: document{most: most}}
	r := report{}
	p.doc.read(&r, data)
	if err := r.err(); err != nil {
		return nil, err
	}
	return build(&p)
}

// build checks the document and makes the routing problem of it, each step on
// what the one before has found in order.
func build(p *Problem) (*Problem, error) {
	for _, step := range []func(*report, *Problem){
		checkSizes, checkIdentity, checkJobs, checkShipments, checkStock, checkVehicles, checkAmounts, checkProfiles, findTypes, findPlaces, findTravel, findRests, findHorizons,
	} {
		var r report
		step(&r, p)
		if err := r.err(); err != nil {
			return nil, err
		}
	}
	spec := p.spec()
	var err error
	if p.routing, err = routing.New(spec); err != nil {
		return nil, ErrInput.At("/vehicles", "too_large").Because(err)
	}
	for i := range spec.Technicians {
		p.routes = append(p.routes, -1)
		if len(spec.Technicians[i].Shifts) > 0 {
			p.routes[i] = p.routing.Route(i, 0)
		}
	}
	if p.start, err = routing.Repair(p.routing, p.stated()); err != nil {
		return nil, err
	}
	return p, nil
}
