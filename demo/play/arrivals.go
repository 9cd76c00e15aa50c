package play

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"fettle.dev/fettle/demo/texts"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/modules/vault"
)

// flow is how many of a sort of case arrive on a day.
type flow struct {
	brand string
	city  string // "": any place of the brand but Wuhan
	work  desk.WorkType
	daily float64
	heat  float64 // how many times as many at the height of the rush, less one
	order int     // of 1,000: by the brand's order
	line  string  // "": any
}

// hard are cases that nobody at the node can do, or where no node is: they stay
// open, with the reason.
var hard = []flow{
	{brand: world.Voltara, city: "Warsaw", work: desk.Repair},
	{brand: world.Lingfeng, city: "Yichang", work: desk.Repair, line: "AC-DUCT"},
	{brand: world.Voltara, city: "Vienna", work: desk.Repair, line: "EV-DC"},
}

// stuck is how long such a case stays open before somebody gives it up: those of
// the days before are not even played.
const stuck = 11 * 24 * time.Hour

var flows = []flow{
	{world.Lingfeng, "", desk.Repair, 6, 0.3, 60, ""},
	{world.Lingfeng, "Wuhan", desk.Repair, 4.2, 7, 40, ""},
	{world.Lingfeng, "Wuhan", desk.Install, 2, 3, 1000, ""},
	{world.Lingfeng, "", desk.Install, 2, 0, 1000, ""},
	{world.Lingfeng, "", desk.Maintain, 0.5, 0, 500, ""},
	{world.Lingfeng, "", desk.Remove, 0.3, 0, 0, ""},
	{world.Layerworks, "", desk.Repair, 5.8, 0, 0, ""},
	{world.Layerworks, "Chicago", desk.Repair, 0.3, 65, 0, "PR-PRO"},
	{world.Voltara, "", desk.Repair, 5.6, 0, 30, ""},
	{world.Voltara, "Hamburg", desk.Repair, 0.3, 14, 30, ""},
	{world.Voltara, "Hamburg", desk.Inspect, 0.3, 44, 1000, ""},
	{world.Voltara, "", desk.Install, 0.7, 0, 800, ""},
	{world.Voltara, "", desk.Inspect, 0.5, 0, 1000, ""},
	{world.Voltara, "", desk.Maintain, 0.3, 0, 1000, ""},
	{world.Voltara, "", desk.Commission, 0.3, 0, 1000, ""},
}

// heat is how hot it is in Wuhan on a day that lies so many days before the end
// of the play: up to 1, two and a half days before. In Hamburg a storm tide comes
// over the chargers on the same days, and in Chicago a trade fair over the printers.
func heat(daysBefore float64) float64 {
	d := (daysBefore - 2.5) / 2.4
	return math.Exp(-d * d)
}

// byHour is how many of 100 customers ask in each hour of their day.
var byHour = []int{1, 0, 0, 0, 0, 1, 2, 4, 8, 10, 9, 8, 6, 6, 7, 7, 6, 5, 5, 6, 7, 6, 4, 2}

// schedule puts everything on the agenda that begins by itself.
func (p *Player) schedule(from, until time.Time) {
	for day := from.Truncate(24 * time.Hour); day.Before(until); day = day.Add(24 * time.Hour) {
		hot := heat(until.Sub(day).Hours()/24 - 0.5)
		for _, f := range flows {
			for range p.about(f.daily * (1 + f.heat*hot) * weekly(f.brand, day)) {
				place := p.place(f)
				at := localTime(p.rand.IntN, day, place)
				if at.Before(from) || !at.Before(until) {
					continue
				}
				p.at(at, func(ctx context.Context) error { return p.arrive(ctx, f, place) })
			}
		}
		if day.YearDay()%5 == 0 && until.Sub(day) < stuck || day.Equal(from.Truncate(24*time.Hour)) && until.Sub(from) < stuck {
			for _, f := range hard {
				place := p.place(f)
				p.at(from.Add(time.Hour).Add(day.Sub(from.Truncate(24*time.Hour))), func(ctx context.Context) error { return p.arrive(ctx, f, place) })
			}
		}
		if !day.Before(p.dealt) {
			p.daily(day)
			p.dealt = day.Add(24 * time.Hour)
		}
	}
}

