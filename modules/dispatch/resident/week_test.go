package resident_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"fettle.dev/fettle/modules/dispatch/resident"
	"fettle.dev/fettle/modules/dispatch/routing"
)

// long is whether the long forms run.
func long() bool { return os.Getenv("FETTLE_SOAK") != "" }

// week plays days in a territory: time passes, technicians go round as planned, more or
// less, customers book and call off, people fall ill. The outsider looks at every plan.
type week struct {
	*world
	t        *testing.T
	b        *resident.Board
	o        *outsider
	held     []string
	bookings int
	happened int
	moved    int // other jobs that changed hands
}

func newWeek(t *testing.T, seed uint64, days, technicians, jobs int) *week {
	w := &week{world: newWorld(seed, days, 60_000), t: t, o: newOutsider()}
	w.b = w.board(t, technicians, jobs)
	for n := range w.b.Problem().Jobs() {
		w.o.alive[w.b.Job(n)] = true
	}
	return w
}

// apply lets something happen, unless the board refuses it with one of the errors.
func (w *week) apply(list []resident.Disturbance, refusals ...error) bool {
	w.t.Helper()
	next, a, err := w.b.Apply(list...)
	if slices.ContainsFunc(refusals, func(e error) bool { return errors.Is(err, e) }) {
		return false
	}
	if err != nil {
		w.t.Fatalf("Apply(%+v) = %v", list, err)
	}
	w.take(next, a, list)
	return true
}

func (w *week) take(next *resident.Board, a resident.Answer, what any) {
	w.t.Helper()
	if err := w.o.judge(next, a); err != nil {
		w.t.Fatalf("after %d disturbances, now %d, %+v: %v", w.happened, next.Now(), what, err)
	}
	for _, c := range a.Changes {
		if c.Hands() && c.Why != resident.Named && c.Why != resident.Lost {
			w.moved++
		}
	}
	w.b = next
	w.happened++
}

func (w *week) one(d resident.Disturbance, refusals ...error) bool {
	w.t.Helper()
	return w.apply([]resident.Disturbance{d}, refusals...)
}

// some is a live job, drawn at random, that nobody is at.
func (w *week) some() string {
	for range 50 {
		key := w.b.Job(w.r.IntN(w.b.Problem().Jobs()))
		if _, held := w.b.Held(key); key != "" && !held && !w.busy(key) {
			return key
		}
	}
	return ""
}

func (w *week) busy(key string) bool {
	for _, j := range w.o.underway {
		if j == key {
			return true
		}
	}
	return false
}

// disturb lets one thing happen.
func (w *week) disturb() {
	key := w.some()
	switch n := w.r.IntN(20); {
	case n < 6:
		w.book()
	case n < 8:
		k, j := w.key(), w.job()
		j.Priority, j.Windows = 3, nil
		w.o.alive[k] = true
		w.one(resident.Add{Key: k, Place: w.place(w.b, w.spot()), Job: j})
	case key == "":
	case n < 10:
		delete(w.o.alive, key)
		delete(w.o.promises, key)
		w.one(resident.Cancel{Key: key})
	case n < 12:
		n, _ := w.b.Number(key)
		w.one(resident.Overrun{Key: key, Service: w.b.Problem().Job(n).Service * 3 / 2})
	case n < 13:
		w.one(resident.Part{Key: key, From: w.b.Now() + int64(w.r.IntN(int(2*day)))})
	case n < 14:
		from := w.b.Now() + int64(w.r.IntN(4))*hour
		w.leave(resident.Away{Technician: w.anybody(), From: from, Until: from + int64(1+w.r.IntN(36))*hour})
	case n < 15:
		if v, ok := w.b.Visit(key); ok { // a customer is told when and by whom
			window := routing.Window{Open: max(0, v.Start-hour/2), Close: v.Start + hour}
			w.o.promises[key] = promised{window, v.Technician}
			w.one(resident.Promise{Key: key, Window: window, Technician: v.Technician})
		}
	default:
		w.pass(int64(60 + w.r.IntN(1200)))
	}
	w.call()
}

func (w *week) anybody() string { return fmt.Sprintf("technician-%d", w.r.IntN(w.b.Technicians())) }

// leave sends somebody home; what they were at is to be planned anew.
func (w *week) leave(a resident.Away) {
	if a.From <= w.b.Now() {
		delete(w.o.underway, a.Technician)
	} else if w.o.underway[a.Technician] != "" {
		return // let them finish first
	}
	w.one(a)
}

// call rings those whose promise was named as unkept: half take any other time.
func (w *week) call() {
	for _, key := range sorted(w.o.away) {
		delete(w.o.away, key)
		if _, ok := w.o.promises[key]; !ok {
			continue
		}
		delete(w.o.promises, key)
		if w.r.IntN(2) == 0 {
			w.one(resident.Release{Key: key})
		} else {
			delete(w.o.alive, key)
			w.one(resident.Cancel{Key: key})
		}
	}
}

