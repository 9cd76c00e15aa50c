package settlementsvc_test

import (
	"context"
	"slices"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/leaf"
	"fettle.dev/fettle/platform/outbox"
)

// slot is an appointment for some work that stands, with so many cents promised for it.
func slot(e work.OrderCompleted, minor int64) dispatch.AppointmentScheduled {
	out := dispatch.AppointmentScheduled{Appointment: id.New[id.AppointmentKind](), WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node}
	if minor > 0 {
		out.Reward = money.Of(minor, "EUR")
	}
	return out
}

// earned tells of a visit for some work that was carried out in a slot for which so many
// cents were promised.
func earned(e work.OrderCompleted, minor int64) dispatch.RewardEarned {
	return dispatch.RewardEarned{Appointment: id.New[id.AppointmentKind](), WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Reward: money.Of(minor, "EUR")}
}

// off is the end of an appointment.
func off(s dispatch.AppointmentScheduled, state dispatch.State) dispatch.AppointmentEnded {
	return dispatch.AppointmentEnded{Appointment: s.Appointment, WorkOrder: s.WorkOrder, Case: s.Case, Node: s.Node, State: state}
}

// granted are the cents that the customer of some work was given and has not lost again.
func (k *kit) granted(t testing.TB, e work.OrderCompleted) (given, lines int64) {
	t.Helper()
	c, err := k.OfCase(system(t), e.Case)
	if err != nil {
		t.Fatal(err)
	}
	var of id.Charge
	for _, i := range c.Items {
		switch {
		case i.Rule == settlement.RuleReward:
			if i.Kind != warranty.Travel || i.Payer != warranty.CustomerPays || i.Party != settlement.ToCustomer || i.Quantity != 1 || i.Each != i.Amount.Minor ||
				!i.Statement.IsZero() || !i.Partner.IsZero() {
				t.Errorf("the line is %+v", i)
			}
			given, lines, of = given-i.Amount.Minor, lines+1, i.ID
		case !i.Reverses.IsZero() && i.Reverses == of:
			given -= i.Amount.Minor
		}
	}
	return given, lines
}

// prices publishes cards for brands and partners.
func (k *kit) prices(t testing.TB) {
	t.Helper()
	for party, minute := range map[settlement.Party]int64{settlement.ToBrand: 120, settlement.ToPartner: 80} {
		if err := k.card(t, party, minute); err != nil {
			t.Fatal(err)
		}
	}
}

