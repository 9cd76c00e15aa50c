package fieldsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/field"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
)

// found is what of a record is no personal data and no column.
type found struct {
	Cause         string           `json:"cause,omitempty"`
	Resolution    string           `json:"resolution,omitempty"`
	WorkedMinutes int64            `json:"worked_minutes"`
	TravelMetres  int64            `json:"travel_metres"`
	Checklist     string           `json:"checklist,omitempty"`
	Answers       []field.Answer   `json:"answers,omitempty"`
	Readings      []field.Reading  `json:"readings,omitempty"`
	Parts         []remedy.Need    `json:"parts,omitempty"`
	Acceptance    field.Acceptance `json:"acceptance"`
	Signature     id.File          `json:"signature,omitzero"`
}

// visit is a visit as stored.
type visit struct {
	ID          id.Visit
	ClientID    string
	Appointment id.Appointment
	WorkOrder   id.WorkOrder
	Case        id.Case
	Brand       id.Brand
	Node        id.Node
	Partner     id.Partner
	Technician  id.Technician
	Person      id.Person
	Outcome     work.Outcome
	State       field.State
	Found       found
	Notes       []byte // sealed
	Signer      []byte // sealed
	StartedAt   time.Time
	FinishedAt  time.Time
	CapturedAt  time.Time
	RecordedAt  time.Time
	User        id.User
	Version     int64
}

// The contexts under which texts are sealed.
const (
	sealNotes  = "field_visit.notes"
	sealSigner = "field_visit.signer"
)

const visitColumns = `id, client_id, appointment_id, work_order_id, case_id, brand_id, node_id, partner_id, technician_id, person_id, outcome, state,
	record, notes, signer, started_at, finished_at, captured_at, recorded_at, user_id, version`

func scanVisit(scan func(...any) error) (v visit, err error) {
	var text []byte
	err = scan(&v.ID, &v.ClientID, &v.Appointment, &v.WorkOrder, &v.Case, &v.Brand, &v.Node, &v.Partner, &v.Technician, &v.Person, &v.Outcome, &v.State,
		&text, &v.Notes, &v.Signer, db.At(&v.StartedAt), db.At(&v.FinishedAt), db.At(&v.CapturedAt), db.At(&v.RecordedAt), &v.User, &v.Version)
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(text, &v.Found)
}

// insert reports false if the client id is taken.
func insert(ctx context.Context, tx *db.Tx, v visit) (bool, error) {
	text, err := json.Marshal(v.Found)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO field_visit (tenant_id, `+visitColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, client_id) DO NOTHING`,
		tx.Tenant(), v.ID, v.ClientID, v.Appointment, v.WorkOrder, v.Case, v.Brand, v.Node, v.Partner, v.Technician, v.Person, v.Outcome, v.State,
		string(text), v.Notes, v.Signer, v.StartedAt, v.FinishedAt, v.CapturedAt, v.RecordedAt, v.User, v.Version)
	if err != nil {
		return false, fmt.Errorf("insert visit: %w", err)
	}
	return n == 1, nil
}

func visitBy(ctx context.Context, tx *db.Tx, where string, args ...any) (visit, error) {
	v, err := scanVisit(tx.Row(ctx, `SELECT `+visitColumns+` FROM field_visit WHERE tenant_id = ? AND `+where, append([]any{tx.Tenant()}, args...)...).Scan)
	return v, db.NotFound(err, field.ErrNotFound)
}

func visitsBy(ctx context.Context, tx *db.Tx, where string, args ...any) ([]visit, error) {
	rows, err := tx.Rows(ctx, `SELECT `+visitColumns+` FROM field_visit WHERE tenant_id = ? AND `+where+` ORDER BY id LIMIT 200`, append([]any{tx.Tenant()}, args...)...)
	return db.Collect(rows, err, scanVisit)
}

// review is something about a visit that does not fit, as stored and shown.
type review struct {
	ID         id.Review         `json:"id"`
	Visit      id.Visit          `json:"visit"`
	Code       field.Review      `json:"code"`
	Case       id.Case           `json:"case"`
	Brand      id.Brand          `json:"brand"`
	Node       id.Node           `json:"node,omitzero"`
	Partner    id.Partner        `json:"partner,omitzero"`
	Technician id.Technician     `json:"technician,omitzero"`
	State      field.ReviewState `json:"state"`
	OpenedAt   time.Time         `json:"opened_at"`
	SettledAt  time.Time         `json:"settled_at,omitzero"`
	SettledBy  id.User           `json:"settled_by,omitzero"`
	Version    int64             `json:"version"`
}

const reviewColumns = `id, visit_id, code, case_id, brand_id, node_id, partner_id, technician_id, state, opened_at, settled_at, settled_by, version`

func scanReview(scan func(...any) error) (r review, err error) {
	return r, scan(&r.ID, &r.Visit, &r.Code, &r.Case, &r.Brand, &r.Node, &r.Partner, &r.Technician, &r.State,
		db.At(&r.OpenedAt), db.At(&r.SettledAt), &r.SettledBy, &r.Version)
}

func insertReviews(ctx context.Context, tx *db.Tx, v visit, codes []field.Review) error {
	for _, c := range codes {
		err := tx.Put(ctx, `INSERT INTO field_review (tenant_id, `+reviewColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 1)`,
			tx.Tenant(), id.New[id.ReviewKind](), v.ID, c, v.Case, v.Brand, v.Node, v.Partner, v.Technician, field.ReviewOpen, tx.Now())
		if err != nil {
			return fmt.Errorf("insert review: %w", err)
		}
	}
	return nil
}

func reviewsOf(ctx context.Context, tx *db.Tx, v id.Visit, lock string) ([]review, error) {
	rows, err := tx.Rows(ctx, `SELECT `+reviewColumns+` FROM field_review WHERE tenant_id = ? AND visit_id = ? ORDER BY id`+lock, tx.Tenant(), v)
	return db.Collect(rows, err, scanReview)
}

// kept is a picture of a case.
type kept struct {
	File id.File   `json:"id"`
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

func keptOf(ctx context.Context, tx *db.Tx, v id.Visit) ([]kept, error) {
	rows, err := tx.Rows(ctx, `SELECT file_id, kind, at FROM field_file WHERE tenant_id = ? AND visit_id = ? ORDER BY file_id LIMIT 200`, tx.Tenant(), v)
	return db.Collect(rows, err, func(scan func(...any) error) (k kept, err error) { return k, scan(&k.File, &k.Kind, db.At(&k.At)) })
}

// claim makes pictures of the case belong to the visit and returns how many did.
func claim(ctx context.Context, tx *db.Tx, c id.Case, v id.Visit, list []id.File) (n int64, err error) {
	for _, f := range list {
		one, err := tx.Exec(ctx, `UPDATE field_file SET visit_id = ? WHERE tenant_id = ? AND file_id = ? AND case_id = ? AND visit_id IS NULL`, v, tx.Tenant(), f, c)
		if err != nil {
			return n, fmt.Errorf("claim picture: %w", err)
		}
		n += one
	}
	return n, nil
}
