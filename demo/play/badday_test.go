package play_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/demo/play"
	"fettle.dev/fettle/demo/stage"
	"fettle.dev/fettle/kernel/id"
)

// visit is an appointment as the API shows it.
type visit struct {
	ID             string
	State          string
	Technician     string
	Case           string
	WorkOrder      string    `json:"work_order"`
	StartAt        time.Time `json:"start_at"`
	EndAt          time.Time `json:"end_at"`
	ServiceStartAt time.Time `json:"service_start_at"`
	ServiceEndAt   time.Time `json:"service_end_at"`
	History        []struct {
		Technician, Reason, State string
		StartAt                   time.Time `json:"start_at"`
		EndAt                     time.Time `json:"end_at"`
	}
}

// A bad day, played at speed: a third of the technicians of every node in China, the
// busiest, fall ill for three days. Who judges knows only what the API shows: visits that
// changed hands by themselves keep the window that was promised, nobody who is ill
// keeps a visit that is still to come and somebody else could have taken, and
// nobody is promised to two customers at once.
func TestABadDay(t *testing.T) {
	t.Parallel()
	p := played(t, 5, 60*time.Hour)
	admin, err := p.Client(t.Context(), "admin")
	must(t, err)
	now := p.App.DB.Now()()
	dispatcher, err := p.Client(t.Context(), "dispatcher-wuhan")
	must(t, err)
	before := visits(t, p, dispatcher)
	ill := busiest(p, before)
	for who := range ill {
		days := []map[string]string{}
		for d := range 3 {
			days = append(days, map[string]string{"day": now.AddDate(0, 0, d).Format(time.DateOnly), "reason": "sick"})
		}
		must(t, admin.Do(t.Context(), http.MethodPut, "/v1/technicians/"+who+"/absences", map[string]any{"absences": days}, nil))
	}
	must(t, p.Run(t.Context(), now.Add(18*time.Hour), func(int, int, string) {}))
	after := visits(t, p, dispatcher)
	stranded, moved := 0, 0
	for _, v := range before {
		stranded += b2i(ill[v.Technician] && v.ahead())
	}
	for _, v := range after {
		moved += v.check(t)
		if ill[v.Technician] && v.ahead() && v.StartAt.Before(now.Add(48*time.Hour)) {
			nobodyElse(t, dispatcher, v.ID)
		}
	}
	if stranded < 3 || moved < 1 || moved < stranded/2 {
		t.Errorf("%d visits were with who is ill, %d changed hands: too few to mean anything", stranded, moved)
	}
	t.Logf("%d technicians ill, %d visits stranded, %d changed hands", len(ill), stranded, moved)
	overlaps(t, after)
}

// ahead reports whether the visit is promised and has not begun.
func (v *visit) ahead() bool {
	return v.State == "scheduled" || v.State == "dispatched" || v.State == "accepted"
}

// busiest are a third of the technicians of every node in China: those with the most
// visits ahead.
func busiest(p *play.Player, all []visit) map[string]bool {
	ahead, crews := map[string]int{}, map[string][]string{}
	for _, v := range all {
		ahead[v.Technician] += b2i(v.ahead())
	}
	for _, tech := range p.World.Technicians {
		if p.Nodes[tech.Node].Country == "CN" {
			crews[tech.Node] = append(crews[tech.Node], p.Technicians[tech.Code].String())
		}
	}
	out := map[string]bool{}
	for _, crew := range crews {
		slices.SortStableFunc(crew, func(a, b string) int { return ahead[b] - ahead[a] })
		for _, who := range crew[:(len(crew)+2)/3] {
			out[who] = true
		}
	}
	return out
}

// nobodyElse holds that nobody could take a visit over, as the board tells it.
func nobodyElse(t *testing.T, c *stage.Client, visit string) {
	var why struct {
		Rivals []struct {
			Technician string
			Fits       bool
		}
	}
	must(t, c.Get(t.Context(), "/v1/appointments/"+visit+"/reasons", &why))
	for _, r := range why.Rivals {
		if r.Fits {
			t.Errorf("%s is still with who is ill, and %s could have it", visit, r.Technician)
		}
	}
}

// check holds that a visit which changed hands by itself kept its window, and counts
// how often it did.
func (v *visit) check(t *testing.T) (moved int) {
	for i, h := range v.History {
		if i == 0 || h.Reason != "dispatch.kept" {
			continue
		}
		was := v.History[i-1]
		if h.Technician == was.Technician && was.Reason == "dispatch.kept" {
			continue // told, not moved
		}
		moved++
		if !h.StartAt.Equal(was.StartAt) || !h.EndAt.Equal(was.EndAt) || h.Technician == was.Technician {
			t.Errorf("%s moved from %+v to %+v", v.ID, was, h)
		}
	}
	return moved
}

// overlaps holds that nobody is planned to be in two places at once.
func overlaps(t *testing.T, all []visit) {
	of := map[string][]visit{}
	for _, v := range all {
		if slices.Contains([]string{"pending", "scheduled", "dispatched", "accepted"}, v.State) {
			of[v.Technician] = append(of[v.Technician], v)
		}
	}
	for who, list := range of {
		slices.SortFunc(list, func(a, b visit) int { return a.ServiceStartAt.Compare(b.ServiceStartAt) })
		for i := 1; i < len(list); i++ {
			if list[i].ServiceStartAt.Before(list[i-1].ServiceEndAt) {
				t.Errorf("%s is planned at %s and %s at once", who, list[i-1].ID, list[i].ID)
			}
		}
	}
}

// visits reads all appointments, with their histories.
func visits(t *testing.T, p *play.Player, c *stage.Client) (out []visit) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID id.Appointment }
			Next  string
		}
		must(t, c.Get(t.Context(), "/v1/appointments?limit=200&cursor="+cursor, &page))
		for _, i := range page.Items {
			var v visit
			must(t, c.Get(t.Context(), fmt.Sprint("/v1/appointments/", i.ID), &v))
			out = append(out, v)
		}
		if cursor = strings.TrimSpace(page.Next); cursor == "" {
			return out
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
