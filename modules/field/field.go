// Package field is the language of visits as done: the record of checklist,
// readings, parts, photos and acceptance that a technician brings home.
//
// It is pure. Package fieldsvc keeps the records.
package field

// Acceptance is how the customer took the work.
type Acceptance string

// The ways of acceptance.
const (
	ByCode     Acceptance = "code"      // the customer told the acceptance code
	BySignName Acceptance = "signature" // the customer signed
	Refused    Acceptance = "refused"   // the customer would not sign
	NotThere   Acceptance = "absent"    // nobody could sign
)
