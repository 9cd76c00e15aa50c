package dispatchsvc_test

import (
	"fmt"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
)

// Whoever moves a visit for its customer hears what reward goes with the time that is given
// up, before by a trial and after in the answer, and so do all who hear of the new time.
// Within the window, or by a dispatcher, nothing is lost, and nothing is said.
func TestSteerLostIsSaid(t *testing.T) {
	agent := func(k *kit) { k.as(access.Agent, access.Tenant, id.Raw{}) }
	dispatcher := func(k *kit) { k.as(access.Dispatcher, access.Node, berlin.Raw()) }
	for name, tt := range map[string]struct {
		who  func(k *kit)
		to   string
		lost bool
	}{
		"an agent, to another window":     {agent, stamp(tuesday(14)), true},
		"an agent, to the same window":    {agent, "", false},
		"a dispatcher, to another window": {dispatcher, stamp(tuesday(14)), false},
	} {
		t.Run(name, func(t *testing.T) {
			eachVillage(t, func(t *testing.T, k *kit, tech id.Technician) {
				cheap, a := k.promiseMade(t, 2, "")
				tt.who(k)
				to, want := tt.to, int64(0)
				if to == "" {
					to = cheap["start_at"].(string)
				}
				if tt.lost {
					want = minor(cheap["reward"])
				}
				tried := k.want(t, 200, "POST", "/v1/board/"+berlin.String()+"/try", fmt.Sprintf(`{"appointment":%q,"technician":%q,"start_at":%q}`, a, tech, to))
				if r := tried["results"].([]any)[0].(map[string]any); r["fits"] != true || minor(r["reward_lost"]) != want {
					t.Errorf("the trial says %v, want %d lost", r, want)
				}
				out := k.want(t, 200, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, to))
				if _, said := out["reward_lost"]; minor(out["reward_lost"]) != want || said != tt.lost {
					t.Errorf("the answer is %v, want %d lost", out, want)
				}
				k.settle(t)
				if got := k.lost(t, id.Case{0: 8, 15: 2}); got != want {
					t.Errorf("told that %d is lost, want %d", got, want)
				}
				out = k.want(t, 200, "POST", "/v1/appointments/"+a+"/reschedule", fmt.Sprintf(`{"start_at":%q}`, stamp(tuesday(12))))
				if tt.lost && out["reward_lost"] != nil {
					t.Errorf("lost already, and the answer is %v", out)
				}
			})
		})
	}
}

// Who calls a visit off hears that the reward is lost; a technician who says no does not:
// the promise goes on.
func TestSteerLostByTheEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		verbs []string
		lost  bool
	}{
		"called off": {[]string{"cancel"}, true},
		"absent":     {[]string{"dispatch", "absent"}, true},
		"declined":   {[]string{"dispatch", "decline"}, false},
		"missed":     {[]string{"miss"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachVillage(t, func(t *testing.T, k *kit, _ id.Technician) {
				cheap, a := k.promiseMade(t, 2, "")
				var out map[string]any
				for _, verb := range tt.verbs {
					if out["reward_lost"] != nil {
						t.Errorf("before the end it is lost: %v", out)
					}
					out = k.want(t, 200, "POST", "/v1/appointments/"+a+"/"+verb, "{}")
				}
				want := int64(0)
				if tt.lost {
					want = minor(cheap["reward"])
				}
				if minor(out["reward_lost"]) != want {
					t.Errorf("the answer is %v, want %d lost", out, want)
				}
			})
		})
	}
}