// weekly: companies that run chargers ask less at weekends.
func weekly(brand string, day time.Time) float64 {
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	if brand == world.Voltara && weekend {
		return 0.6
	}
	return 1
}

// about is a whole number whose mean is x (Poisson).
func (p *Player) about(x float64) (n int) {
	for limit, product := math.Exp(-x), p.rand.Float64(); product > limit; product *= p.rand.Float64() {
		n++
	}
	return n
}

func (p *Player) place(f flow) world.Place {
	var places []world.Place
	var weights []int
	for _, c := range world.Places {
		if c.Brand != f.brand || f.city != "" && c.City != f.city || f.city == "" && c.City == "Wuhan" {
			continue
		}
		places, weights = append(places, c), append(weights, c.Weight)
	}
	return places[world.Weighted(p.rand, weights)]
}

func localTime(intn func(int) int, day time.Time, place world.Place) time.Time {
	hour, total := 0, 0
	for _, w := range byHour {
		total += w
	}
	for at := intn(total); at >= byHour[hour]; hour++ {
		at -= byHour[hour]
	}
	zone := place.Zone()
	return time.Date(day.Year(), day.Month(), day.Day(), hour, intn(60), intn(60), 0, zone).UTC()
}

// arrive is a customer who asks for something, or a brand that orders it.
func (p *Player) arrive(ctx context.Context, f flow, place world.Place) error {
	in, line := p.intake(f, place)
	st := &story{brand: f.brand, line: line, work: f.work, country: place.Country, zone: place.Zone(), opened: p.clock.Now(), lang: in.Language, model: in.Model, symptom: in.Symptom}
	switch {
	case p.chance(f.order):
		return p.order(ctx, st, in)
	case p.chance(450):
		return p.ask(ctx, st, in)
	default:
		return p.call(ctx, st, in)
	}
}

// intake makes up what the customer says.
func (p *Player) intake(f flow, place world.Place) (desk.Intake, string) {
	address := place.At(p.rand)
	who := p.people.Of(place.Country, world.Speaks(place.Country))
	in := desk.Intake{
		Brand: f.brand, WorkType: f.work,
		Requester: desk.Requester{Name: who.Name, Phone: who.Phone, Email: who.Email},
		Site:      desk.Site{Country: address.Country, Postcode: address.Postcode, City: address.City, Street: address.Street, Point: address.Point},
	}
	in.Parties = p.parties(place)
	unit := p.unit(f, place.Country, place.City)
	line := p.lines[unit.Line]
	in.Model = unit.Model
	if f.work != desk.Install && f.work != desk.Commission && f.work != desk.Survey && p.chance(820) {
		in.Serial = unit.Serial
	}
	topic := string(f.work)
	if f.work == desk.Repair {
		in.Symptom = p.symptom(line)
		topic = in.Symptom
	}
	found, tag := texts.Of(f.brand, topic, who.Language)
	in.Text, in.Language = pick(p.rand, found), tag
	if f.brand == world.Voltara && unit.Line == "EV-DC" && p.chance(250) {
		in.Priority = desk.Critical
	} else if p.chance(80) {
		in.Priority = desk.High
	}
	return in, unit.Line
}

// parties are those who play a part beside the customer: now and then a tenant
// opens the door, and seldom somebody else pays.
func (p *Player) parties(place world.Place) (out []desk.Party) {
	for _, part := range []struct {
		role   vault.PartyRole
		chance int
	}{{vault.UserOnSite, 140}, {vault.Payer, 40}} {
		if p.chance(part.chance) {
			who := p.people.Of(place.Country, world.Speaks(place.Country))
			out = append(out, desk.Party{Role: part.role, Name: who.Name, Phone: who.Phone, Email: who.Email})
		}
	}
	return out
}

