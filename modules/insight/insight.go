// Package insight is the language of figures about the service: what was asked
// for, how fast it was answered and solved, whether at the first visit, at what
// cost, and what the customers said.
//
// It is pure: figures are computed from facts about cases. Package insightsvc
// gathers the facts from events.
package insight

import (
	"slices"
	"time"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/money"
)

// ErrPeriod: the period is empty, reversed or longer than two years.
var ErrPeriod = fault.New(fault.Invalid, "insight.period")

// Fact is what is known of one case. Zero times have not happened.
type Fact struct {
	Opened    time.Time
	Responded time.Time
	Resolved  time.Time
	Active    bool
	Visits    int64
	Fixed     bool // solved by work that fixed it, as against given up
	Done      bool // its work has ended, whatever came of it
	Met       int64
	Breached  int64
	Stars     int64 // 0: not rated
	Cost      money.Amount
}

// Figures are what a first page shows. Rates are in thousandths; a rate without
// cases is -1, because nothing divided by nothing is not nought.
type Figures struct {
	Opened            int64                    `json:"opened"`
	Resolved          int64                    `json:"resolved"`
	Backlog           int64                    `json:"backlog"` // opened in the period and still active
	RespondMinutesP50 int64                    `json:"respond_minutes_p50"`
	RespondMinutesP90 int64                    `json:"respond_minutes_p90"`
	ResolveMinutesP50 int64                    `json:"resolve_minutes_p50"`
	ResolveMinutesP90 int64                    `json:"resolve_minutes_p90"`
	FirstFixPermille  int64                    `json:"first_fix_permille"` // fixed at the first visit, of those visited and done
	KeptPermille      int64                    `json:"kept_permille"`      // clocks that were met, of those that ended
	Rated             int64                    `json:"rated"`
	StarsHundredths   int64                    `json:"stars_hundredths"` // mean CSAT × 100; -1 without ratings
	Cost              map[money.Currency]int64 `json:"cost,omitempty"`   // minor units, by currency; never added across
	CostCases         map[money.Currency]int64 `json:"cost_cases,omitempty"`
}

// Compute returns the figures of the facts.
func Compute(facts []Fact) Figures {
	f := Figures{Cost: map[money.Currency]int64{}, CostCases: map[money.Currency]int64{}}
	var respond, resolve []int64
	var visited, first, met, ended, stars int64
	for _, c := range facts {
		f.Opened++
		if c.Active {
			f.Backlog++
		}
		if !c.Responded.IsZero() {
			respond = append(respond, minutes(c.Opened, c.Responded))
		}
		if !c.Resolved.IsZero() {
			f.Resolved++
			resolve = append(resolve, minutes(c.Opened, c.Resolved))
		}
		if c.Visits > 0 && c.Done {
			visited++
			if c.Visits == 1 && c.Fixed {
				first++
			}
		}
		met, ended = met+c.Met, ended+c.Met+c.Breached
		if c.Stars > 0 {
			f.Rated++
			stars += c.Stars
		}
		if c.Cost.Currency != "" {
			f.Cost[c.Cost.Currency] += c.Cost.Minor
			f.CostCases[c.Cost.Currency]++
		}
	}
	f.RespondMinutesP50, f.RespondMinutesP90 = percentile(respond, 50), percentile(respond, 90)
	f.ResolveMinutesP50, f.ResolveMinutesP90 = percentile(resolve, 50), percentile(resolve, 90)
	f.FirstFixPermille, f.KeptPermille = rate(first, visited, 1000), rate(met, ended, 1000)
	f.StarsHundredths = rate(stars, f.Rated, 100)
	return f
}

func minutes(from, to time.Time) int64 { return max(int64(to.Sub(from)/time.Minute), 0) }

// rate is part × scale / whole, rounded; -1 of nothing.
func rate(part, whole, scale int64) int64 {
	if whole == 0 {
		return -1
	}
	return (part*scale + whole/2) / whole
}

// percentile is the nearest-rank percentile; -1 of nothing. It sorts values.
func percentile(values []int64, p int) int64 {
	if len(values) == 0 {
		return -1
	}
	slices.Sort(values)
	return values[max((len(values)*p+99)/100, 1)-1]
}

// maxPeriod bounds what one question may look at.
const maxPeriod = 2 * 366 * 24 * time.Hour

// CheckPeriod returns ErrPeriod for a period that cannot be meant.
func CheckPeriod(from, until time.Time) error {
	if !from.Before(until) || until.Sub(from) > maxPeriod {
		return ErrPeriod
	}
	return nil
}
