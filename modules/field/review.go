package field

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// Review is the code of something about a visit that does not fit.
type Review string

// What may not fit, the gravest first.
const (
	NotTheirs     Review = "field.other_technician"     // the visit had been given to somebody else
	Twice         Review = "field.second_record"        // the appointment, or the work, has a record already
	PlanOver      Review = "field.appointment_over"     // the appointment had been cancelled or had ended otherwise
	WorkOver      Review = "field.work_over"            // the work order was done or cancelled
	WrongCode     Review = "field.wrong_code"           // not the customer's acceptance code
	Reversed      Review = "field.times_reversed"       // finished before it was started
	InFuture      Review = "field.in_future"            // finished later than now: the device's clock is wrong
	Duration      Review = "field.duration"             // too short for the work, or longer than anybody works
	UnplannedPart Review = "field.unplanned_part"       // a part that the plan does not name, or more of it
	LostPhoto     Review = "field.photo_missing"        // a photo that is not there, or not of this customer
	Unanswered    Review = "field.checklist_incomplete" // an item that must be answered is not
	NoPlan        Review = "field.no_appointment"       // nobody had planned a visit
)

// Reviews are all codes, the gravest first.
var Reviews = []Review{NotTheirs, Twice, PlanOver, WorkOver, WrongCode, Reversed, InFuture, Duration, UnplannedPart, LostPhoto, Unanswered, NoPlan}

// Plan is what the record is held against: the visit as it was planned, and what
// is known of it now.
type Plan struct {
	Planned    bool          // there is an appointment
	Technician id.Technician // whose appointment it is now
	Over       bool          // it had ended before the record came
	WorkOver   bool          // and so had its work order
	Recorded   bool          // it has a record already
	Parts      []remedy.Need
	Minutes    int64 // that the work takes; 0: nobody knows
	Code       string
	Checklist  Checklist
	Lost       bool // a photo is not there
}

// Check says what about a readable record does not fit, the gravest first. There
// is nothing that it refuses.
func Check(r Record, p Plan, now time.Time) []Review {
	var out []Review
	add := func(doesNotFit bool, code Review) {
		if doesNotFit {
			out = append(out, code)
		}
	}
	add(p.Planned && r.Technician != p.Technician, NotTheirs)
	add(p.Recorded, Twice)
	add(p.Over && !p.Recorded, PlanOver)
	add(p.WorkOver && !p.Recorded, WorkOver)
	add(r.Acceptance.Kind == ByCode && !SameCode(r.Acceptance.Code, p.Code), WrongCode)
	add(r.FinishedAt.Before(r.StartedAt), Reversed)
	add(r.FinishedAt.After(now.Add(tolerance)) || r.StartedAt.After(now.Add(tolerance)), InFuture)
	add(implausible(r, p), Duration)
	add(p.Planned && !planned(r.Parts, p.Parts), UnplannedPart)
	add(p.Lost, LostPhoto)
	add(r.Outcome.Ends() && !p.Checklist.Complete(r), Unanswered)
	add(!p.Planned, NoPlan)
	return out
}

// tolerance is how far a device's clock may be ahead.
const tolerance = 10 * time.Minute

// The longest visit that anybody works, and the share of the planned time below
// which nobody has done the work.
const (
	longestVisit = 14 * time.Hour
	leastShare   = 5 // a fifth
)

func implausible(r Record, p Plan) bool {
	took := r.FinishedAt.Sub(r.StartedAt)
	if took < 0 {
		return false // Reversed says so
	}
	worked := time.Duration(r.WorkedMinutes) * time.Minute
	if took > longestVisit || worked > took+time.Minute {
		return true
	}
	return r.Outcome.Ends() && r.Outcome != work.CustomerNo && took*leastShare < time.Duration(p.Minutes)*time.Minute
}

// planned reports whether what was used is part of what was planned.
func planned(used, plan []remedy.Need) bool {
	left := map[id.Part]int64{}
	for _, n := range plan {
		left[n.Part] += n.Quantity
	}
	return !slices.ContainsFunc(used, func(n remedy.Need) bool {
		left[n.Part] -= n.Quantity
		return left[n.Part] < 0
	})
}

// Minutes is the working time that the record says, at most a day: longer ones
// are for review, and nobody is paid for them by mistake.
func Minutes(r Record) int64 {
	if r.WorkedMinutes > 0 {
		return min(r.WorkedMinutes, 24*60)
	}
	took := r.FinishedAt.Sub(r.StartedAt)
	return min(max(0, int64((took+30*time.Second)/time.Minute)), 24*60)
}

// CodeKind keys the hash of an appointment that its acceptance code is made of.
const CodeKind = "acceptance_code"

// Code is the acceptance code that six digits of a keyed hash make. The customer
// sees it; the technician hears it from the customer when the work is done.
func Code(mac []byte) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac)%1_000_000)
}

// SameCode compares codes in constant time.
func SameCode(said, code string) bool {
	return code != "" && subtle.ConstantTimeCompare([]byte(said), []byte(code)) == 1
}
