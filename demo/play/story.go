package play

import (
	"context"
	"errors"
	"slices"
	"time"

	"fettle.dev/fettle/demo/texts"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/work"
)

// story is what the play knows of a case beside what the API shows.
type story struct {
	id      id.Case
	brand   string
	line    string
	model   string
	symptom string
	work    desk.WorkType
	country locale.Country
	zone    *time.Location
	lang    locale.Tag
	opened  time.Time

	link        string // by which the customer follows it; "" until somebody has looked
	visit       *order // that an appointment is for
	appointment id.Appointment

	responded, decided, partSaid, finished, told bool
	looked                                       int   // times that no slot was found
	before                                       int64 // plans that have failed
}

func (st *story) agent() string { return agentOf(st.lang) }

// dispatcher is who plans visits there.
func (st *story) dispatcher() string {
	switch st.country {
	case "CN", "SG":
		return "dispatcher-wuhan"
	case "US", "CA":
		return "dispatcher-americas"
	default:
		return "dispatcher-europe"
	}
}

// seen is a case as the API shows it.
type seen struct {
	ID         id.Case        `json:"id"`
	State      desk.State     `json:"state"`
	WaitingFor desk.WaitFor   `json:"waiting_for"`
	Brand      id.Brand       `json:"brand"`
	Line       id.Line        `json:"line"`
	Model      id.Model       `json:"model"`
	Order      id.Order       `json:"order"`
	Country    locale.Country `json:"country"`
	Zone       string         `json:"zone"`
	WorkType   desk.WorkType  `json:"work_type"`
	Symptom    string         `json:"symptom"`
	Language   locale.Tag     `json:"language"`
	OpenedAt   time.Time      `json:"opened_at"`
	Responded  time.Time      `json:"responded_at"`
	Resolved   time.Time      `json:"resolved_at"`
	Link       string         `json:"link"`
	Rating     *struct {
		Stars int64 `json:"stars"`
	} `json:"rating"`
}

// begin follows a case that has just been opened.
func (p *Player) begin(st *story, c id.Case) {
	st.id = c
	p.stories[c] = st
	p.Tally["cases"]++
	wait := p.some(35 * time.Minute)
	if st.brand == world.Lingfeng && st.country == "CN" && p.chance(120) {
		wait = p.some(4 * time.Hour) // too many at once
	}
	p.lookAt(st, atWork(p.clock.Now().Add(wait), st.zone))
	p.chases(st)
	if p.chance(28) {
		p.at(p.clock.Now().Add(p.some(9*time.Hour)), func(ctx context.Context) error { return p.giveUp(ctx, st) })
	}
}

// lookAt has somebody look at the case at the time, or a little after, since not
// all look at once.
func (p *Player) lookAt(st *story, at time.Time) {
	p.at(at.Add(time.Duration(p.rand.IntN(240))*time.Second), func(ctx context.Context) error { return p.look(ctx, st) })
}

// soon has somebody look again after about so long.
func (p *Player) soon(st *story, d time.Duration) { p.lookAt(st, p.clock.Now().Add(p.some(d))) }

// inHours has somebody look again after about so long, when people work.
func (p *Player) inHours(st *story, d time.Duration) {
	p.lookAt(st, atWork(p.clock.Now().Add(p.some(d)), st.zone))
}

// look does the next thing that the case needs.
func (p *Player) look(ctx context.Context, st *story) error {
	if !st.appointment.IsZero() {
		a, err := p.App.Dispatch.Appointment(ctx, p.Tenant, st.appointment)
		if err != nil {
			return err
		}
		if a.State.Live() {
			return p.goOn(ctx, st, a)
		}
		st.appointment = id.Appointment{}
	}
	c, err := p.App.Desk.Brief(ctx, p.Tenant, st.id)
	if errors.Is(err, desk.ErrCaseNotFound) {
		p.lookAt(st, p.clock.Now().Add(step)) // it is being made of the order
		return nil
	} else if err != nil {
		return err
	}
	switch {
	case c.State.Over():
		delete(p.stories, st.id)
		return nil
	case c.State == desk.Resolved:
		return p.after(ctx, st)
	case c.State == desk.New && !st.responded:
		return p.respond(ctx, st)
	case c.State == desk.Waiting:
		return p.waiting(ctx, st, c)
	case c.Node.IsZero() && !st.decided:
		return p.unrouted(ctx, st)
	default:
		return p.work(ctx, st, c)
	}
}

