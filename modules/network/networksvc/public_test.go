package networksvc_test

import (
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

func TestVisitorsChooseTheirBrand(t *testing.T) {
	each(t, func(t *testing.T, k *kit, _ *db.DB) {
		must(k.UpsertBrands(system(t), []network.Brand{{Code: "zephyr", Name: "Aurora"}, {Code: "aero", Name: "Zephyr"}}))
		k.caller = access.Caller{Tenant: dbtest.Tenant}
		code, got := k.call(t, "GET", "/v1/public/brands", "")
		if code != 200 || codes(got) != "zephyr aero" {
			t.Errorf("a visitor sees %d %v, want both brands by name", code, got)
		}
		for _, item := range got["items"].([]any) {
			if len(item.(map[string]any)) != 2 {
				t.Errorf("a visitor sees %v, want code and name only", item)
			}
		}
		if code, _ := k.call(t, "GET", "/v1/brands", ""); code != 401 && code != 404 {
			t.Errorf("a visitor reads the full list: %d", code)
		}
		k.caller.Tenant = id.New[id.TenantKind]()
		if _, got := k.call(t, "GET", "/v1/public/brands", ""); len(got["items"].([]any)) != 0 {
			t.Errorf("another tenant's visitor sees %v", got)
		}
	})
}