// What was promised for the slot of the visit that was carried out is given once the work is
// charged, however often and in whatever order that is told; a promise alone is not.
func TestReward(t *testing.T) {
	for name, tt := range map[string]struct {
		tell func(e work.OrderCompleted) []outbox.Event
		want int64
	}{
		"carried out, then done": {func(e work.OrderCompleted) []outbox.Event {
			return []outbox.Event{slot(e, 600), earned(e, 600), e}
		}, 600},
		"done, then carried out": {func(e work.OrderCompleted) []outbox.Event {
			return []outbox.Event{slot(e, 600), e, earned(e, 600)}
		}, 600},
		"told twice": {func(e work.OrderCompleted) []outbox.Event {
			v := earned(e, 600)
			return []outbox.Event{v, v, e, e, v}
		}, 600},
		"done before it is told that it was promised": {func(e work.OrderCompleted) []outbox.Event {
			return []outbox.Event{e, slot(e, 600), earned(e, 600)}
		}, 600},
		"of nothing": {func(e work.OrderCompleted) []outbox.Event { return []outbox.Event{earned(e, 0), e, earned(e, -5)} }, 0},
		"promised, and the work ends otherwise": {func(e work.OrderCompleted) []outbox.Event {
			s := slot(e, 600)
			return []outbox.Event{s, e, off(s, dispatch.Cancelled)}
		}, 0},
		"the work ends otherwise, then it is told that it was promised": {func(e work.OrderCompleted) []outbox.Event {
			s := slot(e, 600)
			return []outbox.Event{e, s, off(s, dispatch.Cancelled)}
		}, 0},
		"nobody was there": {func(e work.OrderCompleted) []outbox.Event {
			s := slot(e, 600)
			return []outbox.Event{s, off(s, dispatch.Absent), e}
		}, 0},
		"of other work": {func(e work.OrderCompleted) []outbox.Event {
			other := e
			other.WorkOrder = id.New[id.WorkOrderKind]()
			return []outbox.Event{earned(other, 600), e}
		}, 0},
		"never done": {func(e work.OrderCompleted) []outbox.Event {
			return []outbox.Event{earned(e, 600)}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				k.prices(t)
				e := completed(dbtest.Now, shop)
				k.publish(t, tt.tell(e)...)
				given, lines := k.granted(t, e)
				if given != tt.want || lines != min(tt.want, 1) {
					t.Errorf("given %d in %d lines, want %d", given, lines, tt.want)
				}
				books := k.balances(t)
				owes, costs := int64(2200+1500), int64(3500) // of the call-out, to the partner
				if name == "never done" {
					owes, costs = 0, 0
				}
				if books["receivable:customer"] != owes-tt.want || books["cost:travel"] != costs+tt.want {
					t.Errorf("the books say %v", books)
				}
				var told int64
				for _, r := range k.rated {
					for _, l := range r.Lines {
						if l.Amount.Minor < 0 {
							told -= l.Amount.Minor
						}
					}
				}
				leaves, err := db.Get(t.Context(), k.d, dbtest.Tenant, func(ctx context.Context, tx *db.Tx) ([]leaf.Leaf, error) { return leaf.Of(ctx, tx, e.Case.Raw()) })
				if err != nil || told != tt.want || len(leaves) != len(k.rated) {
					t.Errorf("told %d in %d events with %d leaves, want %d; %v", told, len(k.rated), len(leaves), tt.want, err)
				}
			})
		})
	}
}

// A reward is on nobody's statement, and neither brand nor partner pays for it.
func TestRewardIsTheOperators(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.prices(t)
		plain, steered := completed(dbtest.Now, shop), completed(dbtest.Now, shop)
		k.publish(t, plain, earned(steered, 600), steered)
		list, err := k.Newest(system(t))
		if err != nil || len(list.Items) != 2 {
			t.Fatalf("%d statements, %v", len(list.Items), err)
		}
		for _, s := range list.Items {
			want := map[settlement.Party]int64{settlement.ToBrand: 2 * 8500, settlement.ToPartner: 2 * (4800 + 3500 + 1500)}[s.Party]
			if s.Total.Minor != want {
				t.Errorf("the statement of the %s is over %v, want %d", s.Party, s.Total, want)
			}
		}
		outsider := func(role access.Role, kind access.ScopeKind, of id.Raw) access.Caller {
			return access.Caller{Tenant: dbtest.Tenant, User: id.New[id.UserKind](), Grants: []access.Grant{{Role: role, Scope: access.Scope{Kind: kind, ID: of}}}}
		}
		for name, tt := range map[string]struct {
			of   access.Caller
			sees bool // what customers are charged
		}{
			"the brand":   {outsider(access.Brand, access.OfBrand, nordwind.Raw()), true},
			"the partner": {outsider(access.Partner, access.OfPartner, outlet.Raw()), false},
		} {
			c, err := k.OfCase(access.With(t.Context(), tt.of), steered.Case)
			if err != nil {
				t.Fatal(err)
			}
			charged, reward := false, false
			for _, i := range c.Items {
				reward = reward || i.Rule == settlement.RuleReward
				charged = charged || i.Payer == warranty.CustomerPays && i.Rule != settlement.RuleReward
			}
			if charged != tt.sees || reward != tt.sees {
				t.Errorf("%s sees customers' charges: %v, the reward: %v, want both %v", name, charged, reward, tt.sees)
			}
		}
	})
}