// see is the case as the API shows it to its agent.
func (p *Player) see(ctx context.Context, st *story) (c seen, err error) {
	err = p.get(ctx, st.agent(), "/v1/cases/"+st.id.String(), &c)
	st.link = c.Link
	return c, err
}

// waiting: the customer has answered, or the part is seen to.
func (p *Player) waiting(ctx context.Context, st *story, b desk.Brief) error {
	c, err := p.see(ctx, st)
	if err != nil {
		return err
	}
	if c.WaitingFor != desk.ForCustomer {
		return p.work(ctx, st, b)
	}
	p.inHours(st, time.Hour)
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/resume", nothing{}, nil)
}

// respond: an agent answers, and now and then asks something first.
func (p *Player) respond(ctx context.Context, st *story) error {
	st.responded = true
	topic := texts.Promise
	if p.chance(130) {
		topic = texts.Ask
	}
	if err := p.say(ctx, st, topic, false); err != nil {
		return err
	}
	if p.chance(150) {
		if err := p.say(ctx, st, texts.Note, true); err != nil {
			return err
		}
	}
	if topic == texts.Promise {
		p.soon(st, 20*time.Minute)
		return nil
	}
	p.inHours(st, 7*time.Hour)
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/wait", map[string]any{"for": desk.ForCustomer}, nil)
}

// say lets the agent write.
func (p *Player) say(ctx context.Context, st *story, topic string, internal bool) error {
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/messages",
		map[string]any{"text": pick(p.rand, texts.Talk(topic, st.lang)), "language": st.lang, "internal": internal}, nil)
}

// unrouted: nobody serves the place. For some a dispatcher finds a node that
// goes there all the same.
func (p *Player) unrouted(ctx context.Context, st *story) error {
	p.Tally["unrouted"]++
	st.decided = true // what follows is for a person who takes the time
	nodes := map[locale.Country]string{"CN": "shanghai", "FR": "paris", "GB": "manchester"}
	if p.chance(450) || nodes[st.country] == "" {
		return nil
	}
	p.soon(st, 40*time.Minute)
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/assign", map[string]any{"node": p.Nodes[nodes[st.country]].ID}, nil)
}

// order is a work order as the API shows it.
type order struct {
	ID       id.WorkOrder  `json:"id"`
	Kind     work.Kind     `json:"kind"`
	State    work.State    `json:"state"`
	Minutes  int64         `json:"minutes"`
	Parts    []remedy.Need `json:"parts"`
	Attempts int64         `json:"attempts"`
}

// work does the next thing about the case's work, once it is decided how it is
// fixed.
func (p *Player) work(ctx context.Context, st *story, c desk.Brief) error {
	var list struct {
		Items []order `json:"items"`
	}
	if err := p.get(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/work-orders", &list); err != nil {
		return err
	}
	i := slices.IndexFunc(list.Items, func(o order) bool { return o.State.Open() })
	switch {
	case len(list.Items) == 0:
		return p.decide(ctx, st)
	case i < 0:
		return p.decide(ctx, st) // it is done and the case follows, or it failed and there is another plan
	case list.Items[i].Kind == work.Visit:
		return p.visit(ctx, st, c, list.Items[i])
	default:
		return p.elsewhere(ctx, st, list.Items[i])
	}
}

// giveUp: the customer does not want it any more.
func (p *Player) giveUp(ctx context.Context, st *story) error {
	p.Tally["given up"]++
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/cancel", nothing{}, nil)
}

// chases: customers who wait urge; in the heat sooner.
func (p *Player) chases(st *story) {
	for at, again := p.clock.Now().Add(p.some(34*time.Hour)), 300; p.chance(again); at, again = at.Add(p.some(20*time.Hour)), 450 {
		p.at(atWork(at, st.zone), func(ctx context.Context) error { return p.chase(ctx, st) })
	}
}

func (p *Player) chase(ctx context.Context, st *story) error {
	c, err := p.App.Desk.Brief(ctx, p.Tenant, st.id)
	if err != nil || !c.State.Active() {
		return err
	}
	p.Tally["chased"]++
	if p.chance(400) {
		return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/chase", nothing{}, nil)
	}
	if st.link == "" {
		if _, err := p.see(ctx, st); err != nil {
			return err
		}
	}
	return p.Visitor().Post(ctx, "/v1/public/cases/"+st.link+"/chase", nothing{}, nil)
}
