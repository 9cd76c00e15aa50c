package play_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/modules/desk"
)

// board is a node's next days as the API shows them.
type board struct {
	Technicians []struct {
		Technician   string
		Appointments []struct {
			ID         string
			Pinned     bool
			ExpectedAt time.Time `json:"expected_at"`
		}
	}
	Unassigned []struct {
		WorkOrder string `json:"work_order"`
	}
	Attention []struct {
		Code, Appointment string
		WorkOrder         string `json:"work_order"`
	}
	Slowdowns []struct{ Percent int }
}

// worstDay is a day on which everything happens, and what was done to it.
type worstDay struct {
	*play.Player
	now   time.Time
	admin *stage.Client
	desk  *stage.Client // of the dispatcher
	parts *stage.Client
	nodes []string

	before    []visit
	ill       map[string]bool
	pinned    map[string]bool      // visits that the dispatcher has placed
	late      map[string]time.Time // visits whose parts come then; zero: nobody knows when
	cancelled map[string]bool
	missed    map[string]bool
	overrun   map[string]time.Time
	urgent    string // a case
}

// A day on which everything happens at once, played at speed wherever the dispatcher of China sends people: technicians
// fall ill, a customer calls off, one has water running, a technician does not come, another
// one needs longer, parts are late, and for hours the roads are slow. Who judges knows only
// what the API shows, an hour later and in the evening: what was promised stands in its
// window, or is named as what cannot be kept; nobody is promised twice; what a dispatcher
// placed stays; nothing is lost.
func TestTheWorstDay(t *testing.T) {
	t.Parallel()
	d := beginWorstDay(t)
	for _, hit := range []func(*testing.T){d.place, d.fallIll, d.callOff, d.delayParts, d.slowRoads, d.overruns, d.nobodyCame, d.call} {
		hit(t)
	}
	must(t, d.App.Settle(t.Context()))
	d.until(t, time.Hour)
	d.urgentIsSeenTo(t)
	d.judge(t)
	d.until(t, 9*time.Hour)
	d.judge(t)
}

// beginWorstDay plays until the morning of a working day, when people are at work.
func beginWorstDay(t *testing.T) *worstDay {
	t.Helper()
	p := played(t, 5, 60*time.Hour)
	must(t, p.Run(t.Context(), p.App.DB.Now()().Add(17*time.Hour+10*time.Minute), func(int, int, string) {})) // ten past ten in China
	d := &worstDay{
		Player: p, now: p.App.DB.Now()(), ill: map[string]bool{}, pinned: map[string]bool{}, late: map[string]time.Time{}, cancelled: map[string]bool{},
		missed: map[string]bool{}, overrun: map[string]time.Time{},
	}
	for who, client := range map[string]**stage.Client{"admin": &d.admin, "dispatcher-wuhan": &d.desk, "parts": &d.parts} {
		c, err := p.Client(t.Context(), who)
		must(t, err)
		*client = c
	}
	for _, tech := range p.World.Technicians {
		if n := p.Nodes[tech.Node]; n.Parent == p.Nodes["rc-china"].ID && !slices.Contains(d.nodes, n.ID.String()) {
			d.nodes = append(d.nodes, n.ID.String())
		}
	}
	d.before = visits(t, p, d.desk)
	for range 12 { // until somebody is at work, who may need longer
		if slices.ContainsFunc(d.before, d.atWork) {
			break
		}
		d.now = d.now.Add(15 * time.Minute)
		d.until(t, 0)
		d.before = visits(t, p, d.desk)
	}
	slices.SortFunc(d.before, func(a, b visit) int { // whatever names they have got this time
		return cmp.Or(a.ServiceStartAt.Compare(b.ServiceStartAt), a.ServiceEndAt.Compare(b.ServiceEndAt))
	})
	return d
}

// atWork reports whether a visit is under way; others that are said to be were forgotten.
func (d *worstDay) atWork(v visit) bool {
	return v.State == "on_site" && v.ServiceStartAt.After(d.now.Add(-4*time.Hour))
}

func (d *worstDay) until(t *testing.T, after time.Duration) {
	t.Helper()
	must(t, d.Run(t.Context(), d.now.Add(after), func(int, int, string) {}))
}

