package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fettle.dev/fettle/app/apptest"
)

// The customer is told once of a new time, hears when somebody is under way, and
// nothing of what operator and technician settle between them.
func TestFollowAMovedAppointment(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		path := installed(t, w)
		agent := w.Agent(t)
		order := agent.Get(t, path+"/work-orders").Text(t, "items.0.id")
		offers := agent.Post(t, "/v1/work-orders/"+order+"/offers", nil)
		apt := "/v1/appointments/" + agent.Post(t, "/v1/appointments", members{"work_order": order, "offer": offers.Text(t, "offers.0.id")}).Text(t, "id")
		h.Settle(t)
		first := agent.Get(t, apt).Text(t, "start_at")
		start, err := time.Parse(time.RFC3339, first)
		if err != nil {
			t.Fatal(err)
		}
		agent.Post(t, apt+"/reschedule", members{"start_at": start.Add(24 * time.Hour)})
		h.Settle(t)
		next := agent.Get(t, apt).Text(t, "start_at")
		h.Clock.To(start.Add(24 * time.Hour))
		for _, step := range []string{"dispatch", "accept", "travel", "arrive"} {
			everyRole(t, w).Post(t, apt+"/"+step, members{})
		}
		h.Settle(t)

		seen := w.Visitor().Get(t, "/v1/public/cases/"+agent.Get(t, path).Text(t, "link"))
		var told []string
		for _, s := range seen.Items(t, "steps") {
			s := s.(members)
			if kind := s["kind"].(string); strings.Contains(kind, "appointment") {
				at, _ := s["start_at"].(string)
				told = append(told, strings.TrimSpace(kind+" "+at))
			}
		}
		want := []string{
			"dispatch.appointment_scheduled.v1 " + first, "dispatch.appointment_moved.v1 " + next,
			"appointment_travelling", "appointment_on_site",
		}
		if !slices.Equal(told, want) {
			t.Errorf("the customer is told %q, want %q", told, want)
		}
	})
}
