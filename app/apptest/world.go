package apptest

import (
	"testing"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/access"
)

// World is one operator with a network that serves two brands in Germany: the
// centre in Berlin is its own, the outlet in Munich is a partner's. Kuhlmann
// sells air conditioners with 24 months of warranty; Polar sells nothing yet.
type World struct {
	*House
	Tenant id.Tenant
	Host   string

	Kuhlmann, Polar     id.Brand
	Partner             id.Partner // runs the outlet
	HQ, Region          id.Node
	Berlin, Munich      id.Node // local nodes; postcodes 1… and 8…
	Line                id.Line
	Model               id.Model // "kl-35", is visited or advised on
	Portable            id.Model // "kl-p9", may be sent in or swapped
	Board, Filter       id.Part
	Unit, Old, Carried  id.Unit       // serials KL-1001 (covered), KL-0001 (out of warranty), KP-0001 (portable, covered)
	Anna, Bernd         id.Technician // in Berlin and in Munich, skilled; each node has ten boards
	BrandCard, PartCard id.RateCard
}

// Serials of the world's units.
const (
	Serial   = "KL-1001" // covered
	OldOne   = "KL-0001" // sold too long ago
	Handheld = "KP-0001" // covered, portable
)

// build makes the network through the API, as an administrator would.
func (w *World) build(t testing.TB) {
	t.Helper()
	every := w.With(t,
		access.Grant{Role: access.Admin, Scope: Everywhere}, access.Grant{Role: access.Quality, Scope: Everywhere},
		access.Grant{Role: access.Finance, Scope: Everywhere}, access.Grant{Role: access.Agent, Scope: Everywhere},
		access.Grant{Role: access.Parts, Scope: Everywhere}, access.Grant{Role: access.Integrator, Scope: Everywhere},
		access.Grant{Role: access.Dispatcher, Scope: Everywhere})
	w.network(t, every)
	w.catalogue(t, every)
	w.promises(t, every)
	w.prices(t, every)
	w.Anna, w.Bernd = w.crew(t, every, "Anna Werk", w.Berlin), w.crew(t, every, "Bernd Werk", w.Munich)
	w.Settle(t)
}

type members = map[string]any

func (w *World) network(t testing.TB, c *Client) {
	t.Helper()
	c.Put(t, "/v1/operator", members{"name": "Fettle Test", "country": "DE", "zone": "Europe/Berlin", "currency": "EUR"})
	w.Kuhlmann = ID[id.BrandKind](t, c.Post(t, "/v1/brands", members{"code": "kuhlmann", "name": "Kuhlmann"}), "id")
	w.Polar = ID[id.BrandKind](t, c.Post(t, "/v1/brands", members{"code": "polar", "name": "Polar"}), "id")
	w.Partner = ID[id.PartnerKind](t, c.Post(t, "/v1/partners", members{"code": "isar", "name": "Isar Service", "country": "DE"}), "id")
	node := func(body members) id.Node {
		body["country"], body["zone"] = "DE", "Europe/Berlin"
		n := ID[id.NodeKind](t, c.Post(t, "/v1/nodes", body), "id")
		c.Post(t, "/v1/nodes/"+n.String()+"/open", nil)
		return n
	}
	w.HQ = node(members{"code": "hq", "name": "Headquarters", "kind": network.Headquarters, "ownership": network.Own})
	w.Region = node(members{"code": "region", "name": "Centre", "kind": network.RegionalCentre, "ownership": network.Own, "parent": w.HQ})
	w.Berlin = node(members{
		"code": "berlin", "name": "Berlin", "kind": network.LocalNode, "ownership": network.Own, "parent": w.Region, "point": geo.At(52.52, 13.40),
	})
	w.Munich = node(members{
		"code": "munich", "name": "Munich", "kind": network.LocalNode, "ownership": network.Outsourced, "parent": w.HQ, "partner": w.Partner,
		"point": geo.At(48.14, 11.58),
	})
	for n, prefix := range map[id.Node]string{w.Berlin: "1", w.Munich: "8"} {
		c.Post(t, "/v1/territories", members{"node": n, "country": "DE", "prefixes": []string{prefix}})
	}
}

