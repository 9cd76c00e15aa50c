package warrantysvc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

func TestPublicCheck(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("all-24", func(t *warranty.Term) { t.Covers = t.Covers[:2] })}))
		k.caller = access.Caller{Tenant: dbtest.Tenant} // a visitor
		got := k.call(t, 200, "GET", "/v1/public/warranty?serial=sn%201&brand=nordwind", "", "Accept-Language", "zh-CN")
		if got["found"] != true || got["model"] != "壁挂空调" || got["standing"] != "partly" {
			t.Errorf("check = %v", got)
		}
		labour := got["coverage"].([]any)[0].(map[string]any)
		if labour["cost"] != "labour" || labour["standing"] != "covered" || labour["last_day"] != "2027-06-01" {
			t.Errorf("labour = %v", labour)
		}
		if got := k.call(t, 200, "GET", "/v1/public/warranty?serial=sn1&brand="+nordwind.String(), ""); got["model"] != "Wall AC" {
			t.Errorf("check by the brand's id = %v", got)
		}
		if got := k.call(t, 200, "GET", "/v1/public/warranty?link=%2F01%2F09520123456788%2F21%2Fsn1", ""); got["found"] != true {
			t.Errorf("check by label = %v", got)
		}
		for _, query := range []string{"serial=sn2&brand=nordwind", "serial=sn1&brand=other", "serial=sn1&brand=" + polar.String(), "serial=%3F&brand=nordwind"} {
			if got := k.call(t, 200, "GET", "/v1/public/warranty?"+query, ""); len(got) != 1 || got["found"] != false {
				t.Errorf("check of %s = %v", query, got)
			}
		}
		k.call(t, 422, "GET", "/v1/public/warranty?serial=sn1", "")
		k.call(t, 422, "GET", "/v1/public/warranty?link=nonsense", "")
		k.call(t, 401, "GET", "/v1/warranty-terms", "")
	})
}

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.caller.Grants = append(grant(access.Admin, access.Tenant, id.Raw{}), grant(access.Agent, access.Tenant, id.Raw{})...)
		body := `{"code":"all-24","brand":"` + nordwind.String() + `","sold_in":"DE","kind":"manufacturer","start":"sold","covers":[
			{"cost":"labour","months":24,"payer":"brand"},{"cost":"parts","months":24,"payer":"brand","limit":{"minor":50000,"currency":"EUR"}}],
			"excludes":[{"cause":"misuse"}]}`
		k.call(t, 201, "POST", "/v1/warranty-terms", body)
		k.call(t, 422, "POST", "/v1/warranty-terms", strings.Replace(body, `"labour"`, `"beer"`, 1))
		k.call(t, 422, "POST", "/v1/warranty-terms", strings.Replace(body, `"code"`, `"extra":1,"code"`, 1))
		if got := k.call(t, 200, "GET", "/v1/warranty-terms?brand="+nordwind.String(), ""); len(got["items"].([]any)) != 1 {
			t.Errorf("terms = %v", got)
		}
		opened := k.open(t)
		path := "/v1/cases/" + opened.Case.String() + "/entitlement"
		if got := k.call(t, 200, "GET", path, ""); got["decision"].(map[string]any)["standing"] != "partly" {
			t.Errorf("entitlement = %v", got)
		}
		got := k.call(t, 200, "POST", path+"/decide", `{"causes":["misuse"]}`)
		if got["decision"].(map[string]any)["standing"] != "not_covered" || got["seq"] != 2.0 {
			t.Errorf("decided = %v", got)
		}
		once := k.call(t, 200, "POST", path+"/decide", `{"causes":[]}`, "Idempotency-Key", "k-1")
		twice := k.call(t, 200, "POST", path+"/decide", `{"causes":[]}`, "Idempotency-Key", "k-1")
		if diff := cmp.Diff(once, twice); diff != "" || once["seq"] != 3.0 {
			t.Errorf("a repeated command (-first +second):\n%s", diff)
		}
		k.call(t, 422, "POST", path+"/decide", `{"proof":"seen"}`)
		k.call(t, 404, "GET", "/v1/cases/"+id.New[id.CaseKind]().String()+"/entitlement", "")
		k.call(t, 201, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn1","sold_on":"2025-06-01","sold_in":"DE","proof":"seen"}`)
		k.call(t, 409, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn1","sold_on":"2025-07-01","sold_in":"DE"}`)
		k.call(t, 404, "POST", "/v1/warranty-registrations", `{"brand":"`+nordwind.String()+`","serial":"sn9","sold_on":"2025-07-01","sold_in":"DE"}`)
		k.call(t, 200, "GET", "/v1/warranty-registrations/"+known.String(), "")
		k.call(t, 404, "GET", "/v1/warranty-registrations/"+id.New[id.UnitKind]().String(), "")
	})
}

// The customer sees the entitlement of their own case and registers their own
// unit, but cannot say that a proof has been seen; a brand sees its own terms.
func TestAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		must(k.UpsertTerms(system(t), []warranty.Term{term("ours"), term("theirs", func(t *warranty.Term) { t.Brand = polar })}))
		mine, yours := k.open(t), k.open(t)
		k.caller.Person, k.caller.Grants = mine.Requester, grant(access.Customer, access.Self, id.Raw{})
		k.call(t, 200, "GET", "/v1/cases/"+mine.Case.String()+"/entitlement", "")
		k.call(t, 404, "GET", "/v1/cases/"+yours.Case.String()+"/entitlement", "")
		k.call(t, 404, "POST", "/v1/cases/"+mine.Case.String()+"/entitlement/decide", `{}`)
		k.call(t, 422, "POST", "/v1/warranty-registrations", `{"unit":"`+known.String()+`","sold_on":"2025-06-01","sold_in":"DE","proof":"seen"}`)
		k.call(t, 201, "POST", "/v1/warranty-registrations", `{"unit":"`+known.String()+`","sold_on":"2025-06-01","sold_in":"DE","proof":"claimed"}`)
		k.caller.Grants = grant(access.Brand, access.OfBrand, polar.Raw())
		if got := k.call(t, 200, "GET", "/v1/warranty-terms", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("a brand sees %v", got)
		}
		k.call(t, 404, "GET", "/v1/cases/"+mine.Case.String()+"/entitlement", "")
	})
}
