package fieldsvc

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/keys"
)

// taken is what whoever records a visit hears.
type taken struct {
	ID      id.Visit       `json:"id"`
	Case    id.Case        `json:"case"`
	State   field.State    `json:"state"`
	Reviews []field.Review `json:"reviews" doc:"what does not fit and will be looked at; the record counts all the same"`
	Version int64          `json:"version"`
}

// Record takes a visit as done. What can be read is taken; the same client id is
// counted once for ever, and answers what it was answered first.
func (m *Module) Record(ctx context.Context, r field.Record) (taken, error) {
	r, err := field.Readable(r)
	if err != nil {
		return taken{}, err
	}
	caller, _ := access.From(ctx)
	t, err := m.locate(ctx, caller.Tenant, r)
	if err != nil {
		return taken{}, err
	}
	if err := m.authorise(ctx, t); err != nil {
		return taken{}, err
	}
	if err := m.knownParts(ctx, caller.Tenant, r); err != nil {
		return taken{}, err
	}
	plan, err := m.plan(ctx, caller.Tenant, t)
	if err != nil {
		return taken{}, err
	}
	v, err := m.write(ctx, caller, t)
	if err != nil {
		return taken{}, err
	}
	return command.Run(ctx, m.db, func(ctx context.Context, tx *db.Tx) (taken, error) { return m.enter(ctx, tx, t, v, plan) })
}