// today are the visits of the day in a state, that nothing has happened to yet.
func (d *worstDay) today(states ...string) (out []visit) {
	for _, v := range d.before {
		touched := d.pinned[v.ID] || d.cancelled[v.ID] || d.missed[v.ID] || !d.overrun[v.ID].IsZero()
		if _, late := d.late[v.ID]; !late && !touched && slices.Contains(states, v.State) && v.StartAt.Before(d.now.Add(11*time.Hour)) {
			out = append(out, v)
		}
	}
	return out
}

// place: the dispatcher puts some visits where they are, by hand.
func (d *worstDay) place(t *testing.T) {
	for _, v := range d.today("scheduled", "dispatched", "accepted") {
		if len(d.pinned) == 4 {
			break
		}
		err := d.desk.Post(t.Context(), "/v1/appointments/"+v.ID+"/reschedule", map[string]any{"start_at": v.StartAt, "technician": v.Technician}, nil)
		if err == nil {
			d.pinned[v.ID] = true
		}
	}
	d.enough(t, "visits placed by hand", len(d.pinned), 3)
}

// fallIll: every other technician who has visits ahead and none that was placed.
func (d *worstDay) fallIll(t *testing.T) {
	var who, placed []string
	for _, v := range d.before {
		if d.pinned[v.ID] {
			placed = append(placed, v.Technician)
		}
	}
	for _, v := range d.before {
		if v.ahead() && !slices.Contains(who, v.Technician) && !slices.Contains(placed, v.Technician) {
			who = append(who, v.Technician)
		}
	}
	for i, tech := range who {
		if i%2 != 0 {
			continue
		}
		d.ill[tech] = true
		absent := map[string]any{"absences": []map[string]string{{"day": d.now.Format(time.DateOnly), "reason": "sick"}}}
		must(t, d.admin.Do(t.Context(), http.MethodPut, "/v1/technicians/"+tech+"/absences", absent, nil))
	}
	d.enough(t, "technicians ill", len(d.ill), 2)
}

// callOff: two customers do not want to be visited.
func (d *worstDay) callOff(t *testing.T) {
	for _, v := range d.today("scheduled", "dispatched", "accepted") {
		if len(d.cancelled) < 2 && !d.ill[v.Technician] {
			must(t, d.desk.Post(t.Context(), "/v1/appointments/"+v.ID+"/cancel", map[string]any{"reason": "not_needed"}, nil))
			d.cancelled[v.ID] = true
		}
	}
	d.enough(t, "visits called off", len(d.cancelled), 2)
}

// delayParts: of the visits whose parts are held one gets them within its window, one after
// it, and of one nobody knows.
func (d *worstDay) delayParts(t *testing.T) {
	for _, v := range d.before {
		if !v.ahead() || !v.StartAt.After(d.now) || d.pinned[v.ID] || d.cancelled[v.ID] || len(d.late) == 3 {
			continue
		}
		var held struct {
			Items []struct{ ID, Appointment, State string }
		}
		must(t, d.parts.Get(t.Context(), "/v1/cases/"+v.Case+"/reservations", &held))
		for _, r := range held.Items {
			if r.Appointment != v.ID || r.State != "held" {
				continue
			}
			at := []time.Time{v.StartAt.Add(time.Hour), v.EndAt.Add(5 * time.Hour), {}}[len(d.late)]
			said := map[string]any{"reason": "transport"}
			if !at.IsZero() {
				said["expected_at"] = at
			}
			must(t, d.parts.Post(t.Context(), "/v1/reservations/"+r.ID+"/delay", said, nil))
			d.late[v.ID] = at
			break
		}
	}
	d.enough(t, "visits whose parts are late", len(d.late), 3)
}

// slowRoads: it snows for four hours, everywhere.
func (d *worstDay) slowRoads(t *testing.T) {
	for _, n := range d.nodes {
		must(t, d.desk.Post(t.Context(), "/v1/board/"+n+"/slowdowns", map[string]any{"from": d.now, "until": d.now.Add(4 * time.Hour), "percent": 60, "reason": "snow"}, nil))
	}
}

