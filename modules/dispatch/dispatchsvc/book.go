package dispatchsvc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
)

// request is what somebody asks to be booked: an offer, or a time with or
// without a technician.
type request struct {
	WorkOrder  id.WorkOrder  `json:"work_order"`
	Offer      id.Offer      `json:"offer,omitzero" doc:"one of the slots that were offered; nothing else is needed then"`
	StartAt    time.Time     `json:"start_at,omitzero" doc:"the beginning of the two-hour window"`
	Technician id.Technician `json:"technician,omitzero" doc:"absent: the best one for the window"`
	Hold       bool          `json:"hold,omitempty" doc:"the slot is only held, for five minutes, while the customer decides: take it, cancel it, or let it lapse. No parts are asked for meanwhile"`
}

// moved is what the caller of a command hears.
type moved struct {
	ID        id.Appointment `json:"id"`
	State     dispatch.State `json:"state"`
	Version   int64          `json:"version"`
	HeldUntil time.Time      `json:"held_until,omitzero" doc:"it is held for the customer until then, and not booked"`

	RewardLost money.Amount `json:"reward_lost,omitzero" doc:"promised to the customer for the slot that was given up, and lost with it"`
}

func (a *appointment) moved() moved {
	return moved{a.ID, a.State, a.Version, a.heldUntil(), a.forgone()}
}

// booking is a request that says all.
type booking struct {
	work       id.WorkOrder
	technician id.Technician
	window     dispatch.Window
	by         dispatch.By
	user       id.User
	near       time.Time         // where a plan has the visit begin
	closed     dispatch.JobState // the job was seen to take no appointment
	leave      []id.Appointment  // about to leave the day in the same step
	bounded    bool              // a plan books, which keeps room for urgent work
	hold       bool              // until the customer has decided
	together   []id.WorkOrder    // booked in the same step
	exact      time.Time         // it begins at this moment, at which somebody else comes; zero: in the window
	pledge     pledge            // by the offer that is taken
}

