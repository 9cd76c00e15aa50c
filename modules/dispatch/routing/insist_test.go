package routing_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// What is left counts what is said that it does, after any step and its undo, and no job less than
// by itself or more than it may.
func TestInsistence(t *testing.T) {
	t.Parallel()
	raised := 0
	rapid.Check(t, func(t *rapid.T) {
		_, p, r := drawProblem(t, 25)
		s := routing.NewProbe(p, p.Empty(), r)
		for range 60 {
			s.Step()
			if r.IntN(2) == 0 {
				s.Revert()
			}
			s.Insist(r.IntN(4) > 0)
			if kept, sum := s.Strain(); kept != sum {
				t.Fatalf("strain %d, adds up to %d", kept, sum)
			}
			for j := range p.Jobs() {
				own, now, most := s.Strains(j)
				if now < own || now > max(own, most) {
					t.Fatalf("job %d counts %d, by itself %d", j, now, own)
				}
				raised += b2i(now > own)
			}
		}
		for range 200 {
			s.Insist(false)
		}
		for j := range p.Jobs() {
			if own, now, _ := s.Strains(j); now != own {
				t.Fatalf("job %d counts %d for good, by itself %d", j, now, own)
			}
		}
	})
	if raised == 0 {
		t.Error("no job ever counted more than by itself")
	}
}

// A long visit that is left comes in for short ones that are worth a little more together,
// when it has been left for long, and not before.
func TestInsistenceCrossesHills(t *testing.T) {
	t.Parallel()
	job := func(worth, hours int64) routing.Job {
		return routing.Job{Service: hours * 3600, Worth: worth, Windows: []routing.Window{{Close: 4 * 3600}}}
	}
	p, err := routing.New(routing.Spec{
		ByWorth: true,
		Travel:  routing.Matrix(1, func(int, int) (int32, int32) { return 0, 0 }),
		Jobs:    []routing.Job{job(30, 4), job(11, 1), job(11, 1), job(11, 1)},
		Technicians: []routing.Technician{{
			Rates: routing.Rates{Kilometre: 1}, Shifts: []routing.Shift{{Close: 4 * 3600}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	short, long := routing.Plan{Routes: [][]int{{1, 2, 3}}}, routing.Plan{Routes: [][]int{{0}}}
	if routing.NewProbe(p, short, nil).Prefers(long) {
		t.Error("33 were given up for 30 at once")
	}
	s := routing.NewProbe(p, short, nil)
	s.Insist(true)
	if !s.Prefers(long) {
		t.Error("33 were never given up for 30")
	}
	s = routing.NewProbe(p, long, nil)
	if !s.Prefers(short) {
		t.Error("30 were not given up for 33")
	}
}
