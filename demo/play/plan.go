package play

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fettle.dev/fettle/demo/texts"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
)

// plan is a fix plan as the API shows it.
type plan struct {
	State    string          `json:"state"`
	Facts    remedy.Facts    `json:"facts"`
	Proposal remedy.Proposal `json:"proposal"`
}

// wishes: which ways agents would rather go for a line, with their weight, when
// the planner lets them.
var wishes = map[string][]struct {
	mode   remedy.Mode
	weight int
}{
	"AC-PORT":  {{remedy.MailIn, 4}, {remedy.CarryIn, 4}, {remedy.Remote, 2}, {remedy.Swap, 1}},
	"PR-FDM":   {{remedy.SelfKit, 9}, {remedy.Remote, 5}, {remedy.MailIn, 4}, {remedy.Swap, 2}},
	"PR-RESIN": {{remedy.SelfKit, 7}, {remedy.Remote, 3}, {remedy.MailIn, 5}, {remedy.Swap, 3}},
	"PR-PRO":   {{remedy.OnSite, 7}, {remedy.Remote, 3}, {remedy.MailIn, 1}},
	"EV-HOME":  {{remedy.OnSite, 7}, {remedy.Remote, 3}},
	"EV-POST":  {{remedy.OnSite, 7}, {remedy.Remote, 3}},
	"EV-DC":    {{remedy.OnSite, 8}, {remedy.Remote, 2}},
}

// decide: an agent accepts the plan or, with a reason, another way of it.
func (p *Player) decide(ctx context.Context, st *story) error {
	var v plan
	if err := p.get(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/plan", &v); err != nil {
		return err
	}
	st.before = int64(len(v.Facts.Tried))
	p.soon(st, 12*time.Minute)
	if v.State != "proposed" {
		return nil // it needs nobody
	}
	st.decided = true
	best := v.Proposal.Best()
	if best == remedy.NoRemedy {
		p.Tally["no remedy"]++
		return p.giveUp(ctx, st)
	}
	if v.Facts.LabourPaid == warranty.CustomerPays && p.chance(70) {
		p.Tally["too dear"]++
		return p.giveUp(ctx, st)
	}
	mode := p.wish(st, v)
	said := map[string]any{"mode": mode}
	if mode != best {
		p.Tally["plans overruled"]++
		said["reason"] = pick(p.rand, []string{"customer_wish", "tried_before", "known_fault", "site_visit_needed"})
	}
	p.Tally["mode "+string(mode)]++
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/plan/decide", said, nil)
}

func (p *Player) wish(st *story, v plan) remedy.Mode {
	if st.work != desk.Repair || p.chance(250) {
		return v.Proposal.Best()
	}
	if st.symptom == "DOA" && choosable(v, remedy.Swap) {
		return remedy.Swap
	}
	list := wishes[st.line]
	weights := make([]int, len(list))
	any := 0
	for i, w := range list {
		if choosable(v, w.mode) {
			weights[i] = w.weight
			any += w.weight
		}
	}
	if any == 0 {
		return v.Proposal.Best()
	}
	return list[world.Weighted(p.rand, weights)].mode
}

func choosable(v plan, m remedy.Mode) bool {
	o, found := v.Proposal.Find(m)
	return found && !o.Out
}

// elsewhere is work that is no visit: advice takes hours, what travels takes
// days.
func (p *Player) elsewhere(ctx context.Context, st *story, o order) error {
	if !st.finished {
		st.finished = true
		p.inHours(st, map[work.Kind]time.Duration{
			work.Remotely: 2 * time.Hour, work.Shipment: 60 * time.Hour, work.Return: 130 * time.Hour, work.SwapUnit: 70 * time.Hour, work.Money: 40 * time.Hour,
		}[o.Kind])
		return nil
	}
	st.finished = false
	r := p.attempt(st.work, st.before+o.Attempts+1)
	said := map[string]any{"outcome": r.Outcome, "worked_minutes": 10 + p.rand.IntN(30)}
	switch {
	case o.Kind == work.SwapUnit || o.Kind == work.Money:
		said["outcome"] = work.WorkFinished
	case r.Outcome == work.NotPresent || r.Outcome == work.PartMissing:
		said["outcome"] = work.Fixed // nobody need be there
	default:
		if r.Cause != "" {
			said["cause"] = r.Cause
		}
	}
	if said["outcome"] == work.Fixed && o.Kind != work.Remotely && len(o.Parts) > 0 {
		said["parts"] = o.Parts
	}
	p.inHours(st, 8*time.Hour)
	p.Tally["done elsewhere"]++
	who := st.agent()
	if o.Kind == work.Return && st.dispatcher() == "dispatcher-europe" {
		who = "depot"
	}
	return p.post(ctx, who, "/v1/work-orders/"+o.ID.String()+"/finish", said, nil)
}

// after: what is solved is told, rated, confirmed by the brand, and closed.
func (p *Player) after(ctx context.Context, st *story) error {
	c, err := p.see(ctx, st)
	if err != nil {
		return err
	}
	if !st.told {
		st.told = true
		p.inHours(st, 22*time.Hour)
		if p.chance(430) && c.Rating == nil {
			p.at(p.clock.Now().Add(p.some(9*time.Hour)), func(ctx context.Context) error { return p.rate(ctx, st, c) })
		}
		if p.chance(600) {
			return p.say(ctx, st, texts.Resolved, false)
		}
		return nil
	}
	delete(p.stories, st.id)
	if !c.Order.IsZero() {
		if err := p.post(ctx, "integrator", "/v1/orders/"+c.Order.String()+"/confirm", nothing{}, nil); err != nil {
			return err
		}
	}
	p.Tally["closed"]++
	return p.post(ctx, st.agent(), "/v1/cases/"+st.id.String()+"/close", nothing{}, nil)
}

// rate: content customers rate well; who waited long does not.
func (p *Player) rate(ctx context.Context, st *story, c seen) error {
	stars, topic := 4+p.rand.IntN(2), texts.Good
	if waited := c.Resolved.Sub(c.OpenedAt); waited > 4*24*time.Hour && p.chance(600) || p.chance(90) {
		stars, topic = 1+p.rand.IntN(3), texts.Bad
	}
	said := map[string]any{"stars": stars}
	if p.chance(550) {
		said["comment"] = pick(p.rand, texts.Talk(topic, st.lang))
	}
	p.Tally["rated "+strconv.Itoa(stars)]++
	return p.Visitor().Post(ctx, "/v1/public/cases/"+c.Link+"/rating", said, nil)
}

// cures are the parts that may be the cure on the model, as likely as they are.
func (p *Player) cures(st *story) []remedy.Need {
	var found []id.Part
	var weights []int
	for i := range p.World.Parts {
		part := &p.World.Parts[i]
		if part.Hints[st.symptom] > 0 && part.Line == st.line && (st.model == "" || slices.Contains(part.Fits, st.model)) {
			found, weights = append(found, p.Parts[part.Number]), append(weights, part.Hints[st.symptom])
		}
	}
	if len(found) == 0 {
		return nil
	}
	return []remedy.Need{{Part: found[world.Weighted(p.rand, weights)], Quantity: 1}}
}
