package learn_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/dispatch/learn"
)

func TestFinishByHand(t *testing.T) {
	t.Parallel()
	good, bad, new := id.Technician{1}, id.Technician{2}, id.Technician{3}
	f := learn.FinishOf([]learn.Outcomes{{Technician: bad, Done: 60, Failed: 40}, {Technician: good, Done: 100}})
	// The node: (160 + 18) / 220. Who fails in 40 of 100: (60 + 20·0.809) / 120. Who never fails: (100 + 16.18) / 120.
	if f.Here != (learn.Share{Permille: 809, Visits: 200}) || f.Again(bad) != 1000-635 || f.Again(good) != 1000-968 || f.Again(new) != 191 {
		t.Errorf("learnt %+v; again %d, %d, %d", f, f.Again(bad), f.Again(good), f.Again(new))
	}
	var nothing learn.Finish
	if nothing.Again(good) != 0 {
		t.Errorf("nothing is known, and %d in 1,000 come again", nothing.Again(good))
	}
}

// A share lies among what it is made of; one more visit moves it in its own direction, by at
// most one in so many as it leans on, and as much again through the node; who has done as the node has stays as the node.
func TestFinish(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := make([]learn.Outcomes, rapid.IntRange(1, 6).Draw(t, "people"))
		for i := range list {
			list[i] = learn.Outcomes{Technician: id.Technician{byte(i + 1)}, Done: rapid.Int64Range(0, 300).Draw(t, "done"), Failed: rapid.Int64Range(0, 300).Draw(t, "failed")}
		}
		f := learn.FinishOf(list)
		who := rapid.IntRange(0, len(list)-1).Draw(t, "who")
		was := f.Again(list[who].Technician)
		for i := range list {
			if a := f.Again(list[i].Technician); a < 0 || a > 1000 {
				t.Fatalf("%d in 1,000 come again", a)
			}
			if list[i].Done+list[i].Failed == 0 && f.Again(list[i].Technician) != 1000-f.Here.Permille {
				t.Fatalf("nobody has seen %v, and yet they are not as the node", list[i])
			}
		}
		list[who].Failed++
		if is := learn.FinishOf(list); is.Again(list[who].Technician) < was || is.Again(list[who].Technician) > was+2*1000/20+1 {
			t.Fatalf("one failure more takes %d to %d", was, is.Again(list[who].Technician))
		}
	})
}