func sorted(set map[string]bool) (out []string) {
	for key := range set {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// book asks for offers, holds one, and mostly takes it before it lapses.
func (w *week) book() {
	var windows []routing.Window
	for d := range int64(w.days) {
		for k := range int64(5) {
			if open := d*day + (8+2*k)*hour; open > w.b.Now() {
				windows = append(windows, routing.Window{Open: open, Close: open + 2*hour})
			}
		}
	}
	ask := resident.Ask{Job: w.job(), Place: w.place(w.b, w.spot()), Windows: windows}
	ask.Job.Windows = nil
	offers, err := w.b.Offers(ask)
	if err != nil {
		w.t.Fatalf("Offers() = %v", err)
	}
	if len(offers) == 0 {
		return
	}
	o := offers[w.r.IntN(len(offers))]
	key, window := w.key(), windows[o.Window]
	hold := resident.Hold{Add: resident.Add{Key: key, Place: ask.Place, Job: ask.Job}, Window: window, Until: w.b.Now() + 300}
	if w.r.IntN(3) == 0 {
		hold.Technician = o.Technician
	}
	if !w.one(hold) {
		return
	}
	w.bookings++
	if v, ok := w.b.Visit(key); !ok || v.Start < window.Open || v.Start > window.Close {
		w.t.Fatalf("held %+v, but the visit is %+v", hold, v)
	}
	if w.r.IntN(5) == 0 {
		w.held = append(w.held, key)
		return
	}
	w.o.alive[key], w.o.promises[key] = true, promised{window, hold.Technician}
	w.one(resident.Promise{Key: key, Window: window, Technician: hold.Technician})
}

// pass lets time pass and technicians go on as planned; some customers are not in.
func (w *week) pass(seconds int64) {
	now := w.b.Now() + seconds
	for r, s := range w.b.Timetable() {
		t, k := w.b.Problem().Owner(r)
		who := w.b.Technician(t)
		for _, stop := range s.Stops {
			key := w.b.Job(stop.Job)
			at, ok := w.o.underway[who]
			if stop.Start > now || stop.Start < w.b.Now() && at != key || ok && at != key {
				break
			}
			if _, held := w.b.Held(key); held {
				break
			}
			if !ok {
				w.o.underway[who] = key
				w.one(resident.Arrive{Key: key, Technician: who, Shift: k, At: stop.Start})
				break
			}
			if late := int64(w.r.IntN(3)) * 300; stop.Done+late <= now || w.r.IntN(20) == 0 {
				delete(w.o.underway, who)
				delete(w.o.alive, key)
				delete(w.o.promises, key)
				w.one(resident.Finish{Technician: who, Shift: k, At: max(w.b.Shift(t, k).Open, min(stop.Done+late, now))})
			}
			break
		}
	}
	w.one(resident.Tick{Now: now})
	for _, key := range w.held {
		if _, ok := w.b.Held(key); !ok {
			w.held = nil
			break
		}
	}
}

// improve looks for better plans now and then, and lets something happen meanwhile.
func (w *week) improve() {
	better, err := w.b.Improve(context.Background(), resident.Focus{}, routing.Budget{Iterations: 200}, w.r)
	if err != nil {
		w.t.Fatalf("Improve() = %v", err)
	}
	before := w.b.Bill()
	if next, a, err := w.b.Adopt(better); err != nil {
		w.t.Fatalf("Adopt() = %v", err)
	} else {
		if was, is := before.Score(), a.After.Score(); was.Less(is) {
			w.t.Fatalf("the better plan is worse: %v, was %v", is, was)
		}
		w.take(next, a, "improve")
	}
	better, err = w.b.Improve(context.Background(), resident.Focus{}, routing.Budget{Iterations: 100}, w.r)
	if err != nil {
		w.t.Fatalf("Improve() = %v", err)
	}
	w.disturb()
	if next, a, err := w.b.Adopt(better); err == nil {
		w.take(next, a, "improve beside")
	} else if !errors.Is(err, resident.ErrStale) {
		w.t.Fatalf("Adopt() = %v", err)
	}
}

// TestWeeks plays weeks in territories of several sizes. Their long form is 10,000
// disturbances in each of three, of up to 160 technicians and 14 days.
func TestWeeks(t *testing.T) {
	t.Parallel()
	for i, size := range []struct{ days, technicians, jobs, short, long int }{{3, 8, 60, 400, 10_000}, {5, 60, 300, 60, 10_000}, {14, 160, 1000, 20, 10_000}} {
		t.Run(fmt.Sprintf("%d technicians", size.technicians), func(t *testing.T) {
			t.Parallel()
			w := newWeek(t, uint64(i), size.days, size.technicians, size.jobs)
			n := size.short
			if long() {
				n = size.long
			}
			for k := 0; w.happened < n; k++ {
				if w.b.Now() > int64(size.days-1)*day+16*hour {
					bookings, named, moved, happened := w.bookings, w.o.named, w.moved, w.happened
					w = newWeek(t, uint64(1000*i+k), size.days, size.technicians, size.jobs)
					w.bookings, w.o.named, w.moved, w.happened = bookings, named, moved, happened
				}
				if w.disturb(); k%25 == 24 {
					w.improve()
				}
			}
			t.Logf("%d disturbances, %d bookings, %d promises named as unkept (each counts until the customer is called), %d other jobs changed hands", w.happened, w.bookings, w.o.named, w.moved)
		})
	}
}

// TestBookings books and books, with disturbances between; its long form are 100,000.
func TestBookings(t *testing.T) {
	t.Parallel()
	n := 60
	if long() {
		n = 100_000
	}
	booked, named := 0, 0
	for seed := uint64(100); booked < n; seed++ {
		w := newWeek(t, seed, 5, 40, 80)
		for w.bookings < 500 && booked+w.bookings < n && w.b.Now() < 4*day {
			w.book()
			if w.r.IntN(4) == 0 {
				w.disturb()
			}
		}
		booked, named = booked+w.bookings, named+w.o.named
	}
	t.Logf("%d bookings, %d promises named as unkept", booked, named)
}
