package resident_test

import (
	"errors"
	"sync"
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// pair is two technicians at one place, for two days, and a job that takes an hour.
func pair(t *testing.T) *resident.Board {
	t.Helper()
	s := resident.Setup{Places: []string{"home", "out"}, Technicians: []string{"ann", "bob"}, Jobs: []string{"job"}}
	s.Spec.Travel = routing.Matrix(2, func(i, j int) (int32, int32) { return int32(600 * (i ^ j)), int32(9000 * (i ^ j)) })
	for range 2 {
		who := routing.Technician{Rates: routing.Rates{Kilometre: 100}}
		for d := range int64(2) {
			who.Shifts = append(who.Shifts, routing.Shift{Open: d*day + 8*hour, Close: d*day + 16*hour})
		}
		s.Spec.Technicians = append(s.Spec.Technicians, who)
	}
	s.Spec.Jobs = []routing.Job{{Site: 1, Service: hour, Priority: 1}}
	b, err := resident.New(s)
	if err != nil {
		t.Fatal(err)
	}
	b = b.Fill()
	if v, ok := b.Visit("job"); !ok || v.Technician != "ann" || v.Shift != 0 {
		t.Fatalf("the plan begins with %+v", v)
	}
	return b
}

func at(v resident.Visit) (string, int) { return v.Technician, v.Shift }

func TestDisturbances(t *testing.T) {
	t.Parallel()
	add := func(key string, j routing.Job) resident.Add {
		return resident.Add{Key: key, Place: resident.Place{Key: "out"}, Job: j}
	}
	for _, tt := range []struct {
		name       string
		happens    []resident.Disturbance
		technician string // of the job afterwards; empty: no place
		shift      int
		cause      resident.Cause
		unkept     bool
	}{
		{"urgent", []resident.Disturbance{add("urgent", routing.Job{Service: hour, Priority: 3})}, "ann", 0, resident.Shifted, false},
		{"urgent and full", []resident.Disturbance{add("urgent", routing.Job{Service: 7 * hour, Priority: 3, Required: []int{0}, Windows: []routing.Window{{Open: 0, Close: day}}})}, "bob", 0, resident.MadeRoom, false},
		{"cancelled", []resident.Disturbance{resident.Cancel{Key: "job"}}, "", 0, resident.Named, false},
		{"longer", []resident.Disturbance{resident.Overrun{Key: "job", Service: 7 * hour}}, "ann", 0, resident.Named, false},
		{"much too long", []resident.Disturbance{resident.Overrun{Key: "job", Service: 9 * hour}}, "", 0, resident.Named, true},
		{"away", []resident.Disturbance{resident.Away{Technician: "ann", Until: 9 * day}}, "bob", 0, resident.Lost, false},
		{"both away for a day", []resident.Disturbance{resident.Away{Technician: "ann", Until: day}, resident.Away{Technician: "bob", Until: day}}, "ann", 1, resident.Lost, false},
		{"late part", []resident.Disturbance{resident.Part{Key: "job", From: day}}, "ann", 1, resident.Named, false},
		{"no part", []resident.Disturbance{resident.Part{Key: "job", From: routing.Never}}, "", 0, resident.Named, true},
		{"promised for another day", []resident.Disturbance{resident.Promise{Key: "job", Window: routing.Window{Open: day + 9*hour, Close: day + 11*hour}}}, "ann", 1, resident.Named, false},
		{"promised with another", []resident.Disturbance{resident.Promise{Key: "job", Technician: "bob", Window: routing.Window{Open: 0, Close: day}}}, "bob", 0, resident.Named, false},
		{"promised with one who falls ill", []resident.Disturbance{
			resident.Promise{Key: "job", Technician: "bob", Window: routing.Window{Open: 0, Close: day}}, resident.Away{Technician: "bob", Until: day},
		}, "", 0, resident.Named, true},
		{"promised and released", []resident.Disturbance{
			resident.Promise{Key: "job", Technician: "bob", Window: routing.Window{Open: 0, Close: day}}, resident.Release{Key: "job"},
		}, "ann", 0, "", false},
		{"under way", []resident.Disturbance{resident.Depart{Key: "job", Technician: "bob", At: 9 * hour}}, "bob", 0, resident.Named, false},
		{"over", []resident.Disturbance{resident.Arrive{Key: "job", Technician: "ann", At: 9 * hour}, resident.Finish{Technician: "ann", At: 10 * hour}}, "", 0, resident.Named, false},
		{"ill on site", []resident.Disturbance{resident.Arrive{Key: "job", Technician: "ann", At: 9 * hour}, resident.Tick{Now: 9*hour + 60}, resident.Away{Technician: "ann", From: 9*hour + 60, Until: day}}, "bob", 0, resident.Named, false},
		{"the day passes", []resident.Disturbance{resident.Tick{Now: 20 * hour}}, "ann", 1, resident.Lost, false},
		{"ways are long", []resident.Disturbance{resident.Ride{Ways: func(_, _ string, l routing.Leg) routing.Leg { return routing.Leg{Seconds: 20000, Metres: l.Metres} }}}, "", 0, resident.Lost, true},
	} {
		b, a := must(t, pair(t), tt.happens...)
		v, ok := b.Visit("job")
		if technician, shift := at(v); technician != tt.technician || shift != tt.shift || ok != (tt.technician != "") {
			t.Errorf("%s: the job is at %+v, want %s, shift %d", tt.name, v, tt.technician, tt.shift)
		}
		if cause := causeOf(a, "job"); cause != tt.cause {
			t.Errorf("%s: cause %q, want %q; %+v", tt.name, cause, tt.cause, a.Changes)
		}
		if unkept := len(a.Unkept) > 0; unkept != tt.unkept || unkept && len(a.Unkept[0].Why) != 2 {
			t.Errorf("%s: unkept %+v, want %v", tt.name, a.Unkept, tt.unkept)
		}
		if a.After != routing.Cost(b.Problem(), b.Plan()) {
			t.Errorf("%s: the bill is not what the plan costs", tt.name)
		}
	}
}

func causeOf(a resident.Answer, key string) resident.Cause {
	for _, c := range a.Changes {
		if c.Job == key {
			return c.Why
		}
	}
	return ""
}

// TestRefusals leave the board as it was.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := pair(t)
	window := routing.Window{Open: 9 * hour, Close: 10 * hour}
	for name, tt := range map[string]struct {
		happens resident.Disturbance
		want    error
	}{
		"cancel what is not there":       {resident.Cancel{Key: "none"}, resident.ErrUnknown},
		"add what is there":              {resident.Add{Key: "job", Place: resident.Place{Key: "out"}}, resident.ErrKnown},
		"promise nobody":                 {resident.Promise{Key: "job", Window: window, Technician: "none"}, resident.ErrUnknown},
		"a third shift":                  {resident.Depart{Key: "job", Technician: "ann", Shift: 2}, resident.ErrUnknown},
		"finish nothing":                 {resident.Finish{Technician: "ann", At: 9 * hour}, resident.ErrUnknown},
		"a place without ways":           {resident.Add{Key: "new", Place: resident.Place{Key: "nowhere"}}, routing.ErrSpec},
		"hold in the past":               {resident.Hold{Add: resident.Add{Key: "new", Place: resident.Place{Key: "out"}}, Window: window}, resident.ErrPast},
		"hold what takes too long":       {resident.Hold{Add: resident.Add{Key: "new", Place: resident.Place{Key: "out"}, Job: routing.Job{Service: day}}, Window: window, Until: 1}, resident.ErrGone},
		"an overrun of less than none":   {resident.Overrun{Key: "job", Service: -1}, routing.ErrSpec},
		"a window that ends before":      {resident.Promise{Key: "job", Window: routing.Window{Open: 2, Close: 1}}, routing.ErrSpec},
		"a shift that ends before":       {resident.Duty{Technician: "ann", As: routing.Shift{Open: 2, Close: 1}}, routing.ErrSpec},
		"a break of somebody at home":    {resident.Rested{Technician: "ann"}, resident.ErrUnknown},
		"away, but who":                  {resident.Away{Technician: "none"}, resident.ErrUnknown},
		"a turned back clock":            {resident.Tick{Now: -1}, resident.ErrPast},
		"a release of what is not there": {resident.Release{Key: "none"}, resident.ErrUnknown},
	} {
		if _, _, err := b.Apply(resident.Overrun{Key: "job", Service: 60}, tt.happens); !errors.Is(err, tt.want) {
			t.Errorf("%s after another disturbance: %v, want %v", name, err, tt.want)
		}
		if _, _, err := b.Apply(tt.happens); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if v, ok := b.Visit("job"); !ok || v.Technician != "ann" || v.Done != v.Start+hour {
		t.Errorf("the board has changed: %+v", v)
	}
}

// TestHoldsAreWonOnce lets many bookers take what they were offered at the same time;
// there is room for one.
func TestHoldsAreWonOnce(t *testing.T) {
	t.Parallel()
	b, _ := must(t, pair(t), resident.Away{Technician: "bob", Until: 2 * day}, resident.Cancel{Key: "job"})
	window := routing.Window{Open: 9 * hour, Close: 9*hour + 1800}
	job := routing.Job{Service: 5 * hour}
	offers, err := b.Offers(resident.Ask{Job: job, Place: resident.Place{Key: "out"}, Windows: []routing.Window{window}, Steer: []int64{-7}})
	if err != nil || len(offers) != 1 || offers[0].Technician != "ann" || offers[0].Price != offers[0].Cost+routing.Minor(-7) {
		t.Fatalf("Offers() = %+v, %v", offers, err)
	}
	k := resident.NewKeeper(b)
	var wait sync.WaitGroup
	won := make(chan string, 8)
	for i := range 8 {
		wait.Go(func() {
			key := string(rune('a' + i))
			_, _, err := k.Apply(resident.Hold{Add: resident.Add{Key: key, Place: resident.Place{Key: "out"}, Job: job}, Window: window, Until: 300})
			if err == nil {
				won <- key
			} else if !errors.Is(err, resident.ErrGone) {
				t.Errorf("Hold() = %v", err)
			}
		})
	}
	wait.Wait()
	close(won)
	winner, more := <-won, len(won)
	if winner == "" || more > 0 {
		t.Fatalf("%d bookers more than one have won", more)
	}
	if until, ok := k.Board().Held(winner); !ok || until != 300 {
		t.Errorf("Held() = %d, %v", until, ok)
	}
	lapsed, _ := must(t, k.Board(), resident.Tick{Now: 300})
	if _, ok := lapsed.Visit(winner); ok {
		t.Error("the hold has not lapsed")
	}
	taken, _ := must(t, k.Board(), resident.Promise{Key: winner, Window: window}, resident.Tick{Now: 300})
	if v, ok := taken.Visit(winner); !ok || v.Start < window.Open || v.Start > window.Close {
		t.Errorf("taken in time, but the visit is %+v", v)
	}
}
