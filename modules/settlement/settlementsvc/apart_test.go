package settlementsvc_test

import (
	"context"
	"errors"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db/dbtest"
)

// TestChargesApart has a brand and a partner look at a case before and after its
// work is charged: each sees its own lines (a brand also what its customer pays), and an outsider not even that there are none.
func TestChargesApart(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		outsider := func(role access.Role, kind access.ScopeKind, of id.Raw) context.Context {
			return access.With(t.Context(), access.Caller{
				Tenant: dbtest.Tenant, User: id.New[id.UserKind](), Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: of}}},
			})
		}
		brand, partner := outsider(access.Brand, access.OfBrand, nordwind.Raw()), outsider(access.Partner, access.OfPartner, outlet.Raw())
		strangers := map[string]context.Context{
			"another brand":   outsider(access.Brand, access.OfBrand, id.New[id.BrandKind]().Raw()),
			"another partner": outsider(access.Partner, access.OfPartner, id.New[id.PartnerKind]().Raw()),
		}
		e := completed(dbtest.Now, own) // a technician of the operator's: the partner of the case is owed nothing
		look := func(when string, toBrand int) {
			for who, want := range map[context.Context]int{brand: toBrand, partner: 0} {
				c, err := k.OfCase(who, e.Case)
				if err != nil || len(c.Items) != want {
					t.Errorf("%s: %d charges, %v, want %d", when, len(c.Items), err, want)
				}
				for _, i := range c.Items {
					if i.Party == settlement.ToPartner {
						t.Errorf("%s: the brand sees %+v", when, i)
					}
				}
			}
			for who, ctx := range strangers {
				if _, err := k.OfCase(ctx, e.Case); !errors.Is(err, access.ErrHidden) {
					t.Errorf("%s: %s hears %v, want ErrHidden", when, who, err)
				}
			}
		}
		look("before", 0)
		if err := k.card(t, settlement.ToBrand, 120); err != nil {
			t.Fatal(err)
		}
		k.publish(t, e)
		all, err := k.OfCase(system(t), e.Case)
		if err != nil || len(all.Items) == 0 {
			t.Fatalf("charged %+v, %v", all.Items, err)
		}
		look("after", len(all.Items))
	})
}
