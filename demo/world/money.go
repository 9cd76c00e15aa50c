package world

import (
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/work"
)

// Card is a rate card with codes instead of ids.
type Card struct {
	Party          settlement.Party
	Brand, Partner string
	Country        locale.Country
	Card           settlement.Card
}

// brandCard is what a brand, or a customer out of warranty, pays in a contract.
func brandCard(brand string, minute, call, km, done int64) settlement.Card {
	return settlement.Card{
		Currency: Currency(brand), MinuteMinor: minute, LeastMinute: 30, CallMinor: call, KmMinor: km, FreeKm: 15, PartPercent: 118,
		DoneMinor: map[work.Kind]int64{work.Return: done * 2, work.Shipment: done, work.SwapUnit: done * 2, work.Remotely: done, work.Money: done},
		Logistics: done * 3 / 2, Diagnosis: call / 2,
	}
}

// cards: each brand's contract, dearer where labour is; then what partners are
// paid in it, which is less, and without parts, because the operator stocks them.
func cards() []Card {
	out := []Card{
		{Brand: Lingfeng, Card: brandCard(Lingfeng, 180, 5000, 150, 2500)},
		{Brand: Lingfeng, Country: "SG", Card: brandCard(Lingfeng, 620, 24000, 500, 6000)},
		{Brand: Layerworks, Card: brandCard(Layerworks, 120, 6500, 90, 1500)},
		{Brand: Layerworks, Country: "US", Card: brandCard(Layerworks, 135, 7500, 85, 1500)},
		{Brand: Voltara, Card: brandCard(Voltara, 125, 6900, 75, 1400)},
		{Brand: Voltara, Country: "SE", Card: brandCard(Voltara, 140, 7900, 85, 1400)},
		{Brand: Voltara, Country: "GB", Card: brandCard(Voltara, 130, 7400, 80, 1400)},
	}
	for i := range out {
		out[i].Party = settlement.ToBrand
	}
	for _, p := range partners {
		for _, b := range Brands {
			if serves(p.Code, b.Code) {
				out = append(out, Card{Party: settlement.ToPartner, Brand: b.Code, Partner: p.Code, Card: partnerCard(b.Code)})
			}
		}
	}
	for _, b := range Brands { // whoever helps out where a contract does not say
		out = append(out, Card{Party: settlement.ToPartner, Brand: b.Code, Card: partnerCard(b.Code)})
	}
	return out
}

// serves reports whether a node of the partner has a territory for the brand.
func serves(partner, brand string) bool {
	for _, p := range plan {
		for _, t := range territories() {
			if p.by == partner && t.Node == p.code && (t.Brand == brand || t.Brand == "" && brand != Lingfeng) {
				return true
			}
		}
	}
	return false
}

func partnerCard(brand string) settlement.Card {
	for _, c := range []settlement.Card{
		brandCard(Lingfeng, 120, 3500, 100, 1500), brandCard(Layerworks, 75, 4200, 60, 900), brandCard(Voltara, 85, 4800, 50, 900),
	} {
		if c.Currency == Currency(brand) {
			c.PartPercent = 0
			return c
		}
	}
	return settlement.Card{Currency: Currency(brand)}
}

// Policy is how ways to fix are weighed, in the operator's currency. Advice is
// not taken without a person: what it promises is little.
var Policy = remedy.Policy{
	Direct: map[remedy.Mode]int64{
		remedy.Remote: 4000, remedy.SelfKit: 6000, remedy.CarryIn: 11000, remedy.MailIn: 16000, remedy.OnSite: 22000, remedy.Swap: 20000,
		remedy.TradeIn: 10000, remedy.Refund: 8000, remedy.Partial: 6000,
	},
	Hours: map[remedy.Mode]int64{
		remedy.Remote: 2, remedy.SelfKit: 60, remedy.CarryIn: 96, remedy.MailIn: 168, remedy.OnSite: 40, remedy.Swap: 72, remedy.TradeIn: 120,
		remedy.Refund: 120, remedy.Partial: 48,
	},
	HourMinor: 60, UrgentTimes: 5, WishMinor: 6000, ExchangeFrom: 2, KitPermille: 350, LossPercent: 60, AutoPercent: 70, VisitMinutes: 60,
	SkillPerLine: true,
}