func (w *World) catalogue(t testing.TB, c *Client) {
	t.Helper()
	names := func(en, zh string) map[string]string { return map[string]string{"en": en, "zh-CN": zh} }
	w.Line = ID[id.LineKind](t, c.Post(t, "/v1/lines", members{"brand": w.Kuhlmann, "code": "ac", "names": names("Air conditioners", "空调")}), "id")
	w.Model = ID[id.ModelKind](t, c.Post(t, "/v1/models", members{
		"line": w.Line, "code": "kl-35", "names": names("Wall 3.5 kW", "壁挂机 3.5 kW"), "gtin": "9520123456788",
		"attributes": map[string]string{"modes": "on_site remote", "price_minor": "89900", "visit_minutes": "75"},
	}), "id")
	w.Portable = ID[id.ModelKind](t, c.Post(t, "/v1/models", members{
		"line": w.Line, "code": "kl-p9", "names": names("Portable 0.9 kW", "移动空调"),
		"attributes": map[string]string{"modes": "mail_in swap self_kit remote", "price_minor": "29900"},
	}), "id")
	for code, name := range map[string]string{"drips": "Water drips", "no_cooling": "Does not cool"} {
		c.Post(t, "/v1/symptoms", members{"line": w.Line, "code": code, "names": names(name, name)})
	}
	c.Post(t, "/v1/fixes", members{"line": w.Line, "code": "board_swap", "names": names("Board exchanged", "更换主板"), "minutes": 40})
	part := func(number string, minor int64) id.Part {
		return ID[id.PartKind](t, c.Post(t, "/v1/parts", members{
			"number": number, "names": names(number, number), "line": w.Line, "price": money.Of(minor, "EUR"), "weight_grams": 400,
		}), "id")
	}
	w.Board, w.Filter = part("KP-100", 8900), part("KP-200", 1200)
	for _, m := range []id.Model{w.Model, w.Portable} {
		c.Post(t, "/v1/models/"+m.String()+"/parts", members{"part": w.Board, "quantity": 1, "hints": map[string]int{"no_cooling": 600}})
		c.Post(t, "/v1/models/"+m.String()+"/parts", members{"part": w.Filter, "quantity": 1, "hints": map[string]int{"drips": 300}})
	}
	unit := func(serial string, model id.Model, sold string) id.Unit {
		return ID[id.UnitKind](t, c.Post(t, "/v1/units", members{"serial": serial, "model": model, "sold_on": sold, "sold_in": "DE"}), "id")
	}
	w.Unit, w.Old, w.Carried = unit(Serial, w.Model, "2026-03-02"), unit(OldOne, w.Model, "2019-03-02"), unit(Handheld, w.Portable, "2026-05-04")
}

func (w *World) promises(t testing.TB, c *Client) {
	t.Helper()
	covers := []members{}
	for _, cost := range []string{"labour", "travel", "parts", "logistics", "diagnosis"} {
		covers = append(covers, members{"cost": cost, "months": 24, "payer": "brand"})
	}
	c.Post(t, "/v1/warranty-terms", members{
		"code": "kuhlmann-24", "brand": w.Kuhlmann, "sold_in": "DE", "kind": "manufacturer", "start": "sold", "covers": covers,
		"work":     []string{"repair", "install"},
		"excludes": []members{{"cause": "misuse"}},
	})
	c.Put(t, "/v1/sla/calendars", members{"calendars": []members{{"country": "DE", "week": "Mo-Fr 08:00-18:00"}}}, "If-Match", `*`)
	target := func(kind sla.Kind, minutes int64) members {
		return members{"to": sla.ToCustomer, "kind": kind, "within_minutes": minutes, "warn_at": []int{80}, "pause_for": []string{"customer", "part"}}
	}
	c.Put(t, "/v1/sla/targets", members{"targets": []members{target(sla.Respond, 240), target(sla.Resolve, 3000)}}, "If-Match", `*`)
}

func (w *World) prices(t testing.TB, c *Client) {
	t.Helper()
	card := func(minute int64) settlement.Card {
		return settlement.Card{
			Currency: "EUR", MinuteMinor: minute, LeastMinute: 30, CallMinor: 3500, KmMinor: 45, FreeKm: 10, PartPercent: 100,
			DoneMinor: map[work.Kind]int64{work.Remotely: 900, work.Return: 4000, work.SwapUnit: 2500, work.Shipment: 600, work.Money: 500},
			Logistics: 800, Diagnosis: 1500,
		}
	}
	from := w.Clock.Now().AddDate(-1, 0, 0)
	w.BrandCard = ID[id.RateCardKind](t, c.Post(t, "/v1/rate-cards", members{"party": "brand", "valid_from": from, "card": card(120)}), "id")
	w.PartCard = ID[id.RateCardKind](t, c.Post(t, "/v1/rate-cards", members{"party": "partner", "valid_from": from, "card": card(80)}), "id")
}

// crew adds a technician and a little stock to a node.
func (w *World) crew(t testing.TB, c *Client, name string, n id.Node) id.Technician {
	t.Helper()
	tech := ID[id.TechnicianKind](t, c.Post(t, "/v1/technicians", members{
		"node": n, "name": name, "employment": "core", "hour": money.Of(4000, "EUR"), "kilometre": money.Of(40, "EUR"), "max_minutes": 600,
		"skills": []members{{"skill": "AC", "level": 3}}, "week": "Mo-Fr 08:00-17:00",
	}), "id")
	c.Post(t, "/v1/stock/receipts", members{"node": n, "lines": []members{{"part": w.Board, "quantity": 10}, {"part": w.Filter, "quantity": 10}}})
	return tech
}

// Ask is an intake that Kuhlmann's desk takes; a test changes what it is about.
func Ask(change ...func(members)) members {
	in := members{
		"brand": "kuhlmann", "channel": "phone", "serial": Serial, "symptom": "no_cooling", "text": "It blows warm air since Monday.", "language": "en",
		"requester": members{"name": "Erika Beispiel", "phone": "+49 30 5550100", "email": "erika@example.org"},
		"site":      members{"country": "DE", "postcode": "10115", "city": "Berlin", "street": "Invalidenstr. 1", "point": geo.At(52.53, 13.38)},
	}
	for _, f := range change {
		f(in)
	}
	return in
}

// Portable has the intake ask about the unit that can be carried.
func Portable(in members) { in["serial"], in["symptom"] = Handheld, "drips" }

// InMunich has the intake come from where the partner serves.
func InMunich(in members) {
	in["site"] = members{"country": "DE", "postcode": "80331", "city": "München", "street": "Marienplatz 1"}
}

// From has the intake come from another person.
func From(name, phone string) func(members) {
	return func(in members) { in["requester"] = members{"name": name, "phone": phone} }
}
