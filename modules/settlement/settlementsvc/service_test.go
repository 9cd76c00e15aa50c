package settlementsvc_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/settlement/settlementsvc"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

var (
	nordwind    = id.Brand{15: 1}
	own, shop   = id.Node{15: 1}, id.Node{15: 2}
	outlet      = id.Partner{15: 1}
	board, lost = id.Part{15: 1}, id.Part{15: 9}
)

// formula is what a partner calls itself who means harm to whoever opens a table.
const formula = `=HYPERLINK("https://example.org")`

// world is the modules that settlement asks, in memory. Labour is covered up to
// a limit, parts and travel by the brand, the rest by nobody.
type world struct{ limit money.Amount }

func (world) Operator(context.Context, id.Tenant) (network.Operator, error) {
	return network.Operator{Zone: "Europe/Berlin", Currency: "EUR"}, nil
}

func (world) Brand(_ context.Context, _ id.Tenant, b id.Brand) (network.Brand, error) {
	if b != nordwind {
		return network.Brand{}, network.ErrBrandNotFound
	}
	return network.Brand{ID: b, Name: "Nordwind"}, nil
}

func (world) Partner(_ context.Context, _ id.Tenant, p id.Partner) (network.Partner, error) {
	if p != outlet {
		return network.Partner{}, network.ErrPartnerNotFound
	}
	return network.Partner{ID: p, Name: formula}, nil
}

func (world) Node(_ context.Context, _ id.Tenant, n id.Node) (network.Node, error) {
	if n == shop {
		return network.Node{ID: n, Partner: outlet}, nil
	}
	return network.Node{ID: n}, nil
}

func (world) Part(_ context.Context, _ id.Tenant, p id.Part) (catalog.Part, error) {
	if p != board {
		return catalog.Part{}, catalog.ErrPartNotFound
	}
	return catalog.Part{ID: p, Number: "B-100", Price: money.Of(8900, "EUR")}, nil
}

func (world) Brief(_ context.Context, tenant id.Tenant, c id.Case) (desk.Brief, error) {
	if tenant != dbtest.Tenant {
		return desk.Brief{}, desk.ErrCaseNotFound
	}
	return desk.Brief{ID: c, Brand: nordwind, Node: shop, Partner: outlet, Country: "DE"}, nil
}

func (world) References(_ context.Context, _ id.Tenant, cases []id.Case) (map[id.Case]string, error) {
	out := map[id.Case]string{}
	for _, c := range cases {
		out[c] = "REF-" + c.String()[len(c.String())-4:]
	}
	return out, nil
}

// Names: everybody who has an account or a token is called Ada.
func (world) Names(_ context.Context, _ id.Tenant, actors ...access.Actor) (map[access.Actor]string, error) {
	out := map[access.Actor]string{}
	for _, a := range actors {
		if !a.User.IsZero() || !a.Token.IsZero() {
			out[a] = "Ada"
		}
	}
	return out, nil
}

// EntitlementGiven: misuse is excluded from all that is covered.
func (w world) EntitlementGiven(ctx context.Context, tenant id.Tenant, c id.Case, cause warranty.Cause) (warranty.Entitlement, error) {
	if cause == warranty.Misuse {
		return warranty.Entitlement{}, nil
	}
	return w.Entitlement(ctx, tenant, c)
}

func (w world) Entitlement(context.Context, id.Tenant, id.Case) (warranty.Entitlement, error) {
	brand := func(limit money.Amount) []warranty.Grant {
		return []warranty.Grant{{Payer: warranty.BrandPays, Limit: limit}}
	}
	return warranty.Entitlement{Decision: warranty.Decision{Standing: warranty.Partly, Coverage: []warranty.Coverage{
		{Cost: warranty.Labour, Standing: warranty.Covered, Payer: warranty.BrandPays, Grants: brand(w.limit)},
		{Cost: warranty.Travel, Standing: warranty.Covered, Payer: warranty.BrandPays, Grants: brand(money.Amount{})},
		{Cost: warranty.Parts, Standing: warranty.Covered, Payer: warranty.BrandPays, Grants: brand(money.Amount{})},
		{Cost: warranty.Diagnosis, Standing: warranty.NotCovered, Payer: warranty.CustomerPays},
	}}}, nil
}

