package dispatch

import (
	"cmp"
	"slices"
	"time"

	"fettle.dev/fettle/kernel/id"
)

// Need is why something on the board needs a person.
type Need string

// What needs a person.
const (
	NeedPart        Need = "part_missing"     // the visit waits for a part
	NeedPartLate    Need = "part_late"        // its parts come after what was promised
	NeedOverdue     Need = "overdue"          // it cannot be on time any more
	NeedConflict    Need = "conflict"         // it does not fit into its day any more
	NeedRefused     Need = "refused"          // whoever was asked said no, or nothing
	NeedUnassigned  Need = "unassigned"       // nobody is promised for it
	NeedUnconfirmed Need = "unconfirmed"      // it begins soon, and nobody has said yes
	NeedCertificate Need = "certificate_ends" // visits that need it follow after its end
	NeedTied        Need = "tied"             // it is out of order with a visit that it depends on
)

// Severity is how much something presses.
type Severity string

// The severities.
const (
	High   Severity = "high"   // today, by somebody, before anything else
	Medium Severity = "medium" // before it becomes high
)

// Severities are all severities, the worst first.
var Severities = []Severity{High, Medium}

// Needs are all needs in the order in which equally pressing ones are shown.
var Needs = []Need{NeedOverdue, NeedConflict, NeedTied, NeedPartLate, NeedPart, NeedRefused, NeedUnconfirmed, NeedUnassigned, NeedCertificate}

// What is soon: an open visit presses when it is due within DueSoon, and an
// appointment should be confirmed when its window begins within ConfirmBefore.
const (
	DueSoon       = 4 * time.Hour
	ConfirmBefore = 2 * time.Hour
)

// Concern is one thing that needs a person, and what it is about.
type Concern struct {
	Code        Need           `json:"code"`
	Severity    Severity       `json:"severity"`
	WorkOrder   id.WorkOrder   `json:"work_order,omitzero"`
	Appointment id.Appointment `json:"appointment,omitzero"`
	Technician  id.Technician  `json:"technician,omitzero"`
	Skill       string         `json:"skill,omitempty"`
	Rule        string         `json:"rule,omitempty" doc:"what keeps most technicians from it, when that was looked for"`
	At          time.Time      `json:"at,omitzero" doc:"until when it should have begun, when it begins, when the certificate ends, or when the parts come (absent: nobody knows)"`
	Count       int            `json:"count,omitempty" doc:"visits that need the certificate afterwards"`
}

// OpenVisit is what attention asks of a visit that nobody is promised for.
type OpenVisit struct {
	WorkOrder id.WorkOrder
	State     JobState
	DueAt     time.Time       // zero: no promise
	Passed    []id.Technician // in the order in which they said no
	Why       []Block
	Beside    bool // another visit that it hangs together with is promised
}

// Promise is what attention asks of an appointment on the board.
type Promise struct {
	Appointment id.Appointment
	WorkOrder   id.WorkOrder
	Technician  id.Technician
	State       State
	Window      Window
	DueAt       time.Time // by the clocks of the case; zero: none
	ExpectedAt  time.Time // when the visit is reckoned to begin as the day stands
	Conflict    bool
	Skills      []string // that the visit asks for

	PartsFrom time.Time // its parts come late, then; zero: in time; Undated: nobody knows when

	// NotBefore and NotAfter bound when it may begin, as those stand that it depends on; zero: free.
	NotBefore, NotAfter time.Time
}

// Late is by how much an appointment is expected to begin after what was
// promised: its window, or what the clocks of its case ask, whichever is worse.
func (p *Promise) Late() time.Duration {
	late := max(0, p.ExpectedAt.Sub(p.until()))
	if !p.DueAt.IsZero() {
		late = max(late, p.ExpectedAt.Sub(p.DueAt))
	}
	return late
}

// until is the last second in which the window lets the visit begin.
func (p *Promise) until() time.Time { return p.Window.End.Add(-time.Second) }

// waits reports whether the visit is still to begin.
func (p *Promise) waits() bool { return p.State.Live() && p.State != OnSite }

// Certificate is a technician's skill that ends, in the words of the board.
type Certificate struct {
	Technician id.Technician
	Skill      string
	Ends       time.Time
}

