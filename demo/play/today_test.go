package play_test

import (
	"strings"
	"testing"
	"time"
)

// When the play has ended something goes wrong on the busiest boards: roads are slow,
// the parts of a visit come after its window, those of another in it, and one needs
// a second technician; and a dispatcher is told of what needs one.
func TestToday(t *testing.T) {
	t.Parallel()
	p := played(t, 5, 36*time.Hour)
	must(t, p.Today(t.Context()))
	for what, n := range p.Tally {
		if strings.HasPrefix(what, "refused today") {
			t.Errorf("%d times %s", n, what)
		}
	}
	dispatcher, err := p.Client(t.Context(), "dispatcher-wuhan")
	must(t, err)
	var board struct {
		Technicians []struct {
			Appointments []struct {
				Parts     string
				PartsFrom time.Time `json:"parts_from"`
				EndAt     time.Time `json:"end_at"`
				Tied      []struct{ How string }
			}
		}
		Slowdowns []struct{ Percent int }
		Attention []struct{ Code string }
	}
	must(t, dispatcher.Get(t.Context(), "/v1/board/"+p.Nodes["wuhan-hankou"].ID.String()+"?days=5", &board))
	seen := map[string]int{"slow": len(board.Slowdowns)}
	for _, lane := range board.Technicians {
		for _, v := range lane.Appointments {
			if v.Parts == "late" && v.PartsFrom.Before(v.EndAt) {
				seen["late in the window"]++
			} else if v.Parts == "late" {
				seen["late after it"]++
			}
			for _, tie := range v.Tied {
				seen[tie.How]++
			}
		}
	}
	for _, a := range board.Attention {
		seen[a.Code]++
	}
	for _, what := range []string{"slow", "late in the window", "late after it", "with", "part_late", "unassigned"} {
		if seen[what] == 0 {
			t.Errorf("nothing is %s: %v", what, seen)
		}
	}
}
