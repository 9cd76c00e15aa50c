package networksvc_test

import (
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
)

func TestHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		k.caller.User, k.caller.Grants = id.New[id.UserKind](), grant(access.Admin, access.Tenant, id.Raw{})
		expect := func(want int, method, path, body string) map[string]any {
			t.Helper()
			code, got := k.call(t, method, path, body)
			if code != want {
				t.Fatalf("%s %s = %d %v, want %d", method, path, code, got, want)
			}
			return got
		}
		expect(200, "PUT", "/v1/operator", `{"name":"Demo","country":"CN","zone":"Asia/Shanghai","currency":"CNY"}`)
		expect(200, "GET", "/v1/operator", "")
		brand := expect(201, "POST", "/v1/brands", `{"code":"nordwind","name":"Nordwind"}`)
		expect(422, "POST", "/v1/brands", `{"code":"NORD","name":"Nordwind"}`)
		expect(422, "POST", "/v1/brands", `{"code":"nord","name":"Nordwind","colour":"red"}`)
		expect(200, "GET", "/v1/brands/"+brand["id"].(string), "")
		expect(404, "GET", "/v1/brands/"+id.New[id.BrandKind]().String(), "")
		expect(201, "POST", "/v1/partners", `{"code":"kiez","name":"Kiez","country":"DE"}`)
		hq := expect(201, "POST", "/v1/nodes", `{"code":"hq","kind":"headquarters","ownership":"own","name":"HQ","country":"CN","zone":"Asia/Shanghai"}`)
		hqID := hq["id"].(string)
		if hq["state"] != "planned" {
			t.Errorf("a new node is %v", hq["state"])
		}
		expect(409, "POST", "/v1/nodes/"+hqID+"/pause", "")
		expect(200, "POST", "/v1/nodes/"+hqID+"/open", "")
		local := expect(201, "POST", "/v1/nodes", `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"武汉","country":"CN","zone":"Asia/Shanghai","languages":["zh-CN"],"point":{"lat_micro":30590000,"lon_micro":114300000}}`)
		expect(200, "PUT", "/v1/nodes/"+local["id"].(string), `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"武汉中心","country":"CN","zone":"Asia/Shanghai"}`)
		expect(412, "PUT", "/v1/nodes/"+local["id"].(string), `{"code":"wuhan","parent":"`+hqID+`","kind":"local_node","ownership":"own","name":"x","country":"CN","zone":"Asia/Shanghai"}`)
		tty := expect(201, "POST", "/v1/territories", `{"node":"`+hqID+`","country":"CN"}`)
		if got := expect(200, "GET", "/v1/territories/route?country=CN&postal=430070", ""); got["node"] != hqID {
			t.Errorf("route = %v", got)
		}
		if got := expect(200, "GET", "/v1/nodes/tree", ""); len(got["items"].([]any)) != 2 {
			t.Errorf("tree = %v", got)
		}
		first := expect(200, "GET", "/v1/nodes?limit=1", "")
		second := expect(200, "GET", "/v1/nodes?limit=1&cursor="+first["next"].(string), "")
		if a, b := codes(first), codes(second); a != "hq" || b != "wuhan" || second["next"] != nil {
			t.Errorf("pages %q, %q, next %v", a, b, second["next"])
		}
		if got := codes(expect(200, "GET", "/v1/nodes?state=planned", "")); got != "wuhan" {
			t.Errorf("planned nodes: %q", got)
		}
		page := expect(200, "GET", "/v1/territories?limit=1&node="+hqID, "")
		if len(page["items"].([]any)) != 1 {
			t.Errorf("territories = %v", page)
		}
		expect(204, "DELETE", "/v1/territories/"+tty["id"].(string), "")
		expect(404, "DELETE", "/v1/territories/"+tty["id"].(string), "")
		for _, list := range []string{"/v1/brands", "/v1/partners", "/v1/territories"} {
			expect(200, "GET", list, "")
		}
	})
}

// Callers see and change their part of the network, and for the rest it looks as
// if it were not there.
func TestAccess(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		ctx, n := system(t), k.grow(t)
		brands := must(k.UpsertBrands(ctx, []network.Brand{{Code: "a", Name: "A"}, {Code: "b", Name: "B"}}))
		must(k.AddTerritories(ctx, []network.Territory{{Node: n["wuhan"].ID, Country: "CN"}, {Node: n["berlin"].ID, Country: "DE"}}))
		k.caller.User = id.New[id.UserKind]()

		k.caller.Grants = grant(access.Brand, access.OfBrand, brands[1].ID.Raw())
		if _, got := k.call(t, "GET", "/v1/brands", ""); codes(got) != "b" {
			t.Errorf("a brand sees the brands %v", got)
		}
		if code, _ := k.call(t, "GET", "/v1/brands/"+brands[0].ID.String(), ""); code != 404 {
			t.Errorf("a brand reads another brand: %d", code)
		}
		if code, _ := k.call(t, "GET", "/v1/nodes/tree", ""); code != 404 {
			t.Errorf("a brand reads the tree: %d", code)
		}

		k.caller.Grants = grant(access.Partner, access.OfPartner, n["berlin"].Partner.Raw())
		if _, got := k.call(t, "GET", "/v1/nodes", ""); codes(got) != "berlin" {
			t.Errorf("a partner sees the nodes %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/nodes/tree", ""); codes(got) != "berlin" {
			t.Errorf("a partner sees the tree %v", got)
		}
		if _, got := k.call(t, "GET", "/v1/territories", ""); len(got["items"].([]any)) != 1 {
			t.Errorf("a partner sees the territories %v", got)
		}

		k.caller.Grants = grant(access.Admin, access.Region, n["hubei"].ID.Raw())
		body := func(code, parent string) string {
			return `{"code":"` + code + `","parent":"` + parent + `","kind":"local_node","ownership":"own","name":"N","country":"CN","zone":"Asia/Shanghai"}`
		}
		if code, got := k.call(t, "POST", "/v1/nodes", body("xianning", n["hubei"].ID.String())); code != 201 {
			t.Errorf("a regional administrator adds below: %d %v", code, got)
		}
		if code, _ := k.call(t, "POST", "/v1/nodes", body("munich", n["hq"].ID.String())); code != 404 {
			t.Errorf("a regional administrator adds elsewhere: %d", code)
		}
		if code, _ := k.call(t, "POST", "/v1/nodes/"+n["berlin"].ID.String()+"/pause", ""); code != 404 {
			t.Errorf("a regional administrator pauses elsewhere: %d", code)
		}

		k.caller.Grants = nil
		if code, _ := k.call(t, "GET", "/v1/nodes", ""); code != 404 {
			t.Errorf("somebody without grants lists nodes: %d", code)
		}
	})
}