// kit is the module as the application puts it together.
type kit struct {
	*settlementsvc.Module
	clock  *clock.Set
	d      *db.DB
	bus    *outbox.Bus
	rated  []settlement.ChargesRated
	closed []settlement.StatementClosed
}

func each(t *testing.T, fn func(t *testing.T, k *kit)) {
	t.Helper()
	t.Parallel()
	dbtest.EachHome(t, func(t *testing.T, h dbtest.Home) {
		d := h.Open(t, db.Options{})
		guard, err := access.New(access.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{clock: h.Clock, d: d, bus: outbox.New(d, outbox.Options{})}
		w := world{money.Of(5000, "EUR")}
		k.Module = settlementsvc.New(settlementsvc.Deps{DB: d, Bus: k.bus, Guard: guard, Network: w, Catalog: w, Warranty: w, Desk: w, Accounts: w})
		outbox.On(k.bus, "test.rated", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e settlement.ChargesRated) error {
			k.rated = append(k.rated, e)
			return nil
		})
		outbox.On(k.bus, "test.closed", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e settlement.StatementClosed) error {
			k.closed = append(k.closed, e)
			return nil
		})
		fn(t, k)
	}, outbox.Schema(), command.Schema(), leaf.Schema(), settlementsvc.Schema())
}

func system(t testing.TB) context.Context {
	return access.With(t.Context(), access.System(dbtest.Tenant))
}

// card publishes prices: a minute at so much, coming at 3500, parts as listed.
func (k *kit) card(t testing.TB, party settlement.Party, minute int64, change ...string) error {
	t.Helper()
	text := `{"party":"` + string(party) + `","valid_from":"2026-01-01T00:00:00Z"}`
	for _, c := range change {
		text = c
	}
	return call(system(t), k.PublishCard, text, func(card *settlement.Card) {
		*card = settlement.Card{Currency: "EUR", MinuteMinor: minute, CallMinor: 3500, PartPercent: 100, Diagnosis: 1500}
	})
}

// call calls a use case with what a request's body says, and a card in it.
func call[In, Out any](ctx context.Context, use func(context.Context, In) (Out, error), text string, fill func(*settlement.Card)) error {
	var card settlement.Card
	fill(&card)
	body := map[string]any{}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return err
	}
	body["card"] = card
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var in In
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	_, err = use(ctx, in)
	return err
}

func (k *kit) publish(t testing.TB, events ...outbox.Event) {
	t.Helper()
	err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, events...) })
	if err == nil {
		err = k.bus.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func completed(at time.Time, node id.Node, parts ...remedy.Need) work.OrderCompleted {
	return work.OrderCompleted{
		WorkOrder: id.New[id.WorkOrderKind](), Case: id.New[id.CaseKind](), Kind: work.Visit, Brand: nordwind, Node: node, Outcome: work.EndOfLife,
		WorkedMinutes: 60, Parts: parts, CompletedAt: at,
	}
}

// balances adds up the accounts; they come to nothing together.
func (k *kit) balances(t testing.TB) map[settlement.Account]int64 {
	t.Helper()
	list, err := k.Balances(system(t))
	if err != nil {
		t.Fatal(err)
	}
	out, sum := map[settlement.Account]int64{}, int64(0)
	for _, b := range list {
		out[b.Account] = b.Amount.Minor
		sum += b.Amount.Minor
	}
	if sum != 0 {
		t.Errorf("the books are off by %d: %v", sum, out)
	}
	return out
}

// What the work found to be excluded is the customer's, whatever was promised
// before.
func TestRateKnowsTheCause(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		if err := k.card(t, settlement.ToBrand, 100); err != nil {
			t.Fatal(err)
		}
		e := completed(dbtest.Now, shop)
		e.Node, e.Cause = id.Node{}, string(warranty.Misuse)
		k.publish(t, e)
		if len(k.rated) != 1 || len(k.rated[0].Lines) == 0 {
			t.Fatalf("rated %+v", k.rated)
		}
		for _, l := range k.rated[0].Lines {
			if l.Payer != warranty.CustomerPays {
				t.Errorf("%s of misuse is paid by %s", l.Kind, l.Payer)
			}
		}
	})
}

