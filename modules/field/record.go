package field

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// Record is a visit as the technician wrote it down.
type Record struct {
	ClientID    string         `json:"client_id" minLength:"8" maxLength:"64" doc:"made by the device; the same one counts once, for ever"`
	Bundle      string         `json:"bundle,omitempty" maxLength:"400" doc:"of the bundle that was downloaded; it authorises the record, even if the visit has been given to somebody else"`
	Appointment id.Appointment `json:"appointment,omitzero" doc:"absent for a visit without one"`
	WorkOrder   id.WorkOrder   `json:"work_order,omitzero" doc:"may be absent where the appointment says it"`
	Technician  id.Technician  `json:"technician,omitzero" doc:"absent: that of the bundle or the appointment"`

	StartedAt     time.Time `json:"started_at"`
	FinishedAt    time.Time `json:"finished_at"`
	CapturedAt    time.Time `json:"captured_at,omitzero" doc:"when the device saved it; absent when it was sent at once"`
	WorkedMinutes int64     `json:"worked_minutes,omitempty" minimum:"0" maximum:"100000" doc:"without breaks; absent: from start to finish"`
	TravelMetres  int64     `json:"travel_metres,omitempty" minimum:"0" maximum:"100000000"`

	Outcome    work.Outcome `json:"outcome" enum:"fixed,no_fault_found,not_fixed,end_of_life,absent,part_missing,declined,done"`
	Cause      string       `json:"cause,omitempty" maxLength:"64" doc:"code"`
	Resolution string       `json:"resolution,omitempty" maxLength:"64" doc:"code"`

	Checklist  string        `json:"checklist,omitempty" maxLength:"64" doc:"code of the checklist that the answers belong to"`
	Answers    []Answer      `json:"answers,omitempty" maxItems:"100"`
	Readings   []Reading     `json:"readings,omitempty" maxItems:"100"`
	Parts      []remedy.Need `json:"parts,omitempty" maxItems:"50" doc:"as used"`
	Photos     []id.File     `json:"photos,omitempty" maxItems:"50"`
	Acceptance Accepted      `json:"acceptance"`
	Notes      string        `json:"notes,omitempty" maxLength:"4000" doc:"is kept sealed"`
}

// Answer is what was found at an item of a checklist.
type Answer struct {
	Item string `json:"item" maxLength:"64"`
	Is   Is     `json:"is" enum:"ok,not_ok,not_applicable"`
}

// Is is an answer.
type Is string

// The answers.
const (
	OK            Is = "ok"
	NotOK         Is = "not_ok"
	NotApplicable Is = "not_applicable"
)

// Reading is what an instrument showed, in thousandths of its unit.
type Reading struct {
	Item  string `json:"item" maxLength:"64"`
	Milli int64  `json:"milli" doc:"thousandths of the unit"`
	Unit  string `json:"unit" maxLength:"16" doc:"such as V, kPa, mA, degC, dB, ohm"`
}

// Accepted is how the customer took the work.
type Accepted struct {
	Kind      Acceptance `json:"kind" enum:"code,signature,refused,absent"`
	Code      string     `json:"code,omitempty" maxLength:"12" doc:"that the customer told"`
	Name      string     `json:"name,omitempty" maxLength:"200" doc:"of who signed; is kept sealed"`
	Signature id.File    `json:"signature,omitzero"`
}

var (
	shapeClient = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)
	shapeCode   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	shapeUnit   = regexp.MustCompile(`^[A-Za-zµΩ°%][A-Za-z0-9µΩ°%/·^-]{0,15}$`)
)

// longest is the most pieces of one part that a visit uses.
const longest = 1000

// Readable returns the record with its texts trimmed, or says what about it
// cannot be read. It looks at the record alone: what else is known never makes a
// record unreadable.
func Readable(r Record) (Record, error) {
	r.Notes, r.Acceptance.Name = strings.TrimSpace(r.Notes), strings.TrimSpace(r.Acceptance.Name)
	r.Acceptance.Code = strings.Join(strings.Fields(r.Acceptance.Code), "")
	w := &wrong{ErrRecord}
	w.unless(shapeClient.MatchString(r.ClientID), "/client_id", "shape")
	w.unless(!r.Appointment.IsZero() || !r.WorkOrder.IsZero() || r.Bundle != "", "/work_order", "required")
	w.unless(r.Outcome.Known(), "/outcome", "unknown")
	w.unless(r.Acceptance.Kind.Known(), "/acceptance/kind", "unknown")
	w.unless(utf8.RuneCountInString(r.Acceptance.Name) <= 200, "/acceptance/name", "too_long")
	w.unless(len(r.Acceptance.Code) <= 12, "/acceptance/code", "too_long")
	w.unless(utf8.RuneCountInString(r.Notes) <= 4000, "/notes", "too_long")
	w.unless(r.WorkedMinutes >= 0 && r.WorkedMinutes <= 100_000, "/worked_minutes", "range")
	w.unless(r.TravelMetres >= 0 && r.TravelMetres <= 100_000_000, "/travel_metres", "range")
	w.times(r)
	w.codes(r)
	w.lists(r)
	return r, w.verdict()
}

// wrong gathers what cannot be read.
type wrong struct{ fault *fault.Fault }

func (w *wrong) unless(ok bool, pointer, code string) {
	if !ok {
		w.fault = w.fault.At(pointer, code)
	}
}

func (w *wrong) verdict() error {
	if len(w.fault.Fields) == 0 {
		return nil
	}
	return w.fault
}

// The years between which a device's clock is believed to be a clock at all.
const firstYear, lastYear = 2000, 2100

func (w *wrong) times(r Record) {
	sane := func(t time.Time) bool { return t.Year() >= firstYear && t.Year() < lastYear }
	w.unless(sane(r.StartedAt), "/started_at", "range")
	w.unless(sane(r.FinishedAt), "/finished_at", "range")
	w.unless(r.CapturedAt.IsZero() || sane(r.CapturedAt), "/captured_at", "range")
}

func (w *wrong) codes(r Record) {
	for _, c := range []struct{ pointer, code string }{{"/cause", r.Cause}, {"/resolution", r.Resolution}, {"/checklist", r.Checklist}} {
		w.unless(c.code == "" || shapeCode.MatchString(c.code), c.pointer, "shape")
	}
}

func (w *wrong) lists(r Record) {
	w.unless(len(r.Answers) <= 100 && len(r.Readings) <= 100 && len(r.Parts) <= 50 && len(r.Photos) <= 50, "", "too_many")
	for i, a := range r.Answers {
		at := "/answers/" + strconv.Itoa(i)
		w.unless(shapeCode.MatchString(a.Item), at+"/item", "shape")
		w.unless(a.Is == OK || a.Is == NotOK || a.Is == NotApplicable, at+"/is", "unknown")
	}
	for i, a := range r.Readings {
		at := "/readings/" + strconv.Itoa(i)
		w.unless(shapeCode.MatchString(a.Item), at+"/item", "shape")
		w.unless(shapeUnit.MatchString(a.Unit), at+"/unit", "shape")
	}
	for i, p := range r.Parts {
		at := "/parts/" + strconv.Itoa(i)
		w.unless(!p.Part.IsZero(), at+"/part", "required")
		w.unless(p.Quantity >= 1 && p.Quantity <= longest, at+"/quantity", "range")
	}
	for i, p := range r.Photos {
		w.unless(!p.IsZero(), "/photos/"+strconv.Itoa(i), "required")
	}
}
