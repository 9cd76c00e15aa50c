package vroom

import (
	"maps"
	"slices"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// kind is the type of a vehicle, or nothing.
func (v *vehicle) kind() string {
	if v.Type == nil {
		return ""
	}
	return *v.Type
}

// times are the set-up and the service of a job when a type of vehicle does it.
func (j *job) times(kind string) (setup, service int64) {
	setup, service = j.Setup, j.Service
	if v, ok := j.SetupPer[kind]; ok {
		setup = v
	}
	if v, ok := j.ServicePer[kind]; ok {
		service = v
	}
	return setup, service
}

// longest is what a job takes the slowest type of vehicle.
func (j *job) longest() int64 {
	setup, service := j.Setup, j.Service
	for _, v := range j.SetupPer {
		setup = max(setup, v)
	}
	for _, v := range j.ServicePer {
		service = max(service, v)
	}
	return setup + service
}

// findTypes numbers the types of vehicles for which some job states times; all
// others are type 0, to whom the usual times apply.
func findTypes(r *report, p *Problem) {
	stated := map[string]bool{}
	for i := range p.doc.Jobs {
		for kind := range p.doc.Jobs[i].SetupPer {
			stated[kind] = true
		}
		for kind := range p.doc.Jobs[i].ServicePer {
			stated[kind] = true
		}
	}
	p.types = map[string]int{}
	for i := range p.doc.Vehicles {
		v := &p.doc.Vehicles[i]
		if _, known := p.types[v.kind()]; !known && v.Type != nil && stated[v.kind()] {
			p.types[v.kind()] = len(p.types) + 1
		}
	}
	if n := (len(p.types) + 1) * p.Jobs(); n > mostTimes {
		r.tooMany("/vehicles", mostTimes/p.Jobs())
	}
}

// mostTimes is the most jobs × types of vehicles.
const mostTimes = 1 << 24

// paces are the times that a job states for types of vehicles that there are.
func (p *Problem) paces(j *job) (out []routing.Pace) {
	if len(j.SetupPer)+len(j.ServicePer) == 0 {
		return nil
	}
	for _, kind := range slices.Sorted(maps.Keys(p.types)) {
		setup, service := j.times(kind)
		if setup != j.Setup || service != j.Service {
			out = append(out, routing.Pace{Type: p.types[kind], Setup: setup, Service: service})
		}
	}
	return out
}