// Work is charged once, split by who pays, and balances; the partner is owed by
// its own card.
func TestRate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for party, minute := range map[settlement.Party]int64{settlement.ToBrand: 120, settlement.ToPartner: 80} {
			if err := k.card(t, party, minute); err != nil {
				t.Fatal(err)
			}
		}
		e := completed(dbtest.Now, shop, remedy.Need{Part: board, Quantity: 2}, remedy.Need{Part: lost, Quantity: 1})
		k.publish(t, e, e)
		if len(k.rated) != 1 {
			t.Fatalf("rated %d times", len(k.rated))
		}
		c, err := k.OfCase(system(t), e.Case)
		if err != nil {
			t.Fatal(err)
		}
		// 60 minutes at 120 of which the brand pays up to 5000; coming 3500; two boards at 8900; a diagnosis at 1500.
		if c.Totals["brand"].Minor != 5000+3500+17800 || c.Totals["customer"].Minor != 2200+1500 || c.Totals["partner_cost"].Minor != 4800+3500+17800+1500 {
			t.Errorf("totals %v", c.Totals)
		}
		unknown := 0
		for _, i := range c.Items {
			if i.Rule == "price_unknown" && i.Part == lost && i.Amount.Minor == 0 {
				unknown++
			}
		}
		if unknown != 2 {
			t.Errorf("a part without a price is listed %d times, want for the brand and for the partner: %+v", unknown, c.Items)
		}
		got := k.balances(t)
		if got["receivable:brand"] != 26300 || got["receivable:customer"] != 3700 || got["payable:partner"] != -27600 || got["revenue:labour"] != -7200 {
			t.Errorf("the books say %v", got)
		}
		if _, err := k.OfCase(access.With(t.Context(), access.System(dbtest.Other)), e.Case); !errors.Is(err, access.ErrHidden) {
			t.Errorf("another tenant reads %v", err)
		}
		leaves, err := db.Get(t.Context(), k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]leaf.Leaf, error) { return leaf.Of(ctx, tx, e.Case.Raw()) })
		if err != nil || len(leaves) != 1 || leaves[0].Kind != "charges" {
			t.Errorf("the log holds %+v, %v", leaves, err)
		}
	})
}

// Work that nobody has a price for is not lost: it is charged when there is one.
func TestWithoutCard(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		e := completed(dbtest.Now, own)
		err := k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error { return k.bus.Publish(ctx, tx, e) })
		if err != nil {
			t.Fatal(err)
		}
		if err := k.bus.Drain(t.Context()); !errors.Is(err, settlement.ErrNoCard) {
			t.Errorf("without prices = %v", err)
		}
		if got := k.balances(t); len(got) != 0 || len(k.rated) != 0 {
			t.Errorf("without prices the books say %v", got)
		}
		if err := k.card(t, settlement.ToBrand, 120); err != nil {
			t.Fatal(err)
		}
		err = k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return k.bus.Replay(ctx, tx, "settlement.rate", e.Case.Raw())
		})
		if err == nil {
			err = k.bus.Drain(t.Context())
		}
		if err != nil || len(k.rated) != 1 {
			t.Errorf("with prices rated %d times, %v", len(k.rated), err)
		}
	})
}