// overruns: whoever is at work needs three hours more.
func (d *worstDay) overruns(t *testing.T) {
	for _, v := range d.today("on_site") {
		if len(d.overrun) < 2 && d.atWork(v) {
			until := d.now.Add(3 * time.Hour)
			must(t, d.desk.Post(t.Context(), "/v1/appointments/"+v.ID+"/overrun", map[string]any{"until": until}, nil))
			d.overrun[v.ID] = until
		}
	}
	d.enough(t, "visits that take longer", len(d.overrun), 1)
}

// nobodyCame: of a customer whose technician has not come.
func (d *worstDay) nobodyCame(t *testing.T) {
	all := d.today("accepted", "dispatched", "scheduled", "travelling")
	slices.SortStableFunc(all, func(a, b visit) int { return a.StartAt.Compare(b.StartAt) })
	for _, v := range all[:min(1, len(all))] {
		must(t, d.desk.Post(t.Context(), "/v1/appointments/"+v.ID+"/miss", map[string]any{}, nil))
		d.missed[v.ID] = true
	}
	d.enough(t, "visits to which nobody came", len(d.missed), 1)
}

// call: a customer in Wuhan has water running, which asks for somebody to come at once.
func (d *worstDay) call(t *testing.T) {
	agent, err := d.Client(t.Context(), "agent-zh")
	must(t, err)
	in := desk.Intake{
		Brand: world.Lingfeng, WorkType: desk.Repair, Symptom: "LEAK", Language: "zh-CN", Text: "空调一直在漏水，地板都湿了。", Channel: desk.ByPhone, Priority: desk.Critical,
		Requester: desk.Requester{Name: "演示 客户", Phone: "+86 27 5550 0199"},
	}
	for _, u := range d.World.Units {
		if u.Brand == world.Lingfeng && u.Place.City == "Wuhan" && strings.HasPrefix(u.Line, "AC-") && u.Line != "AC-DUCT" {
			a := u.Place.At(rand.New(rand.NewPCG(1, 2)))
			in.Model, in.Serial = u.Model, u.Serial
			in.Site = desk.Site{Country: a.Country, Postcode: a.Postcode, City: a.City, Street: a.Street, Point: a.Point}
			break
		}
	}
	for _, l := range d.World.Lines {
		if len(l.Symptoms) > 0 && l.Brand == world.Lingfeng {
			in.Symptom = l.Symptoms[0].Code
			break
		}
	}
	var opened struct{ ID string }
	must(t, agent.Post(t.Context(), "/v1/cases", in, &opened))
	must(t, d.App.Settle(t.Context()))
	must(t, agent.Close(t.Context()))
	d.urgent = opened.ID
}

// enough fails where too little has happened to mean anything.
func (d *worstDay) enough(t *testing.T, what string, n, least int) {
	t.Helper()
	t.Logf("%d %s", n, what)
	if n < least {
		t.Errorf("%d %s, want %d at least", n, what, least)
	}
}

// urgentIsSeenTo holds that somebody is promised for the urgent visit, or the board says
// that nobody is.
func (d *worstDay) urgentIsSeenTo(t *testing.T) {
	var page struct{ Items []visit }
	must(t, d.desk.Get(t.Context(), "/v1/cases/"+d.urgent+"/appointments", &page))
	live := slices.IndexFunc(page.Items, func(v visit) bool { return v.live() })
	if live < 0 {
		t.Errorf("nobody is promised to the customer with the water: %+v", page.Items)
		return
	}
	v := page.Items[live]
	t.Logf("the urgent visit was promised for %v", v.StartAt)
	if v.StartAt.After(d.now.Add(30 * time.Hour)) {
		t.Errorf("the urgent visit is promised for %v", v.StartAt)
	}
}

