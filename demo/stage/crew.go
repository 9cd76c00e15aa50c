package stage

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"fettle.dev/fettle/demo/geo"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/platform/access"
)

// wages: what an hour and a kilometre cost in each country, in minor units of
// its currency; made up, like all prices.
var wages = map[locale.Country][2]int64{
	"CN": {4500, 120}, "SG": {2600, 60}, "DE": {3900, 42}, "AT": {3800, 42}, "NL": {4000, 40}, "GB": {3400, 45}, "SE": {39000, 420},
	"FR": {3700, 45}, "US": {4200, 67}, "CA": {4400, 70},
}

// newcomer is a technician as the API takes them in.
type newcomer struct {
	Node            id.Node             `json:"node"`
	Name            string              `json:"name"`
	Start           geo.Point           `json:"start"`
	Employment      dispatch.Employment `json:"employment"`
	Hour            money.Amount        `json:"hour"`
	Kilometre       money.Amount        `json:"kilometre"`
	MaxMinutes      int64               `json:"max_minutes"`
	OvertimeMinutes int64               `json:"overtime_minutes"`
	Skills          []dispatch.Skill    `json:"skills"`
	Week            calendar.Week       `json:"week"`
}

// crew hires the technicians, and gives each a user.
func (s *Stage) crew(ctx context.Context) error {
	admin, err := s.Client(ctx, "admin")
	if err != nil {
		return err
	}
	today, err := calendar.ParseDay(string(s.Day))
	if err != nil {
		return err
	}
	for _, t := range s.World.Technicians {
		var hired struct {
			ID id.Technician `json:"id"`
		}
		if err := admin.Post(ctx, "/v1/technicians", s.newcomer(t, today), &hired); err != nil {
			return fmt.Errorf("technician %s: %w", t.Code, err)
		}
		s.Technicians[t.Code] = hired.ID
		var person struct {
			Person id.Person `json:"person"`
		}
		if err := admin.Get(ctx, "/v1/technicians/"+hired.ID.String(), &person); err != nil {
			return err
		}
		if err := s.technician(ctx, t, person.Person); err != nil {
			return err
		}
	}
	return admin.Close(ctx)
}

// boards: every node's plan keeps its promises by itself, but where the world has
// something else; and some technicians are lent.
func (s *Stage) boards(ctx context.Context) error {
	chosen := map[string]world.Board{}
	for _, b := range world.Boards {
		chosen[b.Node] = b
	}
	for code := range s.crewed() {
		b, ok := chosen[code]
		if !ok {
			b.Autonomy = dispatch.Keeping
		}
		var rewards *dispatch.Steering
		if b.Share > 0 {
			rewards = &dispatch.Steering{SharePermille: b.Share, Most: money.Of(b.Most, currencyOf(s.Nodes[code].Country))}
		}
		if _, err := s.App.Dispatch.SetEngine(ctx, s.Nodes[code].ID, "", dispatch.Settings{Autonomy: b.Autonomy, Balance: b.Balance, Steering: rewards}); err != nil {
			return fmt.Errorf("board of %s: %w", code, err)
		}
	}
	return s.lends(ctx)
}

func (s *Stage) lends(ctx context.Context) error {
	for _, l := range world.Lends {
		to := s.Nodes[l.To]
		lend := dispatch.Lend{Node: to.ID, Price: money.Of(l.Price, currencyOf(to.Country))}
		if _, err := s.App.Dispatch.SetLends(ctx, s.Technicians[l.Technician], "", []dispatch.Lend{lend}); err != nil {
			return fmt.Errorf("lend %s: %w", l.Technician, err)
		}
	}
	return nil
}

// currencyOf is what people are paid in in the country.
func currencyOf(country locale.Country) money.Currency {
	for _, c := range geodata.Countries() {
		if c.Code == country {
			return c.Currency
		}
	}
	return ""
}

// crewed are the codes of the nodes that have technicians.
func (s *Stage) crewed() map[string]bool {
	out := map[string]bool{}
	for _, t := range s.World.Technicians {
		out[t.Node] = true
	}
	return out
}

