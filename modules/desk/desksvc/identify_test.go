package desksvc_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/outbox"
)

// send asks as somebody with a role and returns the status and the problem's code.
func (k *kit) send(t testing.TB, role access.Role, method, path, body, ifMatch string) (int, string) {
	t.Helper()
	k.caller = access.Caller{Tenant: dbtest.Tenant, User: id.User{1}, Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: access.Tenant}}}}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	w := httptest.NewRecorder()
	k.api.ServeHTTP(w, r)
	var problem struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(w.Body.Bytes(), &problem)
	return w.Code, problem.Type[strings.LastIndex(problem.Type, "/")+1:]
}

// A case that came with a serial that nobody knows gets its unit: the page, the
// queue and the others hear it, once.
func TestIdentify(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var heard []desk.UnitIdentified
		outbox.On(k.bus, "test.identified", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e desk.UnitIdentified) error {
			heard = append(heard, e)
			return nil
		})
		c := k.take(t, func(in *desk.Intake) { in.Serial = "SN9" })
		for _, tt := range []struct {
			name, body, ifMatch string
			status              int
			code                string
		}{
			{"nothing", `{}`, "", 422, "desk.unit_unknown"},
			{"unknown serial", `{"serial":"SN8"}`, "", 422, "desk.unit_unknown"},
			{"unknown unit", `{"unit":"` + id.New[id.UnitKind]().String() + `"}`, "", 422, "desk.unit_unknown"},
			{"both", `{"serial":"SN1","unit":"` + known.String() + `"}`, "", 422, "desk.unit_unknown"},
			{"another brand's", `{"unit":"` + foreign.String() + `"}`, "", 409, "desk.unit_brand"},
			{"stale", `{"serial":"SN1"}`, `"7"`, 412, httpapi.ErrStale.Code},
			{"right", `{"serial":"SN1"}`, `"1"`, 200, ""},
			{"again", `{"unit":"` + known.String() + `"}`, "", 200, ""},
		} {
			if status, code := k.send(t, access.Agent, http.MethodPut, "/v1/cases/"+c.String()+"/unit", tt.body, tt.ifMatch); status != tt.status || code != tt.code {
				t.Errorf("%s = %d %q, want %d %q", tt.name, status, code, tt.status, tt.code)
			}
		}
		k.publish(t)
		if len(heard) != 1 || heard[0] != (desk.UnitIdentified{Case: c, Unit: known, Model: model}) {
			t.Errorf("others heard %+v", heard)
		}
		if b := k.is(t, c); b.Unit != known || b.Model != model || b.State != desk.New {
			t.Errorf("the case is %+v", b)
		}
		if v, err := k.View(system(t), c); err != nil || v.Serial != "SN1" {
			t.Errorf("shown with serial %q, %v", v.Serial, err)
		}
		if p := k.queue(t, "", access.Agent, access.Tenant, id.Raw{}); len(p.Items) != 1 || p.Items[0].Serial != "SN1" {
			t.Errorf("the queue shows %+v", p.Items)
		}
	})
}

// A case that has ended keeps its unit, and whoever may not change a case does
// not learn through it which serials exist.
func TestIdentifyNot(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.take(t, func(in *desk.Intake) { in.Serial = "" })
		path := "/v1/cases/" + c.String()
		for _, serial := range []string{"SN1", "SN9"} {
			if status, _ := k.send(t, access.Auditor, http.MethodPut, path+"/unit", `{"serial":"`+serial+`"}`, ""); status != 404 {
				t.Errorf("an auditor names %s: %d", serial, status)
			}
		}
		if status, code := k.send(t, access.Agent, http.MethodPost, path+"/cancel", "", ""); status != 200 {
			t.Fatalf("cancel = %d %q", status, code)
		}
		if status, code := k.send(t, access.Agent, http.MethodPut, path+"/unit", `{"serial":"SN1"}`, ""); status != 409 || code != "desk.case_over" {
			t.Errorf("of a cancelled case = %d %q", status, code)
		}
		if b := k.is(t, c); !b.Unit.IsZero() {
			t.Errorf("the case is about %s", b.Unit)
		}
	})
}
