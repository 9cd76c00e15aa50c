package vroom

import "encoding/json"

// The kinds of tasks, as steps and unassigned tasks are typed.
const (
	kindJob      = "job"
	kindPickup   = "pickup"
	kindDelivery = "delivery"
)

// named is how a task is referred to: ids are told apart by kind.
type named struct {
	kind string
	id   uint64
}

// shipment is a shipment object of the format. Its halves are jobs of the document,
// behind the others.
type shipment struct {
	Pickup   *job    `json:"pickup"`
	Delivery *job    `json:"delivery"`
	Amount   []int64 `json:"amount"`
	Skills   []int   `json:"skills"`
	Priority int64   `json:"priority"`
}

// readShipments appends the halves of the shipments to the jobs.
func (d *document) readShipments(r *report, raw []json.RawMessage) {
	d.single = len(d.Jobs)
	d.Shipments = each[shipment](r, raw, "shipments")
	for k := range d.Shipments {
		s := &d.Shipments[k]
		d.Jobs = append(d.Jobs, s.half(r, s.Pickup, kindPickup, k), s.half(r, s.Delivery, kindDelivery, k))
	}
}

// half is one end of a shipment: a job that has the skills and the priority of the
// shipment and of its own only place, time and work.
func (s *shipment) half(r *report, step *job, kind string, k int) job {
	pointer := item("shipments", k) + "/" + kind
	if step == nil {
		r.wrong("required", "%s", pointer)
		return job{}
	}
	j := *step
	j.kind, j.pointer = kind, pointer
	j.Amount, j.Delivery, j.Pickup = nil, nil, nil
	if kind == kindPickup {
		j.Pickup = s.Amount
	} else {
		j.Delivery = s.Amount
	}
	j.Skills, j.Priority = s.Skills, s.Priority
	return j
}

// halves are the numbers of the two jobs that shipment k is made of.
func (d *document) halves(k int) (pickup, delivery int) {
	return d.single + 2*k, d.single + 2*k + 1
}

// checkShipments checks what the halves share.
func checkShipments(r *report, p *Problem) {
	for k := range p.doc.Shipments {
		r.within(p.doc.Shipments[k].Priority, 100, "/shipments/%d/priority", k)
	}
}
