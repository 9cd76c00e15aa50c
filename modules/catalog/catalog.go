// Package catalog is the language of what is served: product lines, models,
// spare parts and which models they fit, symptoms and fixes, and the units that
// were sold, by serial.
//
// It promises that one serial is written one way whoever types it, that a unit
// moves only along its states, and that what is stored can be shown in every
// language it has been named in. It is pure; package catalogsvc keeps the
// catalogue.
package catalog

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
)

// Line is a product line of a brand, such as wall-mounted air conditioners.
type Line struct {
	ID      id.Line  `json:"id"`
	Brand   id.Brand `json:"brand"`
	Code    string   `json:"code"` // unique within the brand
	Names   Names    `json:"names"`
	Version int64    `json:"version"`
}

// Model is a model of a product line.
type Model struct {
	ID         id.Model          `json:"id"`
	Brand      id.Brand          `json:"brand"` // of the line
	Line       id.Line           `json:"line"`
	Code       string            `json:"code"` // unique within the brand
	GTIN       GTIN              `json:"gtin,omitempty"`
	Names      Names             `json:"names"`
	Attributes map[string]string `json:"attributes,omitempty"` // such as refrigerant: R32, power_w: 2600
	Version    int64             `json:"version"`
}

// Part is a spare part.
type Part struct {
	ID          id.Part      `json:"id"`
	Number      string       `json:"number"` // unique within the tenant
	Names       Names        `json:"names"`
	Line        id.Line      `json:"line,omitzero"`  // zero: fits several lines
	Brand       id.Brand     `json:"brand,omitzero"` // of the line
	Price       money.Amount `json:"price"`          // list price, without tax
	WeightGrams int64        `json:"weight_grams"`
	Hazardous   bool         `json:"hazardous"` // dangerous goods in transport
	Version     int64        `json:"version"`
}

// Fit says that a part belongs into a model, how many of it, and how likely it
// is the cure of a symptom.
type Fit struct {
	Model    id.Model       `json:"model"`
	Part     id.Part        `json:"part"`
	Quantity int64          `json:"quantity"`
	Hints    map[string]int `json:"hints,omitempty"` // symptom code → times in 1,000 that this part was the cure
}

// Symptom is what a customer sees, by a code that claims and statistics use.
type Symptom struct {
	Line    id.Line `json:"line,omitzero"` // zero: of every line
	Code    string  `json:"code"`          // unique within the line
	Names   Names   `json:"names"`
	Version int64   `json:"version"`
}

// Fix is what cures: a measure with the time it takes a trained hand.
type Fix struct {
	Line    id.Line `json:"line,omitzero"` // zero: of every line
	Code    string  `json:"code"`
	Names   Names   `json:"names"`
	Minutes int     `json:"minutes"` // standard time
	Version int64   `json:"version"`
}

// Suggestion is a part of a model with how likely it cures the symptom asked
// about, in thousandths; 0 when nobody has said.
type Suggestion struct {
	Part     Part  `json:"part"`
	Quantity int64 `json:"quantity"`
	Permille int   `json:"permille"`
}

// Reader is what other modules may ask, outside any transaction of their own. A
// change made by another process may take a second to be seen, except of units.
// Maps and lists in what is returned are shared and are not to be changed.
type Reader interface {
	// Unit returns the unit, or ErrUnitNotFound.
	Unit(ctx context.Context, tenant id.Tenant, unit id.Unit) (Unit, error)
	// UnitBySerial returns the brand's unit with the serial in whatever spelling,
	// or ErrUnitNotFound.
	UnitBySerial(ctx context.Context, tenant id.Tenant, brand id.Brand, serial string) (Unit, error)
	// UnitByLink returns the unit that a GS1 digital link names, or
	// ErrUnitNotFound; see ParseLink for links that cannot be read.
	UnitByLink(ctx context.Context, tenant id.Tenant, link string) (Unit, error)
	// Line returns the line, or ErrLineNotFound.
	Line(ctx context.Context, tenant id.Tenant, line id.Line) (Line, error)
	// LineByCode returns the brand's line with the code, or ErrLineNotFound.
	LineByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (Line, error)
	// Model returns the model, or ErrModelNotFound.
	Model(ctx context.Context, tenant id.Tenant, model id.Model) (Model, error)
	// ModelByCode returns the brand's model with the code, or ErrModelNotFound.
	ModelByCode(ctx context.Context, tenant id.Tenant, brand id.Brand, code string) (Model, error)
	// ModelByGTIN returns the model with the trade item number, or ErrModelNotFound.
	ModelByGTIN(ctx context.Context, tenant id.Tenant, gtin GTIN) (Model, error)
	// Part returns the part, or ErrPartNotFound.
	Part(ctx context.Context, tenant id.Tenant, part id.Part) (Part, error)
	// PartByNumber returns the part with the number, or ErrPartNotFound.
	PartByNumber(ctx context.Context, tenant id.Tenant, number string) (Part, error)
	// Parts returns the parts of the model, those that most likely cure the
	// symptom first. symptom "" asks for all.
	Parts(ctx context.Context, tenant id.Tenant, model id.Model, symptom string) ([]Suggestion, error)
	// Symptoms returns the symptoms of the line and those of every line, by code.
	Symptoms(ctx context.Context, tenant id.Tenant, line id.Line) ([]Symptom, error)
	// Fixes returns the fixes of the line and those of every line, by code.
	Fixes(ctx context.Context, tenant id.Tenant, line id.Line) ([]Fix, error)
}
