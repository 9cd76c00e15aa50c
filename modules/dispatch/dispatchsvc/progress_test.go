package dispatchsvc_test

import (
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/db/dbtest"
)

// How far a plan has come can be asked while it is worked out, by its name, on its
// board alone; afterwards, and without a name, nothing runs.
func TestPlanProgress(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.hire(t, "")
		path := "/v1/board/" + berlin.String() + "/plan"
		at := func(node id.Node, name string) (bool, float64) {
			out := k.want(t, 200, "GET", "/v1/board/"+node.String()+"/plan/"+name, "")
			return out["running"].(bool), out["permille"].(float64)
		}
		report, done := k.Heed(dbtest.Tenant, berlin, "by-a-person")
		if on, permille := at(berlin, "by-a-person"); !on || permille != 0 {
			t.Errorf("a search that has just begun: %v, %v", on, permille)
		}
		for share, want := range map[float64]float64{0.25: 250, 1: 1000, 1.5: 1000, -1: 0} {
			if report(share, 64); func() float64 { _, p := at(berlin, "by-a-person"); return p }() != want {
				t.Errorf("a share of %v is not told as %v", share, want)
			}
		}
		if on, _ := at(berlin, "by-another"); on {
			t.Error("a name that nobody chose runs")
		}
		if second, _ := k.Heed(dbtest.Tenant, berlin, "by-a-person"); second != nil {
			t.Error("two searches have one name")
		}
		if on, _ := at(berlin, "by-a-person"); !on {
			t.Error("a second search with its name ended the first")
		}
		done()
		if on, _ := at(berlin, "by-a-person"); on {
			t.Error("a search that has ended runs")
		}
		k.visit(t, 1, 60, near(2))
		k.want(t, 200, "POST", path, `{"try":true,"iterations":200,"watch":"by-a-person"}`)
		if on, _ := at(berlin, "by-a-person"); on {
			t.Error("a plan that was answered runs")
		}
		k.want(t, 422, "POST", path, `{"try":true,"watch":"a b and more"}`)
	})
}
