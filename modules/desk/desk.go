// Package desk is the language of the service desk: the case, which is a
// customer's problem until it is solved, its queue and its timeline.
//
// It is pure. Package desksvc keeps the cases.
package desk

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// State is where a case stands.
type State string

// The states of a case, as in GLOSSARY.md.
const (
	New       State = "new"
	Open      State = "open"
	Waiting   State = "waiting"
	Resolved  State = "resolved"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// WaitFor is whom a waiting case waits for.
type WaitFor string

// Whom a case may wait for.
const (
	ForCustomer WaitFor = "customer"
	ForPartner  WaitFor = "partner"
	ForPart     WaitFor = "part"
)

// WorkType is what kind of service is asked for.
type WorkType string

// The kinds of service.
const (
	Install    WorkType = "install"
	Commission WorkType = "commission"
	Repair     WorkType = "repair"
	Inspect    WorkType = "inspect"
	Maintain   WorkType = "maintain"
	Survey     WorkType = "survey"
	Retrofit   WorkType = "retrofit"
	Remove     WorkType = "remove"
)

// Priority says how urgent a case is, 1 (critical) to 4 (low).
type Priority int64

// The priorities.
const (
	Critical Priority = 1
	High     Priority = 2
	Normal   Priority = 3
	Low      Priority = 4
)

// Channel is where a case came from.
type Channel string

// The channels.
const (
	ByPortal Channel = "portal"
	ByPhone  Channel = "phone"
	ByEmail  Channel = "email"
	ByChat   Channel = "chat"
	ByOrder  Channel = "order" // a brand's service order
	ByAPI    Channel = "api"
	ByImport Channel = "import"
)

// Brief is what other modules may know of a case without its customer's key.
type Brief struct {
	ID         id.Case        `json:"id"`
	State      State          `json:"state"`
	Brand      id.Brand       `json:"brand"`
	Node       id.Node        `json:"node"`
	Order      id.Order       `json:"order,omitzero"`
	Unit       id.Unit        `json:"unit,omitzero"`
	Line       id.Line        `json:"line,omitzero"`
	Model      id.Model       `json:"model,omitzero"`
	Requester  id.Person      `json:"requester"`
	Partner    id.Partner     `json:"partner,omitzero"`    // of the node
	Technician id.Technician  `json:"technician,omitzero"` // of the appointment that stands
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"`
	Coarse     geo.Point      `json:"coarse"`
	WorkType   WorkType       `json:"work_type"`
	Symptom    string         `json:"symptom,omitempty"`
	Priority   Priority       `json:"priority"`
	Language   locale.Tag     `json:"language"`
	OpenedAt   time.Time      `json:"opened_at"`
	Version    int64          `json:"version"`
}

// Reader is what other modules may ask, outside of a step.
type Reader interface {
	// Brief returns the case, or ErrCaseNotFound.
	Brief(ctx context.Context, tenant id.Tenant, c id.Case) (Brief, error)
}

// Referrer says what a case is called on the phone, outside of a step.
type Referrer interface {
	// References returns the references of those of the cases that are there.
	References(ctx context.Context, tenant id.Tenant, cases []id.Case) (map[id.Case]string, error)
}

// Known reports whether w is one of the kinds of service.
func (w WorkType) Known() bool {
	switch w {
	case Install, Commission, Repair, Inspect, Maintain, Survey, Retrofit, Remove:
		return true
	default:
		return false
	}
}
