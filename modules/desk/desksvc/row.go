package desksvc

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

// row is a case as stored.
type row struct {
	ID         id.Case
	Reference  string
	Brand      id.Brand
	Node       id.Node
	Partner    id.Partner
	Technician id.Technician
	Order      id.Order
	Unit       id.Unit
	Line       id.Line
	Model      id.Model
	Serial     string
	Requester  id.Person
	Country    locale.Country
	Zone       string
	Coarse     geo.Point
	Site       []byte // sealed
	Channel    desk.Channel
	WorkType   desk.WorkType
	Symptom    string
	Priority   desk.Priority
	Language   locale.Tag
	State      desk.State
	WaitingFor desk.WaitFor
	Chased     int64
	OpenedAt   time.Time
	Responded  time.Time
	Resolved   time.Time
	Version    int64
}

// never is the due time of a case on which no clock runs.
const never = math.MaxInt64

const caseColumns = `id, reference, brand_id, node_id, partner_id, technician_id, order_id, unit_id, line_id, model_id, serial,
	requester_id, country, zone, lat_micro, lon_micro, site, channel, work_type, symptom, priority, language, state, waiting_for,
	chased, opened_at, responded_at, resolved_at, version`

func scanCase(scan func(...any) error) (r row, err error) {
	err = scan(&r.ID, &r.Reference, &r.Brand, &r.Node, &r.Partner, &r.Technician, &r.Order, &r.Unit, &r.Line, &r.Model, &r.Serial,
		&r.Requester, &r.Country, &r.Zone, &r.Coarse.LatMicro, &r.Coarse.LonMicro, &r.Site, &r.Channel, &r.WorkType, &r.Symptom,
		&r.Priority, &r.Language, &r.State, &r.WaitingFor, &r.Chased, db.At(&r.OpenedAt), db.At(&r.Responded), db.At(&r.Resolved), &r.Version)
	return r, err
}

func insertCase(ctx context.Context, tx *db.Tx, r row) error {
	err := tx.Put(ctx, `INSERT INTO desk_case (tenant_id, `+caseColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), r.ID, r.Reference, r.Brand, r.Node, r.Partner, r.Technician, r.Order, r.Unit, r.Line, r.Model, r.Serial,
		r.Requester, r.Country, r.Zone, r.Coarse.LatMicro, r.Coarse.LonMicro, r.Site, r.Channel, r.WorkType, r.Symptom, r.Priority,
		r.Language, r.State, r.WaitingFor, r.Chased, r.OpenedAt, r.Responded, r.Resolved, r.Version)
	if err != nil {
		return fmt.Errorf("insert case: %w", err)
	}
	err = tx.Put(ctx, `
		INSERT INTO desk_list (tenant_id, id, active, state, due_at, priority, brand_id, node_id, partner_id, technician_id, requester_id, country)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.Tenant(), r.ID, r.State.Active(), r.State, int64(never), r.Priority, r.Brand, r.Node, r.Partner, r.Technician, r.Requester, r.Country)
	if err != nil {
		return fmt.Errorf("list case: %w", err)
	}
	return nil
}

// lock returns the case and keeps others from changing it until the step ends.
func lock(ctx context.Context, tx *db.Tx, c id.Case) (row, error) {
	r, err := scanCase(tx.Row(ctx, `SELECT `+caseColumns+` FROM desk_case WHERE tenant_id = ? AND id = ?`+tx.ForUpdate(), tx.Tenant(), c).Scan)
	return r, db.NotFound(err, desk.ErrCaseNotFound)
}

func byID(ctx context.Context, tx *db.Tx, c id.Case) (row, error) {
	r, err := scanCase(tx.Row(ctx, `SELECT `+caseColumns+` FROM desk_case WHERE tenant_id = ? AND id = ?`, tx.Tenant(), c).Scan)
	return r, db.NotFound(err, desk.ErrCaseNotFound)
}

// save writes what may change after intake. r.Version is the version that was
// read; the stored one is one more.
func save(ctx context.Context, tx *db.Tx, r row) error {
	n, err := tx.Exec(ctx, `
		UPDATE desk_case SET node_id = ?, partner_id = ?, technician_id = ?, unit_id = ?, line_id = ?, model_id = ?, serial = ?, priority = ?, state = ?,
			waiting_for = ?, chased = ?, responded_at = ?, resolved_at = ?, version = version + 1
		WHERE tenant_id = ? AND id = ? AND version = ?`,
		r.Node, r.Partner, r.Technician, r.Unit, r.Line, r.Model, r.Serial, r.Priority, r.State, r.WaitingFor, r.Chased, r.Responded, r.Resolved,
		tx.Tenant(), r.ID, r.Version)
	if err != nil {
		return fmt.Errorf("save case: %w", err)
	}
	if n != 1 {
		return desk.ErrStale
	}
	err = tx.Put(ctx, `UPDATE desk_list SET active = ?, state = ?, priority = ?, node_id = ?, partner_id = ?, technician_id = ?
		WHERE tenant_id = ? AND id = ?`, r.State.Active(), r.State, r.Priority, r.Node, r.Partner, r.Technician, tx.Tenant(), r.ID)
	return err
}

// saveDue says when the next clock of the case runs out; the zero time: never.
func saveDue(ctx context.Context, tx *db.Tx, c id.Case, due time.Time) error {
	at := int64(never)
	if !due.IsZero() {
		at = due.UnixMicro()
	}
	err := tx.Put(ctx, `UPDATE desk_list SET due_at = ? WHERE tenant_id = ? AND id = ?`, at, tx.Tenant(), c)
	return err
}

func (r row) brief() desk.Brief {
	return desk.Brief{
		ID: r.ID, State: r.State, Brand: r.Brand, Node: r.Node, Order: r.Order, Unit: r.Unit, Line: r.Line, Model: r.Model,
		Requester: r.Requester, Partner: r.Partner, Technician: r.Technician, Country: r.Country, Zone: r.Zone, Coarse: r.Coarse, WorkType: r.WorkType, Symptom: r.Symptom,
		Priority: r.Priority, Language: r.Language, OpenedAt: r.OpenedAt, Version: r.Version,
	}
}

// resource is the case as access sees it.
func (r row) resource() access.Resource {
	return access.Resource{
		Kind: "case", ID: r.ID.Raw(), Node: r.Node, Brand: r.Brand, Partner: r.Partner, Person: r.Requester,
		Technician: r.Technician, Country: string(r.Country), State: string(r.State),
	}
}

// columns says where access finds the same in the list.
var columns = access.Columns{
	"tenant": "tenant_id", "node": "node_id", "brand": "brand_id", "partner": "partner_id", "person": "requester_id",
	"technician": "technician_id", "country": "country", "state": "state",
}

// letters of a reference: none that are mistaken for another when spoken or read.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// reference makes what is said on the phone: eight letters and digits, of which
// there are 6.5 × 10^11. The rare clash makes the step run again.
func reference() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, as its documentation says
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}
