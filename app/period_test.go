package app_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/platform/access"
)

// Work of a period that is closed stands on the statement of the next one, even
// if it was done on a day that the next month does not have.
func TestLateWorkStandsInTheNextPeriod(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := h.Found(t, "one")
		h.Clock.To(time.Date(2027, 1, 29, 10, 0, 0, 0, time.UTC))
		paths := []string{installed(t, w), installed(t, w, apptest.From("Max Muster", "+49 89 5550102"))}
		record := func(i int, client string, done time.Time) {
			order := w.Agent(t).Get(t, paths[i]+"/work-orders").Text(t, "items.0.id")
			w.As(t, access.Dispatcher, apptest.Everywhere).Post(t, "/v1/visits", members{
				"client_id": client, "work_order": order, "technician": w.Bernd, "started_at": done.Add(-time.Hour), "finished_at": done,
				"outcome": "done", "acceptance": members{"kind": "refused"},
			})
			h.Settle(t)
		}
		record(0, "device-january", h.Clock.Now())
		h.Clock.To(time.Date(2027, 2, 2, 9, 0, 0, 0, time.UTC))
		h.Settle(t)
		record(1, "device-too-late", time.Date(2027, 1, 31, 15, 0, 0, 0, time.UTC))

		got := map[string]string{}
		for _, s := range w.Finance(t).Get(t, "/v1/statements").Items(t, "items") {
			s := s.(members)
			got[s["party"].(string)+" "+s["from_on"].(string)] = s["state"].(string)
		}
		want := map[string]string{"brand 2027-01-01": "closed", "partner 2027-01-01": "closed", "brand 2027-02-01": "open", "partner 2027-02-01": "open"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("statements (-want +got):\n%s", d)
		}
	})
}
