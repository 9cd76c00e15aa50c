package settlementsvc_test

import (
	"encoding/csv"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// table asks for a table and reads it.
func (e everything) table(t testing.TB, path string) [][]string {
	t.Helper()
	w := httptest.NewRecorder()
	e.api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	if kind := w.Header().Get("Content-Type"); w.Code != 200 || kind != "text/csv; charset=utf-8" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename=statement") {
		t.Fatalf("GET %s = %d %v", path, w.Code, w.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// column returns what stands under a head.
func column(t testing.TB, rows [][]string, head string) (out []string) {
	t.Helper()
	i := slices.Index(rows[0], head)
	if i < 0 {
		t.Fatalf("no column %s in %v", head, rows[0])
	}
	for _, row := range rows[1:] {
		out = append(out, row[i])
	}
	return out
}

// twoMonths is work of a partner in two months: four statements, of which the
// brand's first has been sent.
func (k *kit) twoMonths(t testing.TB, e everything) {
	t.Helper()
	for party, minute := range map[settlement.Party]int64{settlement.ToBrand: 120, settlement.ToPartner: 80} {
		if err := k.card(t, party, minute); err != nil {
			t.Fatal(err)
		}
	}
	k.publish(t, completed(dbtest.Now, shop, remedy.Need{Part: board, Quantity: 2}), completed(dbtest.Now.AddDate(0, 1, 0), shop))
	k.clock.To(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	if err := k.CloseDue(t.Context(), dbtest.Tenant); err != nil {
		t.Fatal(err)
	}
	list, err := k.Newest(system(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Items {
		if s.Party == settlement.ToBrand && s.State == settlement.Closed {
			if status, got := e.send(t, "POST", "/v1/statements/"+s.ID.String()+"/send", ""); status != 200 {
				t.Fatal(got)
			}
		}
	}
}

// A list is narrowed by each of its questions and by all of them together, and
// the table holds what the list shows.
func TestNarrowed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		k.twoMonths(t, e)
		for query, want := range map[string][]string{
			"":                                       {"brand 2026-11-01 sent", "brand 2026-12-01 open", "partner 2026-11-01 closed", "partner 2026-12-01 open"},
			"state=open":                             {"brand 2026-12-01 open", "partner 2026-12-01 open"},
			"state=sent&state=closed":                {"brand 2026-11-01 sent", "partner 2026-11-01 closed"},
			"party=partner":                          {"partner 2026-11-01 closed", "partner 2026-12-01 open"},
			"brand=" + nordwind.String():             {"brand 2026-11-01 sent", "brand 2026-12-01 open"},
			"partner=" + outlet.String():             {"partner 2026-11-01 closed", "partner 2026-12-01 open"},
			"from_on=2026-12-01":                     {"brand 2026-12-01 open", "partner 2026-12-01 open"},
			"until_on=2026-12-01":                    {"brand 2026-11-01 sent", "partner 2026-11-01 closed"},
			"from_on=2026-11-02&until_on=2026-12-31": nil,
			"state=open&party=brand&from_on=2026-11-01&until_on=2027-01-01": {"brand 2026-12-01 open"},
		} {
			_, list := e.send(t, "GET", "/v1/statements?"+query, "")
			var got, ids []string
			for _, v := range list["items"].([]any) {
				s := v.(map[string]any)
				got = append(got, s["party"].(string)+" "+s["from_on"].(string)+" "+s["state"].(string))
				ids = append(ids, s["id"].(string))
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", query, diff)
			}
			if rows := e.table(t, "/v1/statements.csv?"+query); !slices.Equal(column(t, rows, "statement"), ids) {
				t.Errorf("%q: the table has %v, the list %v", query, rows, ids)
			}
		}
		for _, query := range []string{"state=gone", "party=both", "brand=x", "from_on=2026-13-01", "limit=1", "x=1"} {
			if status, got := e.send(t, "GET", "/v1/statements.csv?"+query, ""); status != 422 && status != 400 {
				t.Errorf("%q = %d %v", query, status, got)
			}
		}
	})
}

// The tables keep their heads, count money in its major unit, and what a partner
// calls itself is no formula.
func TestTables(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		k.twoMonths(t, e)
		rows := e.table(t, "/v1/statements.csv?party=partner&until_on=2026-12-01")
		want := "statement state party with from_on until_on lines currency total paid remaining changed_at"
		if got := strings.Join(rows[0], " "); got != want {
			t.Errorf("the head is %s", got)
		}
		// An hour at 0.80 and coming at 35, two boards at 89.
		if diff := cmp.Diff([]string{"closed", "partner", "'" + formula, "2026-11-01", "2026-12-01", "4", "EUR", "276.00", "0.00", "276.00", "2026-12-01T06:00:00Z"}, rows[1][1:]); diff != "" {
			t.Errorf("the row (-want +got):\n%s", diff)
		}

		lines := e.table(t, "/v1/statements/"+url.PathEscape(rows[1][0])+"/lines.csv")
		want = "charge at case_reference case work_order kind part_number quantity unit each amount currency payer rule rate_card rate_card_version reverses"
		if got := strings.Join(lines[0], " "); got != want {
			t.Errorf("the head of the lines is %s", got)
		}
		if got := column(t, lines, "part_number"); !slices.Contains(got, "B-100") || len(got) != 4 {
			t.Errorf("the parts are %q", got)
		}
		if got := column(t, lines, "amount"); !slices.Contains(got, "178.00") || !slices.Contains(got, "48.00") {
			t.Errorf("the amounts are %v", got)
		}
		for i, reference := range column(t, lines, "case_reference") {
			if c := column(t, lines, "case")[i]; reference != "REF-"+c[len(c)-4:] {
				t.Errorf("%s is called %s", c, reference)
			}
		}
		_, shown := e.send(t, "GET", "/v1/statements/"+rows[1][0]+"/lines", "")
		for i, v := range shown["items"].([]any) {
			if m := v.(map[string]any); m["case_reference"] != column(t, lines, "case_reference")[i] {
				t.Errorf("the list calls the case %v", m["case_reference"])
			}
		}
		if status, _ := e.send(t, "GET", "/v1/statements/stm_00000000000000000000000000/lines.csv", ""); status != 404 {
			t.Errorf("a statement that is not there = %d", status)
		}
	})
}

// A table longer than one reading of it has every row once.
func TestLongTable(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := routes(t, k)
		if err := k.card(t, settlement.ToBrand, 120); err != nil {
			t.Fatal(err)
		}
		var done []outbox.Event
		for range 260 { // of two lines each
			done = append(done, completed(dbtest.Now, own))
		}
		k.publish(t, done...)
		list, err := k.Newest(system(t))
		if err != nil || len(list.Items) != 1 {
			t.Fatal(list, err)
		}
		ids := column(t, e.table(t, "/v1/statements/"+list.Items[0].ID.String()+"/lines.csv"), "charge")
		slices.Sort(ids)
		if int64(len(ids)) != list.Items[0].Lines || len(slices.Compact(ids)) != len(ids) || len(ids) <= 500 {
			t.Errorf("the table has %d lines, the statement %d", len(ids), list.Items[0].Lines)
		}
	})
}
