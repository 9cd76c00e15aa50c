package real

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
)

func course(m remedy.Mode, s Status, odds int64) *Course {
	return &Course{Record: Record{Status: s}, Case: id.New[id.CaseKind](), Mode: m, OddsPermille: odds}
}

func TestCalibrate(t *testing.T) {
	t.Parallel()
	all := []*Course{
		course(remedy.CarryIn, Fixed, 800), course(remedy.CarryIn, Repairable, 600), course(remedy.CarryIn, EndOfLife, 700), course(remedy.CarryIn, Fixed, 500),
		course(remedy.CarryIn, NotKnown, 900), course(remedy.Swap, Fixed, 980),
		{Record: Record{Status: Fixed}, Mode: remedy.CarryIn},
	}
	got := calibrate(all, func(*Course) bool { return true })
	if len(got) != 1 {
		t.Fatalf("calibrate = %+v, want one way", got)
	}
	c := got[0]
	if c.Mode != remedy.CarryIn || c.N != 4 || !near(c.Promised, 0.65) || !near(c.Observed, 0.5) || !near(c.Brier, (0.04+0.36+0.49+0.25)/4) || !near(c.Plain, 0.25) {
		t.Errorf("calibrate = %+v", c)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestGaps(t *testing.T) {
	t.Parallel()
	all := []*Course{
		course(remedy.Remote, EndOfLife, 0), course(remedy.Remote, Fixed, 0), course(remedy.Remote, NotKnown, 0),
		course(remedy.TradeIn, Fixed, 0), course(remedy.Swap, EndOfLife, 0),
	}
	want := []Gap{
		{"advice", "end of life", 1, 2},
		{"advice", "could be repaired, not at this sitting", 0, 2},
		{"exchange, rebate or money back", "fixed", 1, 2},
		{"exchange, rebate or money back", "could be repaired, not at this sitting", 0, 2},
	}
	if d := cmp.Diff(want, gaps(all)); d != "" {
		t.Errorf("gaps (-want +got):\n%s", d)
	}
}

// The books are held against the charges from three sides; each side finds its
// own mistake.
func TestDisagreements(t *testing.T) {
	t.Parallel()
	st := id.New[id.StatementKind]()
	eur := func(minor int64) money.Amount { return money.Of(minor, "EUR") }
	sound := func() *Report {
		return &Report{
			Courses: []*Course{{Charges: []Charge{
				{Party: settlement.ToBrand, Payer: warranty.BrandPays, Amount: eur(300), Statement: st},
				{Party: settlement.ToPartner, Payer: warranty.OperatorPays, Amount: eur(200)},
			}}},
			Balances: []Balance{
				{settlement.Receivable(warranty.BrandPays), eur(300)},
				{settlement.Revenue(warranty.Labour), eur(-300)},
				{settlement.CostOf(warranty.Labour), eur(200)},
				{settlement.Payable, eur(-200)},
			},
			Statements: []Statement{{ID: st, Total: eur(300)}},
		}
	}
	if got := sound().Disagreements(); got != nil {
		t.Errorf("sound books disagree: %v", got)
	}
	for name, tt := range map[string]struct {
		change func(*Report)
		want   string
	}{
		"a lost posting":   {func(r *Report) { r.Balances = r.Balances[:3] }, "sum to"},
		"a lost charge":    {func(r *Report) { r.Courses[0].Charges = r.Courses[0].Charges[:1] }, "payable:partner"},
		"a wrong total":    {func(r *Report) { r.Statements[0].Total = eur(299) }, "299"},
		"another's charge": {func(r *Report) { r.Courses[0].Charges[0].Payer = warranty.CustomerPays }, "receivable:customer"},
	} {
		r := sound()
		tt.change(r)
		if got := strings.Join(r.Disagreements(), "; "); !strings.Contains(got, tt.want) {
			t.Errorf("%s: Disagreements() = %q, want something with %q", name, got, tt.want)
		}
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]money.Amount{
		"12.34": money.Of(1234, "EUR"), "-0.05": money.Of(-5, "EUR"), "0.00": money.Of(0, "EUR"), "1234": money.Of(1234, "ISK"), "-7": money.Of(-7, "XOF"),
	} {
		if got := amount(a); got != want {
			t.Errorf("amount(%+v) = %s, want %s", a, got, want)
		}
	}
}

func TestGrid(t *testing.T) {
	t.Parallel()
	g := &grid{head: []string{"way", "n"}}
	g.add("küche", "5")
	g.add("x", "")
	g.add("y", "-12")
	want := "| way   |   n |\n| ----- | --: |\n| küche |   5 |\n| x     |     |\n| y     | -12 |\n"
	if d := cmp.Diff(want, g.text()); d != "" {
		t.Errorf("text (-want +got):\n%s", d)
	}
}
