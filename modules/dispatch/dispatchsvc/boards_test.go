package dispatchsvc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/dispatch/dispatchsvc"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

// boards says which nodes have how many visits for somebody, in their order.
func (k *kit) boards(t *testing.T) (out []string) {
	t.Helper()
	for _, v := range k.want(t, 200, "GET", "/v1/board", "")["items"].([]any) {
		d := v.(map[string]any)
		out = append(out, fmt.Sprint(d["node"], " ", d["waiting"]))
	}
	return out
}

// The node with the most visits that nobody has comes first; what is promised
// and what waits itself is not counted, and everybody sees their own nodes.
func TestBoards(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		tech := k.hire(t, "")
		for n := byte(1); n <= 5; n++ {
			k.visit(t, n, 60, near(float64(n)))
		}
		for n := byte(1); n <= 2; n++ { // two of Berlin's cases go to Potsdam
			k.publish(t, desk.CaseAssigned{Case: id.Case{0: 8, 15: n}, Node: potsdam})
		}
		expect := func(when string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, k.boards(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		expect("at first", berlin.String()+" 3", potsdam.String()+" 2")
		k.want(t, 201, "POST", "/v1/work-orders/"+id.WorkOrder{0: 9, 15: 3}.String()+"/offers", "")
		expect("while slots are offered", berlin.String()+" 3", potsdam.String()+" 2")
		for n := byte(3); n <= 4; n++ {
			if status, out := k.book(t, id.WorkOrder{0: 9, 15: n}, tech, tuesday(8+2*int(n-3))); status != 201 {
				t.Fatal(out)
			}
		}
		expect("when two are booked", potsdam.String()+" 2", berlin.String()+" 1")
		k.publish(t, work.OrderMoved{WorkOrder: id.WorkOrder{0: 9, 15: 5}, Case: id.Case{0: 8, 15: 5}, Kind: work.Visit, From: work.Ready, To: work.Waiting})
		expect("when one waits for a part", potsdam.String()+" 2")

		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		expect("for Potsdam's dispatcher", potsdam.String()+" 2")
		k.as(access.Dispatcher, access.Node, berlin.Raw())
		expect("for Berlin's dispatcher")
		k.as(access.Technician, access.Self, tech.Raw())
		k.want(t, 404, "GET", "/v1/board", "")
	})
}

// The question finds its index, so that it does not read all that ever was.
func TestBoardsByIndex(t *testing.T) {
	t.Parallel()
	h := dbtest.SQLite(t, schemas...)
	k := newKit(t, h)
	err := k.db.Read(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Rows(ctx, `EXPLAIN QUERY PLAN `+dispatchsvc.CountOpen+` 1=1 GROUP BY node_id`, tx.Tenant(), dispatch.Offered)
		plan, err := db.Collect(rows, err, func(scan func(...any) error) (string, error) {
			var a, b, c int64
			var text string
			return text, scan(&a, &b, &c, &text)
		})
		if all := strings.Join(plan, "; "); !strings.Contains(all, "dispatch_job_open") {
			t.Errorf("the plan is %s", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
