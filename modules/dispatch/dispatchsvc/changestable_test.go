package dispatchsvc_test

import (
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// table downloads a table as rows by the names of their columns; nil where it is refused.
func (k *kit) table(t *testing.T, path string) (rows []map[string]string, name string, status int) {
	t.Helper()
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	if w.Code != 200 {
		return nil, "", w.Code
	}
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows, w.Header().Get("Content-Disposition"), w.Code
}

// told are the same changes in the words of the table, from what the API tells.
func told(v map[string]any, name map[string]string) (out []map[string]string) {
	text := func(of map[string]any, member string) string {
		s, _ := of[member].(string)
		return s
	}
	for _, c := range list(v, "items") {
		was, _ := c["was"].(map[string]any)
		is := c["is"].(map[string]any)
		for n, s := range list(c, "steps") {
			row := map[string]string{"case_reference": text(c, "reference"), "state": text(is, "state"), "step": fmt.Sprint(n + 1), "step_at": text(s, "at"), "step_change": text(s, "change")}
			for _, member := range []string{"case", "work_order", "appointment", "change"} {
				row[member] = text(c, member)
			}
			for _, member := range []string{"reason", "by", "user"} {
				row[member] = text(s, member)
			}
			for prefix, seat := range map[string]map[string]any{"was_": was, "is_": is, "step_": s} {
				who := text(seat, "technician")
				row[prefix+"technician"], row[prefix+"technician_name"] = who, name[who]
				row[prefix+"start_at"], row[prefix+"end_at"] = text(seat, "start_at"), text(seat, "end_at")
			}
			out = append(out, row)
		}
	}
	return out
}

// The table of what has changed tells what the API tells, to the same people; names only to
// who may know them, also of who has left meanwhile, and never those of other nodes' people.
func TestChangesTable(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		west, east, gone := k.hire(t, ""), k.hire(t, ""), k.hire(t, "")
		visits := map[byte]string{}
		for n, who := range map[byte]id.Technician{1: west, 2: west, 3: gone} {
			_, out := k.book(t, k.visit(t, n, 30, near(float64(n))), who, tuesday(6+2*int(n)))
			visits[n] = out["id"].(string)
		}
		k.at(t, time.Hour)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[1]+"/reschedule", fmt.Sprintf(`{"start_at":%q,"technician":%q}`, stamp(tuesday(14)), east))
		k.want(t, 200, "POST", "/v1/appointments/"+visits[2]+"/dispatch", `{}`)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[2]+"/decline", `{"reason":"ill"}`)
		k.want(t, 200, "POST", "/v1/appointments/"+visits[3]+"/cancel", `{"reason":"customer_wish"}`)
		k.settle(t)
		k.want(t, 200, "PATCH", "/v1/technicians/"+gone.String(), `{"standing":"left"}`)
		k.book(t, id.WorkOrder{0: 9, 15: 2}, east, tuesday(10))

		query := "?since=" + url.QueryEscape(dbtest.Now.Add(30*time.Minute).Format(time.RFC3339))
		path := "/v1/board/" + berlin.String() + "/changes"
		names := map[string]string{west.String(): "Jo Vogel", east.String(): "Jo Vogel", gone.String(): "Jo Vogel"}
		want := told(k.want(t, 200, "GET", path+query, ""), names)
		rows, file, _ := k.table(t, path+".csv"+query)
		if diff := cmp.Diff(want, rows); diff != "" || len(rows) != 4 {
			t.Errorf("%d rows (-told +table): %s", len(rows), diff)
		}
		if !strings.Contains(file, `changes-since-20261123T0930Z.csv`) {
			t.Errorf("called %s", file)
		}
		k.as(access.Planner, access.Node, berlin.Raw())
		if rows, _, _ = k.table(t, path+".csv"+query); cmp.Diff(told(k.want(t, 200, "GET", path+query, ""), nil), rows) != "" {
			t.Errorf("a planner, who may not know names: %v", rows)
		}
		if _, _, status := k.table(t, path+".csv?since=1999-12-31T00:00:00Z"); status != 400 && status != 422 {
			t.Errorf("too long ago is answered with %d", status)
		}
		k.as(access.Dispatcher, access.Node, potsdam.Raw())
		if _, _, status := k.table(t, path+".csv"+query); status != 404 {
			t.Errorf("another node's dispatcher: %d", status)
		}
	})
}