// Work that is taken out of the books takes the reward with it, once; told anew, it is not
// given anew.
func TestRewardReversed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.prices(t)
		var heard []settlement.ChargesReversed
		outbox.On(k.bus, "test.reversed", func(_ context.Context, _ *db.Tx, _ outbox.Meta, e settlement.ChargesReversed) error {
			heard = append(heard, e)
			return nil
		})
		e := completed(dbtest.Now, shop)
		s := earned(e, 600)
		back := work.OrderReversed{WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Reason: "work.reversed_not_done"}
		k.publish(t, s, e, back, back, s, e)
		if given, lines := k.granted(t, e); given != 0 || lines != 1 {
			t.Errorf("left is %d in %d lines", given, lines)
		}
		for account, left := range k.balances(t) {
			if left != 0 {
				t.Errorf("%s still holds %d", account, left)
			}
		}
		back600 := func(l settlement.RatedLine) bool {
			return l.Amount == money.Of(600, "EUR") && l.Payer == warranty.CustomerPays && l.Kind == warranty.Travel
		}
		if len(heard) != 1 || !slices.ContainsFunc(heard[0].Lines, back600) {
			t.Errorf("others heard %+v", heard)
		}
		late := completed(dbtest.Now, shop)
		back.WorkOrder, back.Case = late.WorkOrder, late.Case
		k.publish(t, late, back, earned(late, 600))
		if given, lines := k.granted(t, late); given != 0 || lines != 0 {
			t.Errorf("given for work that is out of the books: %d in %d lines", given, lines)
		}
	})
}

// A reward in another currency than the card's does not spoil the sums.
func TestRewardInAnotherCurrency(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.prices(t)
		e := completed(dbtest.Now, shop)
		s := earned(e, 600)
		s.Reward.Currency = "CNY"
		k.publish(t, s, e)
		c, err := k.OfCase(system(t), e.Case)
		if err != nil {
			t.Fatal(err)
		}
		if c.Totals["customer"] != money.Of(3700, "EUR") || c.Totals["customer:CNY"] != money.Of(-600, "CNY") {
			t.Errorf("totals %v", c.Totals)
		}
	})
}

// Who was promised something has it also when the work is free of charge for everybody,
// whatever is told first, and loses it when the work is taken out of the books.
func TestRewardForWorkWithoutAPrice(t *testing.T) {
	back := func(e work.OrderCompleted) work.OrderReversed {
		return work.OrderReversed{WorkOrder: e.WorkOrder, Case: e.Case, Node: e.Node, Reason: "work.reversed_not_done"}
	}
	for name, tt := range map[string]struct {
		tell func(e work.OrderCompleted, v dispatch.RewardEarned) []outbox.Event
		want int64
	}{
		"carried out, then done": {func(e work.OrderCompleted, v dispatch.RewardEarned) []outbox.Event { return []outbox.Event{v, e} }, 600},
		"done, then carried out": {func(e work.OrderCompleted, v dispatch.RewardEarned) []outbox.Event { return []outbox.Event{e, v, v} }, 600},
		"given and taken back": {func(e work.OrderCompleted, v dispatch.RewardEarned) []outbox.Event {
			return []outbox.Event{e, v, back(e)}
		}, 0},
		"taken back before": {func(e work.OrderCompleted, v dispatch.RewardEarned) []outbox.Event {
			return []outbox.Event{e, back(e), v}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				free := func(c *settlement.Card) { *c = settlement.Card{Currency: "EUR", PartPercent: 100} }
				if err := call(system(t), k.PublishCard, `{"party":"brand","valid_from":"2026-01-01T00:00:00Z"}`, free); err != nil {
					t.Fatal(err)
				}
				if err := k.card(t, settlement.ToPartner, 80); err != nil { // who did it is paid all the same
					t.Fatal(err)
				}
				e := completed(dbtest.Now, shop)
				e.Outcome = work.Fixed
				k.publish(t, tt.tell(e, earned(e, 600))...)
				if given, _ := k.granted(t, e); given != tt.want {
					t.Errorf("given %d, want %d", given, tt.want)
				}
				if books := k.balances(t); books["receivable:customer"] != -tt.want || books["receivable:brand"] != 0 {
					t.Errorf("the books say %v", books)
				}
				c, err := k.OfCase(system(t), e.Case)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range c.Items {
					if i.Rule == settlement.RuleReward && (i.Brand != nordwind || i.Card.IsZero() || !i.At.Equal(e.CompletedAt)) {
						t.Errorf("the line is %+v", i)
					}
				}
			})
		})
	}
}
