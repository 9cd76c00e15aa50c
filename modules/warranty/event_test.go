package warranty_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/warranty"
)

// The event says who pays each cost, why, and whether the law owes it.
func TestEntitlementEvent(t *testing.T) {
	t.Parallel()
	law := promise(2, func(t *warranty.Term) { t.Kind, t.Covers = warranty.Statutory, t.Covers[:1] })
	e := warranty.Entitlement{
		ID: id.Entitlement{1}, Case: id.Case{2}, Seq: 1, Brand: brand, Unit: unitID,
		Decision: warranty.Decide([]warranty.Term{law}, sold("2025-01-01"), warranty.Facts{Country: "DE"}, today),
	}
	got := e.Event()
	want := map[warranty.CostKind]warranty.Payer{
		warranty.Labour: warranty.BrandPays, warranty.Travel: warranty.CustomerPays, warranty.Parts: warranty.CustomerPays,
		warranty.Logistics: warranty.CustomerPays, warranty.Diagnosis: warranty.CustomerPays,
	}
	if diff := cmp.Diff(want, got.Payers); diff != "" {
		t.Errorf("payers (-want +got):\n%s", diff)
	}
	if !got.Statutory || got.Standing != warranty.Partly || got.Subject() != e.Case.Raw() {
		t.Errorf("event %+v", got)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back warranty.EntitlementDecided
	if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(got, back) != "" {
		t.Errorf("the event came back as %+v, %v", back, err)
	}
	e.Decision = warranty.Decide(nil, sold("2025-01-01"), warranty.Facts{Country: "DE"}, today)
	if got := e.Event(); got.Statutory || got.Standing != warranty.NotCovered {
		t.Errorf("event without terms %+v", got)
	}
}
