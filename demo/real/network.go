package real

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
)

// members is the body of a request.
type members = map[string]any

// brandCode is the code of the brand whose orders the records are.
const brandCode = "open-repair"

// made is what the API says of a thing that was made.
type made[K id.Kind] struct {
	ID id.ID[K] `json:"id"`
}

// world is the network as it stands in the house.
type world struct {
	brand  id.Brand
	models map[string]id.Model // by category
	lines  map[string]string   // category to code of line
}

// builder builds the network through the API, as an administrator would.
type builder struct {
	*house
	world world
}

// build makes the operator, its nodes, what is served, and what is promised and
// paid for it.
func (h *house) build(ctx context.Context) (world, error) {
	b := &builder{house: h, world: world{models: map[string]id.Model{}, lines: map[string]string{}}}
	for _, step := range []func(context.Context) error{b.operator, b.catalogue, b.nodes, b.promises, b.prices, h.settle} {
		if err := step(ctx); err != nil {
			return b.world, err
		}
	}
	return b.world, nil
}

func (b *builder) operator(ctx context.Context) error {
	err := b.do(ctx, http.MethodPut, "/v1/operator", members{"name": "Open Repair", "country": "DE", "zone": "Europe/Berlin", "currency": "EUR"}, nil)
	if err != nil {
		return err
	}
	var brand made[id.BrandKind]
	err = b.post(ctx, "/v1/brands", members{"code": brandCode, "name": "Open Repair"}, &brand)
	b.world.brand = brand.ID
	return err
}

// catalogue makes a line and a model of each category that is served.
func (b *builder) catalogue(ctx context.Context) error {
	for _, c := range Categories {
		if !c.Served() {
			continue
		}
		names := map[string]string{"en": c.Name}
		var line struct {
			made[id.LineKind]
			Code string `json:"code"`
		}
		if err := b.post(ctx, "/v1/lines", members{"brand": b.world.brand, "code": lineCode(c.Name), "names": names}, &line); err != nil {
			return err
		}
		var model made[id.ModelKind]
		err := b.post(ctx, "/v1/models", members{"line": line.ID, "code": c.Name, "names": names, "attributes": map[string]string{
			"modes": c.Modes, "price_minor": strconv.FormatInt(c.PriceMinor, 10), "visit_minutes": strconv.FormatInt(c.Minutes, 10),
		}}, &model)
		if err != nil {
			return err
		}
		b.world.models[c.Name], b.world.lines[c.Name] = model.ID, line.Code
	}
	return nil
}

// lineCode is a category's name as a code that is also the name of a skill.
func lineCode(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return '_'
		}
	}, name)
}

// nodes makes a node in each country, which serves all of it.
func (b *builder) nodes(ctx context.Context) error {
	hq, err := b.node(ctx, Countries[5], members{"code": "hq", "name": "Headquarters", "kind": network.Headquarters, "ownership": network.Own})
	if err != nil {
		return err
	}
	for _, c := range Countries {
		code := strings.ToLower(string(c.Code))
		body := members{"code": code, "name": c.City, "kind": network.LocalNode, "ownership": network.Own, "parent": hq, "point": c.Point}
		if c.Partner {
			var partner made[id.PartnerKind]
			if err := b.post(ctx, "/v1/partners", members{"code": "partner-" + code, "name": "Partner in " + c.City, "country": c.Code}, &partner); err != nil {
				return err
			}
			body["ownership"], body["partner"] = network.Community, partner.ID
		}
		node, err := b.node(ctx, c, body)
		if err != nil {
			return err
		}
		if err := b.post(ctx, "/v1/territories", members{"node": node, "country": c.Code}, nil); err != nil {
			return err
		}
		if err := b.crew(ctx, c, node); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) node(ctx context.Context, c Country, body members) (id.Node, error) {
	body["country"], body["zone"] = c.Code, c.Zone
	var node made[id.NodeKind]
	if err := b.post(ctx, "/v1/nodes", body, &node); err != nil {
		return node.ID, err
	}
	return node.ID, b.post(ctx, "/v1/nodes/"+node.ID.String()+"/open", nil, nil)
}

// crew hires the technicians of a node, who can do all that is visited.
func (b *builder) crew(ctx context.Context, c Country, node id.Node) error {
	var skills []dispatch.Skill
	for _, cat := range Categories {
		if strings.Contains(cat.Modes, "on_site") {
			skills = append(skills, dispatch.Skill{Skill: b.world.lines[cat.Name], Level: 2})
		}
	}
	for n := range c.Crew {
		err := b.post(ctx, "/v1/technicians", members{
			"node": node, "name": "Technician " + strconv.Itoa(n+1), "employment": dispatch.Core, "max_minutes": 540,
			"hour": money.Of(c.local(4000), c.Currency), "kilometre": money.Of(c.local(45), c.Currency), "skills": skills,
			"week": "Mo-Sa 08:00-18:00",
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// promises are the warranty of each country, and how soon something happens.
func (b *builder) promises(ctx context.Context) error {
	for _, c := range Countries {
		var covers []members
		for _, cost := range warranty.CostKinds {
			covers = append(covers, members{"cost": cost, "months": c.Months, "payer": warranty.BrandPays})
		}
		err := b.post(ctx, "/v1/warranty-terms", members{
			"code": "term-" + strings.ToLower(string(c.Code)), "brand": b.world.brand, "sold_in": c.Code, "kind": c.Law,
			"start": warranty.FromSale, "covers": covers, "excludes": []members{{"cause": warranty.Misuse}},
		}, nil)
		if err != nil {
			return err
		}
	}
	err := b.do(ctx, http.MethodPut, "/v1/sla/calendars", members{"calendars": []members{{"week": "Mo-Sa 09:00-18:00"}}}, nil, "If-Match", "*")
	if err != nil {
		return err
	}
	target := func(to sla.Party, kind sla.Kind, hours int64) members {
		return members{"to": to, "kind": kind, "within_minutes": hours * 60, "warn_at": []int{80}, "pause_for": []sla.Reason{sla.WaitCustomer, sla.WaitPart}}
	}
	return b.do(ctx, http.MethodPut, "/v1/sla/targets", members{"targets": []members{
		target(sla.ToCustomer, sla.Respond, 8), target(sla.ToCustomer, sla.Resolve, 45), target(sla.ToBrand, sla.Resolve, 90),
	}}, nil, "If-Match", "*")
}

// prices are what the brand or customer pays in each country and what partners
// get: made up, at the country's level.
func (b *builder) prices(ctx context.Context) error {
	from := b.clock.Now().AddDate(-1, 0, 0)
	for _, c := range Countries {
		for party, share := range map[settlement.Party]int64{settlement.ToBrand: 100, settlement.ToPartner: 75} {
			at := func(cents int64) int64 { return c.local(cents * share / 100) }
			card := settlement.Card{
				Currency: c.Currency, MinuteMinor: at(110), LeastMinute: 30, CallMinor: at(3500), KmMinor: at(50), FreeKm: 10, PartPercent: 100,
				DoneMinor: map[work.Kind]int64{work.Remotely: at(1200), work.Return: at(4500), work.SwapUnit: at(2500), work.Shipment: at(800), work.Money: at(500)},
				Logistics: at(900), Diagnosis: at(1500),
			}
			if err := b.post(ctx, "/v1/rate-cards", members{"party": party, "country": c.Code, "valid_from": from, "card": card}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
