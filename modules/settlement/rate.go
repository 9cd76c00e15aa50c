package settlement

import (
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
)

// Card is a card of prices, in minor units of its currency.
type Card struct {
	Currency    money.Currency      `json:"currency" minLength:"3" maxLength:"3"`
	MinuteMinor int64               `json:"minute_minor" minimum:"0" doc:"per minute of work"`
	LeastMinute int64               `json:"least_minutes" minimum:"0" maximum:"1440" doc:"a visit counts as this long at least"`
	CallMinor   int64               `json:"call_minor" minimum:"0" doc:"for coming at all"`
	KmMinor     int64               `json:"km_minor" minimum:"0" doc:"per kilometre begun beyond the free ones"`
	FreeKm      int64               `json:"free_km" minimum:"0" maximum:"10000"`
	PartPercent int64               `json:"part_percent" minimum:"0" maximum:"1000" doc:"of the list price: 100 passes it on"`
	DoneMinor   map[work.Kind]int64 `json:"done_minor,omitempty" doc:"for work of this kind that is no visit, as a whole"`
	Logistics   int64               `json:"logistics_minor" minimum:"0" doc:"per shipment"`
	Diagnosis   int64               `json:"diagnosis_minor" minimum:"0" doc:"when nothing could be or needed to be repaired"`
}