// knownParts refuses parts of which the catalogue knows nothing: nobody could
// book or charge them.
func (m *Module) knownParts(ctx context.Context, tenant id.Tenant, r field.Record) error {
	bad := field.ErrRecord
	for i, p := range r.Parts {
		_, err := m.catalog.Part(ctx, tenant, p.Part)
		if errors.Is(err, catalog.ErrPartNotFound) {
			bad = bad.At("/parts/"+strconv.Itoa(i)+"/part", "unknown")
		} else if err != nil {
			return err
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// plan is what the record is held against, as far as that is known outside of
// the step.
func (m *Module) plan(ctx context.Context, tenant id.Tenant, t told) (field.Plan, error) {
	list, err := m.checklist(ctx, tenant, t.place)
	return field.Plan{
		Planned: !t.planned.ID.IsZero(), Technician: t.planned.Technician, Over: !t.planned.ID.IsZero() && !t.planned.State.Live(),
		WorkOver: !t.order.State.Open(), Parts: t.order.Parts, Minutes: t.order.Minutes,
		Code: m.AcceptanceCode(tenant, t.planned.ID), Checklist: list,
	}, err
}

func (m *Module) checklist(ctx context.Context, tenant id.Tenant, p place) (field.Checklist, error) {
	line, err := m.catalog.Line(ctx, tenant, p.Line)
	if err != nil && !errors.Is(err, catalog.ErrLineNotFound) {
		return field.Checklist{}, err
	}
	return field.For(string(p.WorkType), line.Code), nil
}

// write makes the row of a record, its texts sealed. Of a customer who was
// erased meanwhile no text is kept; the visit is.
func (m *Module) write(ctx context.Context, caller access.Caller, t told) (visit, error) {
	v := visit{
		ID: id.New[id.VisitKind](), ClientID: t.ClientID, Appointment: t.planned.ID, WorkOrder: t.WorkOrder, Case: t.order.Case, Brand: t.place.Brand,
		Node: t.order.Node, Partner: t.partner, Technician: t.Technician, Person: t.Requester, Outcome: t.Outcome,
		Found: found{
			Cause: t.Cause, Resolution: t.Resolution, WorkedMinutes: field.Minutes(t.Record), TravelMetres: t.TravelMetres, Checklist: t.Checklist,
			Answers: t.Answers, Readings: t.Readings, Parts: t.Parts, Acceptance: t.Acceptance.Kind, Signature: t.Acceptance.Signature,
		},
		StartedAt: t.StartedAt, FinishedAt: t.FinishedAt, CapturedAt: t.CapturedAt, User: caller.User, Version: 1,
	}
	if !t.planned.ID.IsZero() {
		v.Node, v.Partner = t.planned.Node, t.planned.Partner
	}
	if t.Notes == "" && t.Acceptance.Name == "" {
		return v, nil
	}
	key, err := m.ring.Get(ctx, caller.Tenant, t.Requester)
	if errors.Is(err, keys.ErrErased) {
		return v, nil
	} else if err != nil {
		return v, err
	}
	if t.Notes != "" {
		v.Notes = key.Seal(sealNotes, []byte(t.Notes))
	}
	if t.Acceptance.Name != "" {
		v.Signer = key.Seal(sealSigner, []byte(t.Acceptance.Name))
	}
	return v, nil
}

// enter stores the visit in the step, unless its client id has been here before.
func (m *Module) enter(ctx context.Context, tx *db.Tx, t told, v visit, plan field.Plan) (taken, error) {
	old, err := visitBy(ctx, tx, `client_id = ?`, v.ClientID)
	switch {
	case err == nil && old.WorkOrder != v.WorkOrder:
		return taken{}, field.ErrReused
	case err == nil:
		return answer(ctx, tx, old)
	case !errors.Is(err, field.ErrNotFound):
		return taken{}, err
	}
	if err := tx.Lock(ctx, "field.work "+v.WorkOrder.String()); err != nil { // one record after the other
		return taken{}, err
	}
	if plan.Recorded, err = recorded(ctx, tx, v.Appointment); err != nil {
		return taken{}, err
	}
	pictures := pictures(t.Record)
	n, err := claim(ctx, tx, v.Case, v.ID, pictures)
	if err != nil {
		return taken{}, err
	}
	plan.Lost = n < int64(len(pictures))
	codes := field.Check(t.Record, plan, tx.Now())
	v.RecordedAt, v.State = tx.Now(), field.Recorded
	if len(codes) > 0 {
		v.State = field.InReview
	}
	fresh, err := insert(ctx, tx, v)
	if err == nil && !fresh {
		err = db.ErrRetry // another process took the same record at this moment
	}
	if err != nil {
		return taken{}, err
	}
	if err := insertReviews(ctx, tx, v, codes); err != nil {
		return taken{}, err
	}
	return taken{v.ID, v.Case, v.State, list(codes), v.Version}, m.bus.Publish(ctx, tx, v.event(codes, n))
}

// pictures are the photos and the signature of a record, each once.
func pictures(r field.Record) (out []id.File) {
	for _, f := range append(slices.Clone(r.Photos), r.Acceptance.Signature) {
		if !f.IsZero() && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func recorded(ctx context.Context, tx *db.Tx, a id.Appointment) (bool, error) {
	if a.IsZero() {
		return false, nil
	}
	var n int64
	err := tx.Row(ctx, `SELECT count(*) FROM field_visit WHERE tenant_id = ? AND appointment_id = ?`, tx.Tenant(), a).Scan(&n)
	return n > 0, err
}

// list is never nil, so that it is [] on the wire.
func list(codes []field.Review) []field.Review { return append([]field.Review{}, codes...) }

// answer is what was answered when the visit was recorded, as it stands now.
func answer(ctx context.Context, tx *db.Tx, v visit) (taken, error) {
	all, err := reviewsOf(ctx, tx, v.ID, "")
	codes := []field.Review{}
	for _, r := range all {
		codes = append(codes, r.Code)
	}
	slices.SortFunc(codes, func(a, b field.Review) int { return slices.Index(field.Reviews, a) - slices.Index(field.Reviews, b) })
	return taken{v.ID, v.Case, v.State, codes, v.Version}, err
}

// event is what others hear of the visit. What a device dates into the future is
// told as of now.
func (v visit) event(codes []field.Review, pictures int64) field.VisitRecorded {
	e := field.VisitRecorded{
		Visit: v.ID, Appointment: v.Appointment, WorkOrder: v.WorkOrder, Case: v.Case, Node: v.Node, Technician: v.Technician, Outcome: v.Outcome,
		Cause: v.Found.Cause, Resolution: v.Found.Resolution, WorkedMinutes: v.Found.WorkedMinutes, TravelMetres: v.Found.TravelMetres,
		Parts: v.Found.Parts, Acceptance: v.Found.Acceptance, Photos: pictures, Reviews: codes,
		StartedAt: earlier(v.StartedAt, v.RecordedAt), FinishedAt: earlier(v.FinishedAt, v.RecordedAt),
	}
	if len(codes) > 0 {
		e.Review = string(codes[0])
	}
	return e
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