// judge looks at everything that the API shows.
func (d *worstDay) judge(t *testing.T) {
	t.Helper()
	now, after := d.App.DB.Now()(), visits(t, d.Player, d.desk)
	named, open := d.boards(t)
	was := map[string]visit{}
	for _, v := range d.before {
		was[v.ID] = v
	}
	live, kept, broken := map[string]string{}, 0, 0
	for _, v := range after {
		v.check(t)
		if !v.live() {
			continue
		}
		if other := live[v.WorkOrder]; other != "" {
			t.Errorf("%s and %s are both promised for %s", other, v.ID, v.WorkOrder)
		}
		live[v.WorkOrder] = v.ID
		if old, ok := was[v.ID]; ok && old.ahead() && (!v.StartAt.Equal(old.StartAt) || !v.EndAt.Equal(old.EndAt)) {
			t.Errorf("%s was promised for %v and is for %v: %+v", v.ID, old.StartAt, v.StartAt, v.History)
		}
		if old := was[v.ID]; d.pinned[v.ID] && v.Technician != old.Technician {
			t.Errorf("%s was placed with %s by hand, and is with %s: %+v", v.ID, old.Technician, v.Technician, v.History)
		}
		if d.holds(&v, now) {
			kept++
			continue
		}
		broken++
		t.Logf("%s of %v cannot be kept: %s", v.ID, v.StartAt, named[v.ID])
		if named[v.ID] == "" {
			t.Errorf("%s cannot be kept, and nobody is told: %+v at %v", v.ID, v, now)
		}
		if d.ill[v.Technician] && now.Before(v.EndAt) {
			nobodyElse(t, d.desk, v.ID)
		}
	}
	d.fates(t, after, live, open)
	unnamed := slices.DeleteFunc(slices.Clone(after), func(v visit) bool { return named[v.ID] != "" })
	overlaps(t, unnamed)
	t.Logf("at %v: %d promises stand, %d are named as what cannot be kept", now, kept, broken)
	if kept < 10 || kept < 2*broken {
		t.Errorf("%d promises stand and %d do not", kept, broken)
	}
}

// live reports whether somebody is promised.
func (v *visit) live() bool {
	return slices.Contains([]string{"pending", "scheduled", "dispatched", "accepted", "travelling", "on_site"}, v.State)
}

// holds reports whether a promise can be kept, by what is planned and what is known of its
// parts and its technician. Who is on the way or there has begun.
func (d *worstDay) holds(v *visit, now time.Time) bool {
	if v.State == "travelling" || v.State == "on_site" {
		return true
	}
	parts, late := d.late[v.ID]
	switch {
	case v.ServiceStartAt.Before(v.StartAt), !v.ServiceStartAt.Before(v.EndAt), !now.Before(v.EndAt):
		return false
	case late && (parts.IsZero() || v.ServiceStartAt.Before(parts)):
		return false
	default:
		return !d.ill[v.Technician] || v.ServiceStartAt.Format(time.DateOnly) != d.now.Format(time.DateOnly)
	}
}

// fates holds what was done to the day against what became of it.
func (d *worstDay) fates(t *testing.T, after []visit, live map[string]string, open map[string]bool) {
	t.Helper()
	for _, v := range after {
		switch {
		case d.cancelled[v.ID] && v.State != "cancelled":
			t.Errorf("%s was called off and is %s", v.ID, v.State)
		case d.missed[v.ID] && v.State != "missed":
			t.Errorf("%s was missed and is %s", v.ID, v.State)
		case d.missed[v.ID] && live[v.WorkOrder] == "" && !open[v.WorkOrder]:
			t.Errorf("nobody came for %s, and it is lost", v.WorkOrder)
		case !d.overrun[v.ID].IsZero() && v.State == "on_site" && !v.ServiceEndAt.Equal(d.overrun[v.ID]):
			t.Errorf("%s takes until %v, and is planned until %v", v.ID, d.overrun[v.ID], v.ServiceEndAt)
		}
	}
}

// boards are the appointments that all boards name as what cannot be kept, each with the
// reason, and the visits that nobody has.
func (d *worstDay) boards(t *testing.T) (named map[string]string, open map[string]bool) {
	t.Helper()
	named, open = map[string]string{}, map[string]bool{}
	for _, n := range d.nodes {
		var b board
		must(t, d.desk.Get(t.Context(), fmt.Sprintf("/v1/board/%s?day=%s&days=14", n, d.now.Format(time.DateOnly)), &b))
		for _, a := range b.Attention {
			if slices.Contains([]string{"conflict", "overdue", "part_late"}, a.Code) {
				named[a.Appointment] = a.Code
			}
		}
		for _, u := range b.Unassigned {
			open[u.WorkOrder] = true
		}
		if snows := d.App.DB.Now()().Before(d.now.Add(4 * time.Hour)); snows && len(b.Slowdowns) == 0 {
			t.Errorf("the board of %s does not tell of the snow", n)
		}
	}
	return named, open
}
