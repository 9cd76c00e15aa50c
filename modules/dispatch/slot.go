package dispatch

import (
	"time"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
)

// WindowLength is how long the window is in which a customer waits.
const WindowLength = 2 * time.Hour

// Hours of the local day in which windows begin: the first, and the last (exclusive).
const (
	firstHour = 6
	lastHour  = 22
)

// Horizon is for how many days slots are offered, today included.
const Horizon = 14

// Notice is how long before its window a visit can be promised at the least.
const Notice = 30 * time.Minute

// Window is a stretch of time in which a visit begins; End is exclusive.
type Window struct {
	Start time.Time `json:"start_at"`
	End   time.Time `json:"end_at"`
}

// Windows are the windows of a local day: they begin every two hours from six in
// the morning to eight in the evening.
func Windows(day calendar.Day, zone *time.Location) []Window {
	var out []Window
	for h := firstHour; h < lastHour; h += 2 {
		start := clockTime(day, calendar.Minute(h*60), zone)
		if n := len(out); n > 0 && start.Before(out[n-1].End) {
			continue // the clocks were put back meanwhile
		}
		out = append(out, Window{start, start.Add(WindowLength)})
	}
	return out
}

// WindowsFrom are the windows of so many local days that begin no sooner than
// Notice after now, in order.
func WindowsFrom(now time.Time, days int, zone *time.Location) []Window {
	var out []Window
	first := calendar.DayAt(now, zone)
	for d := range days {
		for _, w := range Windows(first+calendar.Day(d), zone) {
			if !w.Start.Before(now.Add(Notice)) {
				out = append(out, w)
			}
		}
	}
	return out
}

// WindowOf is the window that a visit which begins at the instant is promised
// in: the one of the day's windows that holds it, or the two hours from its own
// even hour when it begins at night.
func WindowOf(at time.Time, zone *time.Location) Window {
	for _, w := range Windows(calendar.DayAt(at, zone), zone) {
		if !at.Before(w.Start) && at.Before(w.End) {
			return w
		}
	}
	start := at.Truncate(WindowLength)
	return Window{start, start.Add(WindowLength)}
}

// SkillMatch is what a visit asks for beside what the technician can do.
type SkillMatch struct {
	Skill  string `json:"skill"`
	Wanted int64  `json:"wanted"`
	Held   int64  `json:"held"`
}

// By says who chose a slot.
type By string

// Who chooses slots.
const (
	ByOffer By = "offer" // taken by the customer or an agent
	ByHand  By = "hand"  // a dispatcher chose
	ByPlan  By = "plan"  // the day's plan was worked out
)

// Reasons says why a slot: by how much the technician's plan gets dearer, and of
// what that consists.
type Reasons struct {
	By              By           `json:"by"`
	Cost            money.Amount `json:"cost"`              // all that the visit adds
	Crossing        money.Amount `json:"crossing,omitzero"` // of it, because the technician comes from another node
	Waiting         money.Amount `json:"waiting,omitzero"`  // of it, because an urgent case waits until then
	TravelSeconds   int64        `json:"travel_seconds"`    // added to the way of the day
	TravelMetres    int64        `json:"travel_metres"`     // added
	OvertimeSeconds int64        `json:"overtime_seconds"`  // added
	LateSeconds     int64        `json:"late_seconds"`      // after what was promised, this visit's
	WaitDays        int64        `json:"wait_days"`         // until the visit
	LoadPermille    int64        `json:"load_permille"`     // of the day's working time that is planned then
	Skills          []SkillMatch `json:"skills,omitempty"`
	Learnt          *Learnt      `json:"learnt,omitempty"` // absent: as stated

	Reward money.Amount `json:"reward,omitzero"` // that the customer is promised for taking the slot; absent: none
	Saves  money.Amount `json:"saves,omitzero"`  // against the earliest slot offered, where there is a reward
}

// Learnt says how visits as done have changed what is reckoned with. A factor of 0
// is one of which nothing is known.
type Learnt struct {
	StatedMinutes   int64  `json:"stated_minutes"`   // of work on site
	Minutes         int64  `json:"minutes"`          // reckoned with
	ServicePermille int64  `json:"service_permille"` // the one of the other
	ServiceOf       string `json:"service_of,omitempty" enum:"technician,node,work_type" doc:"whose visits say so"`
	ServiceVisits   int64  `json:"service_visits"`  // that say so
	TravelPermille  int64  `json:"travel_permille"` // of what model or road service have
}

// Slot is a window that a technician can keep.
type Slot struct {
	Technician     id.Technician `json:"technician"`
	StartAt        time.Time     `json:"start_at"`
	EndAt          time.Time     `json:"end_at"`
	ServiceStartAt time.Time     `json:"service_start_at"` // as the day is planned now
	Reasons        Reasons       `json:"reasons"`
}

// Block says what keeps one technician from a visit; Rule is a code of package
// routing, such as "skill_missing" or "plan_full".
type Block struct {
	Technician id.Technician `json:"technician"`
	Rule       string        `json:"rule"`
}

// What waiting and a full day weigh when slots are ranked, in minutes of the
// technician's work: a day of waiting is worth a quarter of an hour of detour,
// and between equals the one with more room goes.
const (
	waitMinutes = 15
	loadMinutes = 10
)

// Score is what slots are ranked by, least first: the cost in minor units, and
// the weight of waiting and of a full day at the price of an hour.
func Score(r Reasons, hourMinor int64) int64 {
	weight := r.WaitDays*waitMinutes + r.LoadPermille*loadMinutes/1000
	return r.Cost.Minor + weight*hourMinor/60
}
