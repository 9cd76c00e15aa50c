package routing_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TestAsk holds the answers about jobs that are not in the problem, at sites that it
// knows and at others, against Offers for the problem with the job; and every other
// answer of the problem against that of one that nobody has asked.
func TestAsk(t *testing.T) {
	t.Parallel()
	beside := 0
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.links = rapid.Bool().Draw(t, "links")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		technicians := rapid.IntRange(1, 4).Draw(t, "technicians")
		spec := generate(r, rapid.IntRange(2, 20).Draw(t, "jobs"), technicians, f)
		p, err := routing.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		room := p.Revise()
		if rapid.Bool().Draw(t, "room") {
			room.Reserve(8)
		}
		if p, err = room.Seal(); err != nil {
			t.Fatal(err)
		}
		view := routing.NewView(p, routing.Improve(p, 30, 1))
		for range 3 {
			q := aQuestion(r, p, technicians, f)
			got, err := view.Ask(q)
			want, wantErr := seal(view, q)
			if !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 || (err == nil) != (wantErr == nil) {
				t.Fatalf("Ask(%+v) = %+v, %v; want %+v, %v", q, got, err, want, wantErr)
			}
			if routing.AskedBeside(view, q) {
				beside++
			}
		}
		same, err := routing.New(p.Spec())
		if err != nil {
			t.Fatal(err)
		}
		sameAnswers(t, p, same)
	})
	if beside == 0 {
		t.Error("every question took a revision")
	}
}

func aQuestion(r *rand.Rand, p *routing.Problem, technicians int, f features) routing.Question {
	sites := p.Revise().Sites()
	q := routing.Question{Job: aJob(r, r.IntN(sites), technicians, f)}
	for k := range int64(8) {
		open := k%4*150 + k/4*1000
		q.Windows = append(q.Windows, routing.Window{Open: open, Close: open + int64(r.IntN(140))})
	}
	if r.IntN(3) > 0 {
		q.To, q.From = make([]routing.Leg, sites), make([]routing.Leg, sites)
		for i := range sites {
			q.To[i], q.From[i] = routing.Leg{Seconds: r.Int32N(90), Metres: r.Int32N(300)}, routing.Leg{Seconds: r.Int32N(90) - 2, Metres: r.Int32N(300)}
		}
	}
	switch r.IntN(40) {
	case 0:
		q.Job.Priority = 9
	case 1:
		q.Job.Price = 1 << 60
	case 2:
		q.To = append(q.To, routing.Leg{})
	}
	return q
}

// seal asks by way of a revision.
func seal(v *routing.View, q routing.Question) ([]routing.Offer, error) {
	rev := v.Problem().Revise()
	q.Job.Windows = nil
	if q.To != nil {
		q.Job.Site = rev.AddSite(q.To, q.From)
	}
	j := rev.AddJob(q.Job)
	p, err := rev.Seal()
	if err != nil {
		return nil, err
	}
	return v.Offers(p, j, q.Windows), nil
}

// TestAskTogether asks one view from many sides while others revise its problem; the
// race detector listens.
func TestAskTogether(t *testing.T) {
	t.Parallel()
	f := features{windows: true, skills: true, due: true, breaks: true, loads: true, takes: true, people: true}
	p, err := routing.New(generate(rand.New(rand.NewPCG(2, 2)), 60, 10, f))
	if err != nil {
		t.Fatal(err)
	}
	room := p.Revise()
	room.Reserve(500)
	if p, err = room.Seal(); err != nil {
		t.Fatal(err)
	}
	view := routing.NewView(p, routing.Improve(p, 50, 1))
	questions, want := make([]routing.Question, 12), make([][]routing.Offer, 12)
	r := rand.New(rand.NewPCG(4, 2))
	for i := range questions {
		for want[i] == nil {
			questions[i] = aQuestion(r, p, 10, f)
			want[i], _ = seal(view, questions[i])
		}
	}
	var wait sync.WaitGroup
	for g := range 6 {
		wait.Go(func() {
			for k := range 40 {
				i := (g + k) % len(questions)
				if g == 0 {
					if got, err := seal(view, questions[i]); err != nil || !reflect.DeepEqual(got, want[i]) {
						t.Errorf("sealed: %+v, %v; want %+v", got, err, want[i])
					}
				} else if got, err := view.Ask(questions[i]); err != nil || !reflect.DeepEqual(got, want[i]) {
					t.Errorf("Ask() = %+v, %v; want %+v", got, err, want[i])
				}
			}
		})
	}
	wait.Wait()
}

func TestAskRefuses(t *testing.T) {
	t.Parallel()
	p, err := routing.New(line([]int{10, 20}, 0))
	if err != nil {
		t.Fatal(err)
	}
	view := routing.NewView(p, p.Empty())
	for name, q := range map[string]routing.Question{
		"priority": {Job: routing.Job{Priority: 9}},
		"site":     {Job: routing.Job{Site: 99}},
		"people":   {Job: routing.Job{Required: []int{5}}},
		"ways":     {To: []routing.Leg{{}}, From: []routing.Leg{{}}},
		"too far":  {To: []routing.Leg{{Seconds: 1 << 29}, {}, {}}, From: []routing.Leg{{}, {}, {}}},
	} {
		if got, err := view.Ask(q); !errors.Is(err, routing.ErrSpec) {
			t.Errorf("%s: Ask() = %v, %v, want ErrSpec", name, got, err)
		}
	}
}