// Check reports what of a card cannot be meant.
func (c Card) Check() error {
	bad := ErrCard
	if !c.Currency.Valid() {
		bad = bad.At("/currency", "shape")
	}
	const most = 1e12
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"minute_minor", c.MinuteMinor},
		{"least_minutes", c.LeastMinute},
		{"call_minor", c.CallMinor},
		{"km_minor", c.KmMinor},
		{"free_km", c.FreeKm},
		{"part_percent", c.PartPercent},
		{"logistics_minor", c.Logistics},
		{"diagnosis_minor", c.Diagnosis},
	} {
		if f.value < 0 || f.value > most {
			bad = bad.At("/"+f.name, "range")
		}
	}
	for k, v := range c.DoneMinor {
		if v < 0 || v > most {
			bad = bad.At("/done_minor/"+string(k), "range")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Performed is work that is to be priced.
type Performed struct {
	Kind          work.Kind
	Outcome       work.Outcome
	WorkedMinutes int64
	TravelMetres  int64
	Parts         []remedy.Need
	Prices        map[id.Part]money.Amount // list prices of the parts
}

// Line is one price, before it is known who pays it.
type Line struct {
	Kind     warranty.CostKind `json:"kind"`
	Part     id.Part           `json:"part,omitzero"`
	Quantity int64             `json:"quantity"` // in Unit
	Unit     string            `json:"unit"`     // minute, km, call, piece, order
	Each     int64             `json:"each_minor"`
	Amount   money.Amount      `json:"amount"`
	Rule     string            `json:"rule"` // the member of the card that it follows from
}

// Rate prices the work by the card. It is a pure function of its arguments:
// the same work and card give the same lines, each follows from one member of
// the card, and none is negative. A part whose price is in another currency, or
// not known, is listed at nothing with the rule "price_in_other_currency" or
// "price_unknown", for a person to see.
func Rate(p Performed, c Card) ([]Line, error) {
	r := rater{card: c}
	switch p.Kind {
	case work.Visit:
		r.visit(p)
	case work.Return, work.Shipment, work.SwapUnit:
		r.add(warranty.Labour, 1, "order", c.DoneMinor[p.Kind], "done_minor")
		r.add(warranty.Logistics, shipments(p.Kind), "order", c.Logistics, "logistics_minor")
	case work.Remotely, work.Money:
		r.add(warranty.Labour, 1, "order", c.DoneMinor[p.Kind], "done_minor")
	}
	if p.Outcome == work.FixedByCare || p.Outcome == work.EndOfLife {
		r.add(warranty.Diagnosis, 1, "order", c.Diagnosis, "diagnosis_minor")
	}
	for _, n := range p.Parts {
		r.part(n, p.Prices[n.Part])
	}
	return r.lines, r.err
}

// shipments is how often something travels: a return and a swap go both ways.
func shipments(k work.Kind) int64 {
	if k == work.Shipment {
		return 1
	}
	return 2
}

type rater struct {
	card  Card
	lines []Line
	err   error
}

func (r *rater) visit(p Performed) {
	r.add(warranty.Travel, 1, "call", r.card.CallMinor, "call_minor")
	km := (max(p.TravelMetres, 0) + 999) / 1000
	r.add(warranty.Travel, max(km-r.card.FreeKm, 0), "km", r.card.KmMinor, "km_minor")
	r.add(warranty.Labour, max(p.WorkedMinutes, r.card.LeastMinute), "minute", r.card.MinuteMinor, "minute_minor")
}

// add appends a line unless it comes to nothing.
func (r *rater) add(kind warranty.CostKind, quantity int64, unit string, each int64, rule string) {
	if quantity <= 0 || each <= 0 || r.err != nil {
		return
	}
	amount, err := money.Of(each, r.card.Currency).MulDiv(quantity, 1)
	if err != nil {
		r.err = err
		return
	}
	r.lines = append(r.lines, Line{Kind: kind, Quantity: quantity, Unit: unit, Each: each, Amount: amount, Rule: rule})
}

func (r *rater) part(n remedy.Need, price money.Amount) {
	if n.Quantity <= 0 || r.err != nil {
		return
	}
	if price.Currency != r.card.Currency {
		rule := "price_in_other_currency"
		if price.Currency == "" {
			rule = "price_unknown"
		}
		r.lines = append(r.lines, Line{Kind: warranty.Parts, Part: n.Part, Quantity: n.Quantity, Unit: "piece", Amount: money.Of(0, r.card.Currency), Rule: rule})
		return
	}
	each, err := price.MulDiv(r.card.PartPercent, 100)
	if err != nil {
		r.err = err
		return
	}
	before := len(r.lines)
	r.add(warranty.Parts, n.Quantity, "piece", each.Minor, "part_percent")
	if len(r.lines) > before {
		r.lines[before].Part = n.Part
	}
}

// Share is the part of a line that one payer pays.
type Share struct {
	Payer  warranty.Payer `json:"payer"`
	Amount money.Amount   `json:"amount"`
}

// Budget is what is left of the limits of a case's grants, by their place.
type Budget map[*warranty.Grant]int64

// Payers splits a line among those who pay: each grant in its order up to what
// is left of its limit, and whoever stands for the rest. The shares add up to
// the line; one that comes to nothing is a share of nothing, so that it is not
// lost. left is kept by the caller over all lines of a case.
func Payers(l Line, cover *warranty.Coverage, left Budget) []Share {
	rest := l.Amount.Minor
	var out []Share
	pay := func(p warranty.Payer, minor int64) {
		if minor > 0 {
			out = append(out, Share{p, money.Of(minor, l.Amount.Currency)})
			rest -= minor
		}
	}
	if cover.Standing == warranty.Covered {
		for i := range cover.Grants {
			g := &cover.Grants[i]
			gives := min(rest, available(g, l.Amount.Currency, left))
			if _, limited := left[g]; limited {
				left[g] -= gives
			}
			pay(g.Payer, gives)
		}
	}
	pay(restPayer(cover), rest)
	if len(out) == 0 {
		out = append(out, Share{nothingPayer(cover), l.Amount})
	}
	return out
}

// nothingPayer is on whose side a line stands that comes to nothing.
func nothingPayer(c *warranty.Coverage) warranty.Payer {
	if c.Payer != "" {
		return c.Payer
	}
	return restPayer(c)
}

// available is what the grant still gives, noting its limit the first time.
func available(g *warranty.Grant, c money.Currency, left Budget) int64 {
	const unlimited = 1 << 62
	if (g.Limit == money.Amount{}) {
		return unlimited
	}
	if g.Limit.Currency != c {
		return 0 // a limit in another currency cannot be held against this amount
	}
	if _, known := left[g]; !known {
		left[g] = g.Limit.Minor
	}
	return max(left[g], 0)
}

// restPayer is who pays what no grant pays: the decision's payer where nothing
// is covered, the customer where limits ran out.
func restPayer(c *warranty.Coverage) warranty.Payer {
	if c.Standing != warranty.Covered && c.Payer != "" {
		return c.Payer
	}
	return warranty.CustomerPays
}
