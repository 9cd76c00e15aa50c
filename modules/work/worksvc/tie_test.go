package worksvc_test

import (
	"errors"
	"testing"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// beside asks for another visit, and returns its work order.
func (k *kit) beside(t *testing.T, to id.WorkOrder, body map[string]any) (id.WorkOrder, error) {
	t.Helper()
	n := len(k.ready)
	err := call(t, as(t, access.Dispatcher, access.Node, id.Node{1}.Raw()), k.Add, to, body)
	k.publish(t)
	if err != nil {
		return id.WorkOrder{}, err
	}
	if len(k.ready) != n+1 {
		t.Fatalf("ready %+v", k.ready[n:])
	}
	return k.ready[n].WorkOrder, nil
}

func TestAdd(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		base := k.plan(t, remedy.OnSite)
		second, err := k.beside(t, base, map[string]any{"how": "with", "minutes": 45, "skills": []any{map[string]any{"skill": "lift", "level": 2}}})
		if err != nil {
			t.Fatal(err)
		}
		e := k.ready[len(k.ready)-1]
		if e.Tie == nil || *e.Tie != (work.Tie{To: base, How: work.Together}) || e.Minutes != 45 || e.Case != theCase || e.Kind != work.Visit || e.Skills[0].Skill != "lift" || e.Again {
			t.Errorf("told %+v", e)
		}
		last, err := k.beside(t, second, map[string]any{"how": "after", "minutes": 30, "least_minutes": 1440})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			to   id.WorkOrder
			body map[string]any
			want error
		}{
			{base, map[string]any{"how": "before", "minutes": 30}, work.ErrTie},
			{base, map[string]any{"how": "after", "minutes": 30, "most_minutes": 30}, work.ErrTie},
			{base, map[string]any{"how": "with", "minutes": 30, "parts": []any{map[string]any{"part": board, "quantity": 0}}}, work.ErrTie},
			{base, map[string]any{"how": "with", "minutes": 30, "skills": []any{map[string]any{"skill": "", "level": 1}}}, work.ErrTie},
			{id.WorkOrder{15: 77}, map[string]any{"how": "with", "minutes": 30}, work.ErrNotFound},
			{k.plan(t, remedy.Swap), map[string]any{"how": "after", "minutes": 30}, work.ErrUntied},
		} {
			if _, err := k.beside(t, tt.to, tt.body); !errors.Is(err, tt.want) {
				t.Errorf("%v: %v, want %v", tt.body, err, tt.want)
			}
		}
		for n := 3; n < work.MostTied; n++ {
			if _, err := k.beside(t, last, map[string]any{"how": "after", "minutes": 30}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := k.beside(t, base, map[string]any{"how": "after", "minutes": 30}); fault.Of(err).Code != work.ErrTie.Code || fault.Of(err).Fields[0].Code != "too_many" {
			t.Errorf("one too many: %v", err)
		}
	})
}

// Nobody joins a visit that has begun; what follows may still be asked for until it is over.
func TestAddLate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		base := k.plan(t, remedy.OnSite)
		k.publish(t, dispatch.AppointmentMoved{Case: theCase, WorkOrder: base, To: dispatch.OnSite})
		if _, err := k.beside(t, base, map[string]any{"how": "with", "minutes": 30}); !errors.Is(err, work.ErrUntied) {
			t.Errorf("joined: %v", err)
		}
		after, err := k.beside(t, base, map[string]any{"how": "after", "minutes": 30})
		if err != nil {
			t.Fatal(err)
		}
		k.publish(t, k.recorded(base, work.Fixed))
		if k.done[0].More != 1 {
			t.Errorf("the first of two is done: %+v", k.done[0])
		}
		if _, err := k.beside(t, base, map[string]any{"how": "after", "minutes": 30}); !errors.Is(err, work.ErrUntied) {
			t.Errorf("followed what is over: %v", err)
		}
		k.publish(t, k.recorded(after, work.WorkFinished))
		if k.done[1].WorkOrder != after || k.done[1].More != 0 {
			t.Errorf("the last is done: %+v", k.done[1])
		}
	})
}

// Who is not needed any more is given up with what depends on it; the plan's own work
// ends with the plan, and takes all along that nobody is at.
func TestDrop(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := as(t, access.Dispatcher, access.Node, id.Node{1}.Raw())
		base := k.plan(t, remedy.OnSite)
		add := func(to id.WorkOrder, how string) id.WorkOrder {
			wo, err := k.beside(t, to, map[string]any{"how": how, "minutes": 30})
			if err != nil {
				t.Fatal(err)
			}
			return wo
		}
		second, third := add(base, "with"), add(base, "after")
		fourth := add(third, "after")
		if _, err := k.Drop(ctx, base); !errors.Is(err, work.ErrByPlan) {
			t.Errorf("dropped the plan's work: %v", err)
		}
		if _, err := k.Drop(ctx, third); err != nil {
			t.Fatal(err)
		}
		for wo, want := range map[id.WorkOrder]work.State{base: work.Ready, second: work.Ready, third: work.Cancelled, fourth: work.Cancelled} {
			if got := k.state(t, wo); got != want {
				t.Errorf("after the third was dropped %s is %s, want %s", wo, got, want)
			}
		}
		if _, err := k.Drop(ctx, third); !errors.Is(err, work.ErrTransition) {
			t.Errorf("dropped twice: %v", err)
		}
		fifth := add(base, "after")
		k.publish(t, dispatch.AppointmentMoved{Case: theCase, WorkOrder: second, To: dispatch.OnSite})
		k.publish(t, remedy.PlanSuperseded{Case: theCase, Plan: id.FixPlan(base), Reason: remedy.AfterDecision, At: dbtest.Now})
		for wo, want := range map[id.WorkOrder]work.State{base: work.Cancelled, second: work.InProgress, fifth: work.Cancelled} {
			if got := k.state(t, wo); got != want {
				t.Errorf("after the plan gave way %s is %s, want %s", wo, got, want)
			}
		}
	})
}

// Outcomes after which nothing is left to be done give up what was to follow; others do not.
func TestOutcomesUntie(t *testing.T) {
	for _, o := range []work.Outcome{work.Fixed, work.NotFixed, work.EndOfLife, work.CustomerNo, work.NotPresent, work.PartMissing} {
		t.Run(string(o), func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				base := k.plan(t, remedy.OnSite)
				after, err := k.beside(t, base, map[string]any{"how": "after", "minutes": 30})
				if err != nil {
					t.Fatal(err)
				}
				k.publish(t, k.recorded(base, o))
				want := work.Ready
				if o.Unties() {
					want = work.Cancelled
				}
				if got := k.state(t, after); got != want {
					t.Errorf("what comes after is %s, want %s", got, want)
				}
				if len(k.done) > 0 && (k.done[0].More == 1) == o.Unties() {
					t.Errorf("told %+v", k.done[0])
				}
			})
		})
	}
}

// A case that is given up takes all of them along.
func TestTiedEndWithTheCase(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		base := k.plan(t, remedy.OnSite)
		second, err := k.beside(t, base, map[string]any{"how": "with", "minutes": 30})
		if err != nil {
			t.Fatal(err)
		}
		k.publish(t, desk.CaseMoved{Case: theCase, From: desk.Open, To: desk.Cancelled})
		if a, b := k.state(t, base), k.state(t, second); a != work.Cancelled || b != work.Cancelled {
			t.Errorf("they are %s and %s", a, b)
		}
	})
}