// A card is chosen by what it names, then by its age; it is never changed, and
// one that cannot be meant is refused.
func TestCards(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		brand := `"brand":"` + nordwind.String() + `"`
		for i, text := range []string{
			`{"party":"brand","valid_from":"2026-01-01T00:00:00Z",` + brand + `}`,
			`{"party":"brand","valid_from":"2026-06-01T00:00:00Z"}`,
			`{"party":"brand","valid_from":"2026-06-01T00:00:00Z","country":"FR"}`,
			`{"party":"brand","valid_from":"2027-01-01T00:00:00Z",` + brand + `}`,
		} {
			if err := k.card(t, "", int64(100+i), text); err != nil {
				t.Fatal(err)
			}
		}
		e := completed(dbtest.Now, own)
		k.publish(t, e)
		if c, err := k.OfCase(system(t), e.Case); err != nil || c.Totals["brand"].Minor != 5000+3500 || c.Totals["customer"].Minor != 1000+1500 {
			t.Errorf("by the brand's card %v, %v", c.Totals, err)
		}
		for name, text := range map[string]string{
			"unknown brand":   `{"party":"brand","brand":"` + id.Brand{9}.String() + `"}`,
			"unknown partner": `{"party":"partner","partner":"` + id.Partner{9}.String() + `"}`,
			"no country":      `{"party":"brand","country":"zz"}`,
		} {
			if err := k.card(t, "", 1, text); !errors.Is(err, settlement.ErrCard) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := k.card(t, settlement.ToBrand, -1); !errors.Is(err, settlement.ErrCard) {
			t.Errorf("a negative price: %v", err)
		}
		if all, err := k.Cards(system(t)); err != nil || len(all) != 4 {
			t.Errorf("%d cards, %v", len(all), err)
		}
	})
}

// A card without a day holds for the whole of the operator's today: what was
// done before it was typed in has a price, what was done yesterday has none.
func TestCardOfToday(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		if err := k.card(t, "", 120, `{"party":"brand"}`); err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		y, month, day := dbtest.Now.In(zone).Date()
		midnight := time.Date(y, month, day, 0, 0, 0, 0, zone)
		k.publish(t, completed(midnight, own))
		if len(k.rated) != 1 {
			t.Errorf("work of this day is rated %d times, want once", len(k.rated))
		}
		err = k.d.InTx(t.Context(), dbtest.Tenant, func(ctx context.Context, tx *db.Tx) error {
			return k.bus.Publish(ctx, tx, completed(midnight.Add(-time.Second), own))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.bus.Drain(t.Context()); err == nil || len(k.rated) != 1 {
			t.Errorf("work of yesterday is rated %d times, %v", len(k.rated)-1, err)
		}
	})
}

// A month is the operator's. What comes after it was closed goes on the next
// statement that is open, and closing tells it once.
func TestStatements(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		if err := k.card(t, settlement.ToBrand, 120); err != nil {
			t.Fatal(err)
		}
		late := time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC) // the first of December in Berlin
		k.publish(t, completed(dbtest.Now, own), completed(late, own))
		k.clock.To(time.Date(2026, 11, 30, 22, 30, 0, 0, time.UTC)) // still November there
		for _, want := range []int{0, 1, 1} {
			if err := k.CloseDue(t.Context(), dbtest.Tenant); err != nil {
				t.Fatal(err)
			}
			k.publish(t)
			if len(k.closed) != want {
				t.Errorf("at %s %d statements are closed, want %d", k.clock.Now(), len(k.closed), want)
			}
			k.clock.To(time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC))
		}
		if c := k.closed[0]; c.FromOn != "2026-11-01" || c.UntilOn != "2026-12-01" || c.Lines != 2 || c.Total.Minor != 5000+3500 || c.Brand != nordwind {
			t.Errorf("closed %+v", c)
		}
		k.publish(t, completed(dbtest.Now, own)) // of November, too late
		k.clock.To(time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC))
		if err := k.CloseDue(t.Context(), dbtest.Tenant); err != nil {
			t.Fatal(err)
		}
		k.publish(t)
		if len(k.closed) != 2 || k.closed[1].FromOn != "2026-12-01" || k.closed[1].Lines != 4 {
			t.Errorf("then closed %+v", k.closed)
		}
	})
}