// Book takes a slot for a work order, on condition that its parts can be
// reserved: the appointment is pending until they are.
func (m *Module) Book(ctx context.Context, r request) (moved, error) {
	caller, _ := access.From(ctx)
	b := booking{work: r.WorkOrder, technician: r.Technician, by: dispatch.ByOffer, user: caller.User}
	switch {
	case !r.Offer.IsZero() && (!r.StartAt.IsZero() || !r.Technician.IsZero()):
		return moved{}, dispatch.ErrInvalid.At("/offer", "alone")
	case r.Offer.IsZero() && r.StartAt.IsZero():
		return moved{}, dispatch.ErrInvalid.At("/start_at", "required")
	case r.Offer.IsZero():
		var err error
		if b, err = m.chosen(ctx, caller, r); err != nil {
			return moved{}, err
		}
	}
	seats, err := m.company(ctx, caller.Tenant, r, b)
	if err != nil {
		return moved{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (moved, error) {
		b := b
		b.hold = r.Hold
		if b.closed != "" {
			return moved{}, dispatch.ErrJobClosed.With("state", b.closed)
		}
		if !r.Offer.IsZero() {
			o, err := offerOf(ctx, tx, r.Offer)
			if err != nil {
				return moved{}, err
			}
			if o.work != r.WorkOrder || !tx.Now().Before(o.expires) {
				return moved{}, dispatch.ErrOfferGone
			}
			b.technician, b.window, b.pledge = o.technician, o.window, o.pledge
		}
		a, err := m.bookAll(ctx, tx, b, seats, func(j *job) error { return m.mayBook(ctx, j, r) })
		return a.moved(), err
	})
}

// mayBook: whoever may have an appointment may take an offer or a window; to
// choose the technician is the dispatcher's.
func (m *Module) mayBook(ctx context.Context, j *job, r request) error {
	action, kind := "appointment.write", "appointment"
	if !r.Technician.IsZero() {
		action, kind = "board.write", "board"
	}
	if err := m.guard.Can(ctx, action, j.resource(kind)); err != nil {
		return hidden(err, dispatch.ErrNoJob)
	}
	return nil
}

// hidden answers what the caller may not know of like what is not there.
func hidden(err, missing error) error {
	if errors.Is(err, access.ErrHidden) {
		return missing
	}
	return err
}

// chosen completes a request for a time: the window must be one of those that
// can be promised, unless a dispatcher says otherwise, and where no technician is
// named the best one for it is looked for.
func (m *Module) chosen(ctx context.Context, caller access.Caller, r request) (booking, error) {
	b := booking{work: r.WorkOrder, technician: r.Technician, by: dispatch.ByHand, user: caller.User}
	if r.Technician.IsZero() {
		b.by = dispatch.ByOffer
	}
	p, err := m.look(ctx, caller.Tenant, r.WorkOrder, r.StartAt.Add(dispatch.WindowLength))
	if err != nil {
		return b, err
	}
	if err := m.mayBook(ctx, &p.job, r); err != nil {
		return b, err
	}
	if !p.job.State.Open() {
		b.closed = p.job.State // the step says so, or repeats what it said to this request before
		return b, nil
	}
	b.window, err = promise(p.now, r.StartAt, zone(p.job.Zone), !r.Technician.IsZero())
	if err != nil || !r.Technician.IsZero() {
		return b, err
	}
	slots, blocks, err := p.slots([]dispatch.Window{b.window}, 1)
	if err != nil {
		return b, err
	}
	if len(slots) == 0 {
		return b, dispatch.ErrSlotGone.With("rule", cmp.Or(dispatch.Commonest(blocks), "no_technician"))
	}
	b.technician = slots[0].Technician
	return b, nil
}

// farthest is how far ahead a dispatcher may promise.
const farthest = 90 * 24 * time.Hour

// promise is the window that begins at the instant. Freely chosen ones begin at
// a whole minute and have not ended; others are those of the offers.
func promise(now, start time.Time, site *time.Location, free bool) (dispatch.Window, error) {
	w := dispatch.Window{Start: start.UTC(), End: start.UTC().Add(dispatch.WindowLength)}
	switch {
	case w.Start.After(now.Add(farthest)):
		return w, dispatch.ErrInvalid.At("/start_at", "too_far")
	case free && start.Truncate(time.Minute).Equal(start) && w.End.After(now):
		return w, nil
	case free:
		return w, dispatch.ErrInvalid.At("/start_at", "past")
	case !slices.ContainsFunc(dispatch.Windows(calendar.DayAt(start, site), site), func(o dispatch.Window) bool { return o.Start.Equal(w.Start) }):
		return w, dispatch.ErrInvalid.At("/start_at", "no_window")
	case w.Start.Before(now.Add(dispatch.Notice)):
		return w, dispatch.ErrInvalid.At("/start_at", "too_soon")
	}
	return w, nil
}

// book is the first step of the saga. Under the technician's lock it holds the
// slot against the day as it is now, so that no time is promised twice.
func (m *Module) book(ctx context.Context, tx *db.Tx, b booking, may func(*job) error) (appointment, error) {
	if err := lockTechnician(ctx, tx, b.technician); err != nil {
		return appointment{}, err
	}
	j, err := jobOf(ctx, tx, b.work, tx.ForUpdate())
	if err != nil {
		return appointment{}, err
	}
	if err := may(&j); err != nil {
		return appointment{}, err
	}
	if !j.State.Open() {
		return appointment{}, dispatch.ErrJobClosed.With("state", j.State)
	}
	if b.bounded {
		if err := keepFree(ctx, tx, &j, b.window); err != nil {
			return appointment{}, err
		}
	}
	g, err := groupOf(ctx, tx, &j)
	if err == nil {
		err = g.allows(&b)
	}
	if err != nil {
		return appointment{}, err
	}
	t, f, err := fitDay(ctx, tx, j, b, id.Appointment{})
	if err != nil {
		return appointment{}, err
	}
	previous, attempt, err := lastOf(ctx, tx, b.work)
	if err != nil {
		return appointment{}, err
	}
	a := appointment{CreatedAt: tx.Now(), ChangedAt: tx.Now(), Appointment: dispatch.Appointment{
		ID: id.New[id.AppointmentKind](), WorkOrder: j.WorkOrder, Case: j.Case, Brand: j.Brand, Node: j.Node, Partner: t.Partner, Requester: j.Requester,
		Country: j.Country, Zone: j.Zone, State: dispatch.Pending, Minutes: j.Minutes, Coarse: j.Coarse, Attempt: attempt + 1, Previous: previous, Version: 1,
	}}
	a.take(f, &b)
	if b.hold {
		a.Reason = dispatch.ReasonHeld
	}
	if err := b.promise(ctx, tx, &a); err != nil {
		return a, err
	}
	if a.Exact {
		if err := m.meet(ctx, tx, g, a.WorkOrder); err != nil {
			return a, err
		}
	}
	return a, m.hold(ctx, tx, a, j, f, b.user)
}

// take gives the appointment a slot.
func (a *appointment) take(f fitted, b *booking) {
	a.Technician, a.StartAt, a.EndAt = f.slot.Technician, f.slot.StartAt, f.slot.EndAt
	a.ServiceStartAt, a.ServiceEndAt, a.TravelSeconds = f.slot.ServiceStartAt, f.end, f.travel
	a.Reasons = f.slot.Reasons
	a.Reasons.By, a.Exact = b.by, !b.exact.IsZero()
}

// fitDay finds the place in the technician's day as it stands, leaving one
// appointment out of account.
func fitDay(ctx context.Context, tx *db.Tx, j job, b booking, but id.Appointment) (dispatch.Technician, fitted, error) {
	t, err := technicianOf(ctx, tx, b.technician)
	switch {
	case errors.Is(err, dispatch.ErrNoTechnician) || err == nil && !slices.Contains(placesOfWork(&t), j.Node):
		return t, fitted{}, dispatch.ErrInvalid.At("/technician", "unknown")
	case err != nil:
		return t, fitted{}, err
	}
	day, err := occupying(ctx, tx, "technician_id", t.ID, b.window.Start, b.window.End)
	if err != nil {
		return t, fitted{}, err
	}
	day = slices.DeleteFunc(day, func(a appointment) bool { return a.ID == but || slices.Contains(b.leave, a.ID) })
	w := j.wish([]dispatch.Window{b.window})
	w.near, w.exact = b.near, b.exact
	if b.by == dispatch.ByHand {
		w.passed = nil // a dispatcher may ask again
	}
	on, err := groundOf(ctx, tx, j.Node, []dispatch.Technician{t}, day, j.Coarse)
	if err != nil {
		return t, fitted{}, err
	}
	f, err := fit(on, tx.Now(), t, day, w, zone(j.Zone))
	if err != nil {
		return t, f, err
	}
	others, err := groundsElsewhere(ctx, tx, on, []dispatch.Technician{t}, day, j.Coarse)
	if err != nil {
		return t, f, err
	}
	return t, f, others.holds(on, tx.Now(), &t, day, w, &f)
}

// hold writes the pending appointment and asks for its parts, unless its customer has yet
// to decide.
func (m *Module) hold(ctx context.Context, tx *db.Tx, a appointment, j job, f fitted, user id.User) error {
	if err := insertAppointment(ctx, tx, a); err != nil {
		return err
	}
	if err := remember(ctx, tx, a, user); err != nil {
		return err
	}
	if err := replan(ctx, tx, f.others); err != nil {
		return err
	}
	if err := tx.Put(ctx, `DELETE FROM dispatch_offer WHERE tenant_id = ? AND work_order_id = ?`, tx.Tenant(), a.WorkOrder); err != nil {
		return fmt.Errorf("drop offers: %w", err)
	}
	j.State, j.Why, j.WhyAt = dispatch.Booked, nil, time.Time{}
	if err := m.saveJob(ctx, tx, j); err != nil {
		return err
	}
	if err := m.jobs.Enqueue(ctx, tx, holdKind, a.ID.String(), a.pendingUntil(), reminder{a.ID}); err != nil {
		return err
	}
	if err := m.stands(ctx, tx, &a); err != nil || a.undecided() {
		return err
	}
	return m.request(ctx, tx, &a, &j)
}

// request asks for the parts of a slot that is taken.
func (m *Module) request(ctx context.Context, tx *db.Tx, a *appointment, j *job) error {
	return m.bus.Publish(ctx, tx, dispatch.AppointmentRequested{
		Appointment: a.ID, WorkOrder: a.WorkOrder, Case: a.Case, Node: a.Node, Technician: a.Technician, StartAt: a.StartAt, EndAt: a.EndAt,
		Parts: j.Needs.Parts,
	})
}