func (s *Stage) newcomer(t world.Technician, today calendar.Day) newcomer {
	n := s.Nodes[t.Node]
	country, currency := n.Country, currencyOf(n.Country)
	out := newcomer{
		Node: n.ID, Name: t.Name, Start: t.Home, Employment: dispatch.PartTime, Hour: money.Of(wages[country][0], currency),
		Kilometre: money.Of(wages[country][1], currency), MaxMinutes: 600, OvertimeMinutes: 60, Week: t.Week,
	}
	if t.Core {
		out.Employment = dispatch.Core
	}
	for _, l := range s.World.Lines { // in the order of the lines, since maps have none
		if level, can := t.Skills[l.Code]; can {
			out.Skills = append(out.Skills, dispatch.Skill{Skill: l.Code, Level: level})
		}
	}
	for _, c := range t.Certificates {
		out.Skills = append(out.Skills, dispatch.Skill{Skill: c.Code, Level: 1, ValidUntil: (today + calendar.Day(c.Expires)).String()})
	}
	return out
}

// technician gives a technician a user, under the name of the list if it has one.
func (s *Stage) technician(ctx context.Context, t world.Technician, person id.Person) error {
	n := s.Nodes[t.Node]
	u := world.User{
		Login: TechnicianLogin(t.Code), Name: t.Name, Role: access.Technician, Scope: access.Self, Of: t.Code, Language: t.Language, Zone: n.Zone, Country: n.Country,
	}
	for _, listed := range s.World.Users {
		if listed.Scope == access.Self && listed.Of == t.Code {
			u = listed
		}
	}
	return s.user(ctx, u, person)
}

var errCrew = errors.New("stage: the technicians are not those of the demo")

// findCrew finds the technicians by the order in which they were hired.
func (s *Stage) findCrew(ctx context.Context) error {
	admin, err := s.Client(ctx, "admin")
	if err != nil {
		return err
	}
	rest, cursor := s.World.Technicians, ""
	for {
		var page struct {
			Items []struct {
				ID   id.Technician `json:"id"`
				Node id.Node       `json:"node"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := admin.Get(ctx, "/v1/technicians?all=true&limit=100&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return err
		}
		for _, found := range page.Items {
			if len(rest) == 0 {
				break // hired later, by somebody who uses the demo
			}
			if s.Nodes[rest[0].Node].ID != found.Node {
				return errCrew
			}
			s.Technicians[rest[0].Code], rest = found.ID, rest[1:]
		}
		if cursor = page.Next; cursor == "" {
			return admin.Close(ctx)
		}
	}
}

// Booking is pieces that come in at a node, as the API takes them.
type Booking struct {
	Node      id.Node `json:"node"`
	Reference string  `json:"reference"`
	Lines     []Piece `json:"lines"`
}

// Piece is some pieces of a part.
type Piece struct {
	Part     id.Part     `json:"part"`
	Quantity int64       `json:"quantity"`
	Owner    parts.Owner `json:"owner,omitempty"`
}

// stock puts what there is on the shelves, a node after the other.
func (s *Stage) stock(ctx context.Context) error {
	keeper, err := s.Client(ctx, "parts")
	if err != nil {
		return err
	}
	byNode := map[string][]Piece{}
	for _, st := range s.World.Stock {
		p := Piece{Part: s.Parts[st.Part], Quantity: st.Quantity, Owner: parts.ByOperator}
		if st.Brand {
			p.Owner = parts.ByBrand
		}
		byNode[st.Node] = append(byNode[st.Node], p)
	}
	for _, n := range s.World.Nodes {
		err := chunks(byNode[n.Code], 200, func(some []Piece) error {
			return keeper.Post(ctx, "/v1/stock/receipts", Booking{s.Nodes[n.Code].ID, "OPENING", some}, nil)
		})
		if err != nil {
			return err
		}
	}
	return keeper.Close(ctx)
}