// Attention says what of a board needs a person, the most pressing first. It is
// the whole truth about what it is given: the same visits at the same instant
// give the same list.
func Attention(now time.Time, open []OpenVisit, promises []Promise, certificates []Certificate) []Concern {
	out := []Concern{}
	for i := range open {
		out = append(out, open[i].concerns(now)...)
	}
	for i := range promises {
		out = append(out, promises[i].concerns(now)...)
	}
	for _, c := range certificates {
		if n, ok := c.concern(now, promises); ok {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b Concern) int {
		return cmp.Or(slices.Index(Severities, a.Severity)-slices.Index(Severities, b.Severity), slices.Index(Needs, a.Code)-slices.Index(Needs, b.Code),
			a.At.Compare(b.At))
	})
	return out
}

// concerns of an open visit: one says why nobody has it, another that it is late.
func (v *OpenVisit) concerns(now time.Time) (out []Concern) {
	c := Concern{WorkOrder: v.WorkOrder, Severity: High}
	switch {
	case v.State == Held:
		c.Code = NeedPart
	case !v.State.Open():
		return nil
	case len(v.Passed) > 0:
		c.Code, c.Technician = NeedRefused, v.Passed[len(v.Passed)-1]
	default:
		c.Code, c.Severity, c.Rule = NeedUnassigned, Medium, Commonest(v.Why)
		if !v.DueAt.IsZero() && v.DueAt.Before(now.Add(DueSoon)) || v.Beside {
			c.Severity = High
		}
	}
	out = append(out, c)
	if !v.DueAt.IsZero() && !v.DueAt.After(now) {
		out = append(out, Concern{Code: NeedOverdue, Severity: High, WorkOrder: v.WorkOrder, At: v.DueAt})
	}
	return out
}

// concerns of an appointment.
func (p *Promise) concerns(now time.Time) (out []Concern) {
	add := func(code Need, severity Severity, at time.Time) {
		out = append(out, Concern{Code: code, Severity: severity, WorkOrder: p.WorkOrder, Appointment: p.Appointment, Technician: p.Technician, At: at})
	}
	if !p.waits() {
		return nil
	}
	if p.Conflict {
		add(NeedConflict, High, p.Window.Start)
	}
	if p.partsTooLate() {
		add(NeedPartLate, High, dated(p.PartsFrom))
	}
	switch {
	case p.ExpectedAt.Before(p.NotBefore):
		add(NeedTied, High, p.NotBefore)
	case !p.NotAfter.IsZero() && p.ExpectedAt.After(p.NotAfter):
		add(NeedTied, High, p.NotAfter)
	}
	switch {
	case p.ExpectedAt.After(p.until()) || now.After(p.until()):
		add(NeedOverdue, High, p.until())
	case !p.DueAt.IsZero() && p.ExpectedAt.After(p.DueAt): // but as the customer was promised
		add(NeedOverdue, Medium, p.DueAt)
	}
	asked := p.State == Scheduled || p.State == Dispatched
	if asked && now.Before(p.Window.End) && !now.Before(p.Window.Start.Add(-ConfirmBefore)) {
		add(NeedUnconfirmed, Medium, p.Window.Start)
	}
	return out
}

// partsTooLate reports whether the visit cannot begin any more as was promised, because its
// parts come after that.
func (p *Promise) partsTooLate() bool {
	return p.PartsFrom.After(p.until()) || !p.NotAfter.IsZero() && p.PartsFrom.After(p.NotAfter)
}

// dated is an instant that somebody knows, or zero.
func dated(at time.Time) time.Time {
	if at.Before(Undated) {
		return at
	}
	return time.Time{}
}

// concern counts the visits that need a certificate after its end.
func (c *Certificate) concern(now time.Time, promises []Promise) (Concern, bool) {
	out := Concern{Code: NeedCertificate, Severity: Medium, Technician: c.Technician, Skill: c.Skill, At: c.Ends}
	var first time.Time
	for i := range promises {
		p := &promises[i]
		if p.Technician != c.Technician || !p.waits() || p.ExpectedAt.Before(c.Ends) || !slices.Contains(p.Skills, c.Skill) {
			continue
		}
		out.Count++
		if first.IsZero() || p.ExpectedAt.Before(first) {
			first, out.Appointment, out.WorkOrder = p.ExpectedAt, p.Appointment, p.WorkOrder
		}
	}
	if !c.Ends.After(now) {
		out.Severity = High
	}
	return out, out.Count > 0
}

// Commonest is the rule that keeps most technicians from a visit, "" where none
// is known. Of equally common ones it is the first.
func Commonest(blocks []Block) string {
	count, best := map[string]int{}, ""
	for _, b := range blocks {
		count[b.Rule]++
	}
	for _, b := range blocks {
		if count[b.Rule] > count[best] {
			best = b.Rule
		}
	}
	return best
}
