package settlementsvc_test

import (
	"context"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// Charges that are taken back leave nothing on the case and in the books, on the
// brand's side and on the partner's; what was closed meanwhile stays closed.
func TestReverse(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var heard []settlement.ChargesReversed
		outbox.On(k.bus, "test.reversed", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e settlement.ChargesReversed) error {
			heard = append(heard, e)
			return nil
		})
		for party, minute := range map[settlement.Party]int64{settlement.ToBrand: 120, settlement.ToPartner: 80} {
			if err := k.card(t, party, minute); err != nil {
				t.Fatal(err)
			}
		}
		e := completed(dbtest.Now, shop, remedy.Need{Part: board, Quantity: 2})
		other := completed(dbtest.Now, shop)
		k.publish(t, e, other)
		k.clock.To(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
		if err := k.CloseDue(t.Context(), dbtest.Tenant); err != nil {
			t.Fatal(err)
		}
		back := work.OrderReversed{WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Reason: "work.reversed_not_done", At: k.clock.Now()}
		k.publish(t, back, back)
		c, err := k.OfCase(system(t), e.Case)
		if err != nil {
			t.Fatal(err)
		}
		for payer, total := range c.Totals {
			if total.Minor != 0 {
				t.Errorf("%s still has %v", payer, total)
			}
		}
		for _, line := range c.Items {
			if sum, err := money.Of(line.Each, "EUR").MulDiv(line.Quantity, 1); !line.Reverses.IsZero() && line.Quantity >= 0 || err != nil || line.Payer == "brand" && line.Kind == "travel" && sum != line.Amount {
				t.Errorf("a line does not add up: %+v", line)
			}
		}
		books := k.balances(t) // those of the other case alone
		if books["receivable:brand"] != 8500 || books["receivable:customer"] != 2200+1500 || books["payable:partner"] != -(4800+3500+1500) || books["revenue:parts"] != 0 {
			t.Errorf("the books say %v", books)
		}
		list, err := k.Newest(system(t))
		if err != nil || len(list.Items) != 4 {
			t.Fatalf("%d statements, %v", len(list.Items), err)
		}
		for _, s := range list.Items {
			if november := s.FromOn == "2026-11-01"; november != (s.Total.Minor > 0) || november != (s.State == settlement.Closed) {
				t.Errorf("the statement of %s is %s over %v", s.FromOn, s.State, s.Total)
			}
		}
		if len(heard) != 1 || heard[0].Reason != back.Reason || heard[0].Case != e.Case || heard[0].Brand != nordwind {
			t.Fatalf("others heard %+v", heard)
		}
		leaves, err := db.Get(t.Context(), k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]leaf.Leaf, error) { return leaf.Of(ctx, tx, e.Case.Raw()) })
		if err != nil || len(leaves) != 2 || leaves[1].Kind != "charges_reversed" {
			t.Errorf("the log holds %+v, %v", leaves, err)
		}
		k.publish(t, work.OrderReversed{WorkOrder: completed(dbtest.Now, shop).WorkOrder, Case: other.Case}) // of work that nobody charged
		if len(heard) != 1 {
			t.Errorf("nothing was taken back: %+v", heard)
		}
	})
}
