package catalogsvc_test

import (
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		k.caller.Grants = append(grant(access.Admin, access.Tenant, id.Raw{}), grant(access.Agent, access.Tenant, id.Raw{})...)
		line := k.call(t, 201, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"ac","names":{"en":"AC","zh-CN":"空调"}}`)
		lineID := line["id"].(string)
		k.call(t, 422, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"ac","names":{}}`)
		model := k.call(t, 201, "POST", "/v1/models", `{"line":"`+lineID+`","code":"kfr-35","gtin":"9520123456788","names":{"en":"KFR"},"attributes":{"power_w":"2600"}}`)
		modelID := model["id"].(string)
		part := k.call(t, 201, "POST", "/v1/parts", `{"number":"p-1","names":{"en":"fan"},"price":{"minor":1250,"currency":"EUR"},"weight_grams":420}`)
		k.call(t, 201, "POST", "/v1/models/"+modelID+"/parts", `{"part":"`+part["id"].(string)+`","quantity":1,"hints":{"E1":400}}`)
		if got := k.call(t, 200, "GET", "/v1/models/"+modelID+"/parts?symptom=e1", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("parts of the model: %v", got)
		}
		k.call(t, 201, "POST", "/v1/symptoms", `{"line":"`+lineID+`","code":"e1","names":{"en":"E1"}}`)
		k.call(t, 201, "POST", "/v1/fixes", `{"code":"reset","names":{"en":"Reset"},"minutes":10}`)
		unit := k.call(t, 201, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","sold_on":"2025-01-01","sold_in":"DE"}`)
		k.call(t, 422, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","sold_on":"2025-02-30"}`)
		k.call(t, 422, "POST", "/v1/units", `{"serial":"sn-1","model":"`+modelID+`","owner":"me"}`)
		if got := k.call(t, 200, "GET", "/v1/units/resolve?link=https%3A%2F%2Fx.example%2F01%2F09520123456788%2F21%2Fsn-1", ""); got["id"] != unit["id"] {
			t.Errorf("resolved %v", got)
		}
		k.call(t, 422, "GET", "/v1/units/resolve?link=nonsense", "")
		for _, path := range []string{
			"/v1/lines/" + lineID, "/v1/models/" + modelID, "/v1/parts/" + part["id"].(string), "/v1/units/" + unit["id"].(string),
			"/v1/lines", "/v1/models?line=" + lineID, "/v1/parts?prefix=P", "/v1/symptoms?line=" + lineID, "/v1/fixes", "/v1/units?serial=SN&model=" + modelID,
		} {
			if got := k.call(t, 200, "GET", path, ""); got["items"] != nil && len(got["items"].([]any)) != 1 {
				t.Errorf("GET %s = %v", path, got)
			}
		}
		k.call(t, 200, "POST", "/v1/units/"+unit["id"].(string)+"/retire", "")
		k.call(t, 409, "POST", "/v1/units/"+unit["id"].(string)+"/retire", "")
		k.call(t, 404, "GET", "/v1/units/"+id.New[id.UnitKind]().String(), "")
	})
}

func TestListsPageAndFilter(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx := system(t)
		var give []catalog.Line
		for _, b := range []id.Brand{nordwind, polar} {
			for _, code := range []string{"ac", "ac-floor", "heat", "字"} {
				give = append(give, catalog.Line{Brand: b, Code: code, Names: en(code)})
			}
		}
		must(k.UpsertLines(ctx, give))
		k.caller.Grants = grant(access.Admin, access.Tenant, id.Raw{})
		var all []string
		next := ""
		for range 10 {
			got := k.call(t, 200, "GET", "/v1/lines?limit=3&cursor="+next, "")
			all = append(all, texts(got, "code"))
			if got["next"] == nil {
				break
			}
			next = got["next"].(string)
		}
		if got := strings.Join(all, " "); got != "AC AC AC-FLOOR AC-FLOOR HEAT HEAT 字 字" {
			t.Errorf("all pages: %q", got)
		}
		if got := texts(k.call(t, 200, "GET", "/v1/lines?prefix=ac&brand="+polar.String(), ""), "code"); got != "AC AC-FLOOR" {
			t.Errorf("lines of a brand by prefix: %q", got)
		}
		k.caller.Grants = grant(access.Brand, access.OfBrand, polar.Raw())
		if got := texts(k.call(t, 200, "GET", "/v1/lines", ""), "brand"); strings.Contains(got, nordwind.String()) || got == "" {
			t.Errorf("a brand sees the lines of %q", got)
		}
		k.call(t, 404, "POST", "/v1/lines", `{"brand":"`+polar.String()+`","code":"x","names":{"en":"x"}}`)
		k.caller.Grants = grant(access.Integrator, access.OfBrand, polar.Raw())
		k.call(t, 201, "POST", "/v1/lines", `{"brand":"`+polar.String()+`","code":"x","names":{"en":"x"}}`)
		k.call(t, 404, "POST", "/v1/lines", `{"brand":"`+nordwind.String()+`","code":"x","names":{"en":"x"}}`)
	})
}