// unit is a unit of the brand in the city that no case of this play is about;
// when there is none left, any.
func (p *Player) unit(f flow, country locale.Country, city string) *world.Unit {
	if f.line != "" {
		return p.ofLine(f.line, country)
	}
	key := f.brand + city
	list := p.units[key]
	if len(list) == 0 {
		for i := range p.World.Units {
			if p.World.Units[i].Brand == f.brand && p.chance(20) {
				return &p.World.Units[i]
			}
		}
		return &p.World.Units[0]
	}
	i := p.rand.IntN(len(list))
	u := &p.World.Units[list[i]]
	if p.chance(960) { // now and then something fails twice
		list[i] = list[len(list)-1]
		p.units[key] = list[:len(list)-1]
	}
	return u
}

// ofLine is some unit of the line that the maker still covers, in the country
// where there is one.
func (p *Player) ofLine(line string, country locale.Country) *world.Unit {
	from := p.rand.IntN(len(p.World.Units))
	young := catalog.DayOf(p.clock.Now().AddDate(-2, 0, 0))
	out := &p.World.Units[from]
	for i := range p.World.Units {
		u := &p.World.Units[(from+i)%len(p.World.Units)]
		if u.Line != line || u.SoldOn <= young {
			continue
		}
		if out = u; u.Place.Country == country {
			return out
		}
	}
	return out
}

func (p *Player) symptom(l *world.Line) string {
	weights := make([]int, len(l.Symptoms))
	for i, s := range l.Symptoms {
		weights[i] = s.Weight
	}
	return l.Symptoms[world.Weighted(p.rand, weights)].Code
}

// opened is what whoever asks hears.
type opened struct {
	ID   id.Case `json:"id"`
	Link string  `json:"link"`
}

// ask: the customer fills in the public page.
func (p *Player) ask(ctx context.Context, st *story, in desk.Intake) error {
	in.Priority = 0
	var out opened
	if err := p.Visitor().Do(ctx, http.MethodPost, "/v1/public/requests", in, &out); err != nil {
		return err
	}
	p.Tally["asked on the page"]++
	st.link = out.Link
	p.begin(st, out.ID)
	return nil
}

// call: the customer calls, writes or chats, and an agent takes it in.
func (p *Player) call(ctx context.Context, st *story, in desk.Intake) error {
	in.Channel = pick(p.rand, []desk.Channel{desk.ByPhone, desk.ByPhone, desk.ByEmail, desk.ByChat})
	var out opened
	if err := p.post(ctx, st.agent(), "/v1/cases", in, &out); err != nil {
		return err
	}
	p.Tally["taken in by agents"]++
	st.link = out.Link
	p.begin(st, out.ID)
	return nil
}

// order: the brand orders, under its own number; one in twenty is sent twice.
func (p *Player) order(ctx context.Context, st *story, in desk.Intake) error {
	p.Tally["orders"]++
	in.Channel = desk.ByOrder
	o := orders.Submission{Number: p.number(st.brand), Intake: in}
	var out struct {
		ID id.Order `json:"id"`
	}
	if err := p.post(ctx, "integrator", "/v1/orders", o, &out); err != nil {
		return err
	}
	if p.chance(50) {
		if err := p.post(ctx, "integrator", "/v1/orders", o, nil); err != nil {
			return err
		}
	}
	p.begin(st, id.Case(out.ID)) // a case of an order has its id
	return nil
}

func (p *Player) number(brand string) string {
	return fmt.Sprintf("%s-%s-%05d", map[string]string{world.Lingfeng: "LFO", world.Layerworks: "LW", world.Voltara: "VO"}[brand],
		p.clock.Now().Format("060102"), p.Tally["orders"]*7+p.rand.IntN(7))
}

// agentOf is the agent who speaks the language.
func agentOf(tag locale.Tag) string {
	switch tag {
	case locale.Chinese:
		return "agent-zh"
	case "de":
		return "agent-de"
	default:
		return "agent-en"
	}
}
