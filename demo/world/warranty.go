package world

import (
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// Term is a term of warranty with codes instead of ids.
type Term struct {
	warranty.Term
	BrandCode, LineCode string
}

// months of cover for each kind of cost; 0: not covered.
type months struct{ labour, travel, parts, logistics, diagnosis int }

func all(m int) months { return months{m, m, m, m, m} }

func (m months) covers(payer warranty.Payer, limit money.Amount) (out []warranty.Cover) {
	for i, n := range []int{m.labour, m.travel, m.parts, m.logistics, m.diagnosis} {
		if n > 0 {
			c := warranty.Cover{Cost: warranty.CostKinds[i], Months: n, Payer: payer}
			if warranty.CostKinds[i] == warranty.Parts {
				c.Limit = limit
			}
			out = append(out, c)
		}
	}
	return out
}

// What terms leave out.
var (
	usual     = []warranty.Exclusion{{Cause: warranty.Misuse}, {Cause: warranty.Water}, {Cause: warranty.ThirdPartyRepair}}
	withPower = append(slices.Clip(usual), warranty.Exclusion{Cause: warranty.PowerSupply})
	withWear  = append(slices.Clip(usual), warranty.Exclusion{Cause: warranty.Consumable, Costs: []warranty.CostKind{warranty.Parts}})
)

// statutory is what the law owes in each country where units are sold, in
// months of a demo that is no legal advice.
var statutory = map[locale.Country]months{
	"CN": {12, 12, 12, 12, 12}, "DE": all(24), "AT": all(24), "NL": all(24), "SE": all(36), "FR": all(24), "PL": all(24), "GB": all(6),
}

// terms of every line in every country where it is sold.
func terms(lines []Line) (out []Term) {
	add := func(l Line, code string, c locale.Country, kind warranty.Kind, cover []warranty.Cover, t warranty.Term) {
		t.Code = strings.ToLower(l.Code + "-" + string(c) + "-" + code)
		t.SoldIn, t.Kind, t.Covers = c, kind, cover
		t.Start = warranty.FromSale
		if l.Brand != Layerworks {
			t.Start = warranty.FromInstall
		}
		out = append(out, Term{Term: t, BrandCode: l.Brand, LineCode: l.Code})
	}
	var none money.Amount
	for _, l := range lines {
		for _, c := range soldIn(l.Brand) {
			if m, owed := statutory[c]; owed {
				add(l, "law", c, warranty.Statutory, m.covers(warranty.BrandPays, none), warranty.Term{Excludes: usual})
			}
			m, t := promise(l, c)
			add(l, "maker", c, warranty.Manufacturer, m.covers(warranty.BrandPays, none), t)
			// What the brand orders it pays; a kind of its own, since the law's months
			// are a bound for what a maker promises.
			add(l, "orders", c, warranty.Extended, months{1, 1, 1, 1, 0}.covers(warranty.BrandPays, none),
				warranty.Term{Work: []string{"install", "commission"}, International: true})
			if l.Code == "EV-DC" {
				add(l, "uptime", c, warranty.Extended, months{84, 84, 84, 84, 84}.covers(warranty.BrandPays, money.Of(600_000, "EUR")),
					warranty.Term{Work: []string{"repair", "inspect", "maintain"}, Excludes: usual, International: true})
			}
		}
	}
	return out
}

// promise is what the brand promises beyond the law. A brand cannot promise
// less than the law owes, so it begins from that.
func promise(l Line, c locale.Country) (months, warranty.Term) {
	switch l.Brand {
	case Lingfeng:
		return months{labour: 36, travel: 36, parts: 72, logistics: 36, diagnosis: 36}, warranty.Term{Excludes: withPower}
	case Voltara:
		return all(36), warranty.Term{Excludes: withPower, International: c != "GB"}
	default:
		if m, owed := statutory[c]; owed && m.parts >= 12 {
			return m, warranty.Term{Excludes: withWear, International: true}
		}
		return months{labour: 12, parts: 12, logistics: 6, diagnosis: 12, travel: 6}, warranty.Term{Excludes: withWear, ProofNeeded: l.Code == "PR-RESIN"}
	}
}

// soldIn are the countries where customers of the brand live.
func soldIn(brand string) (out []locale.Country) {
	for _, p := range Places {
		if p.Brand == brand && !slices.Contains(out, p.Country) {
			out = append(out, p.Country)
		}
	}
	return out
}
