package dispatch

import "fettle.dev/fettle/kernel/fault"

// Faults of this module.
var (
	ErrNotFound      = fault.New(fault.NotFound, "dispatch.not_found")
	ErrNoTechnician  = fault.New(fault.NotFound, "dispatch.technician_not_found")
	ErrNoJob         = fault.New(fault.NotFound, "dispatch.no_job")     // the work order asks for no visit (yet)
	ErrTransition    = fault.New(fault.Conflict, "dispatch.transition") // args: state, command
	ErrInvalid       = fault.New(fault.Invalid, "dispatch.invalid")     // with fields
	ErrJobClosed     = fault.New(fault.Conflict, "dispatch.job_closed") // args: state; booked, held or done
	ErrSlotGone      = fault.New(fault.Conflict, "dispatch.slot_gone")  // args: rule; does not fit (any more)
	ErrOfferGone     = fault.New(fault.Conflict, "dispatch.offer_gone") // expired or taken
	ErrDayBroken     = fault.New(fault.Conflict, "dispatch.day_broken") // the day's own visits do not fit together any more
	ErrCurrency      = fault.New(fault.Conflict, "dispatch.currency")   // a node's people are paid in one currency
	ErrHasVisits     = fault.New(fault.Conflict, "dispatch.has_visits") // somebody who leaves still has visits
	ErrChanged       = fault.New(fault.Conflict, "dispatch.changed")    // somebody has acted on it since it was seen
	ErrUndoGone      = fault.New(fault.Conflict, "dispatch.undo_gone")  // too late, by somebody else, or something has happened since
	ErrTied          = fault.New(fault.Conflict, "dispatch.tied")       // args: rule; it depends on another visit
	ErrNoSlowdown    = fault.New(fault.NotFound, "dispatch.slowdown_not_found")
	ErrSlowdownsFull = fault.New(fault.Conflict, "dispatch.slowdowns_full") // args: max; of a node at once
	ErrBusy          = fault.New(fault.Unavailable, "routing.busy")         // others are searching; try again
)

// verdict turns a fault that collected no field into no error at all.
func verdict(bad *fault.Fault) error {
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}
