package dispatchsvc_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/outbox"
)

// becomes makes a node another one, and returns what the network then says.
func (k *kit) becomes(t *testing.T, node id.Node, change func(*network.Node)) outbox.Event {
	t.Helper()
	n, err := k.Node(t.Context(), dbtest.Tenant, node)
	if err != nil {
		t.Fatal(err)
	}
	change(&n)
	n.Version++
	k.network[node] = n
	if n.State == network.Closed {
		return network.NodeStateChanged{Node: node, From: network.Open, To: network.Closed}
	}
	return network.NodeChanged{Node: node, Partner: n.Partner, Country: n.Country, Version: n.Version}
}

// ended are the lends of a technician that hold, and those that have ended by themselves.
func (k *kit) ended(t *testing.T, tech id.Technician) (holds, ended string, version float64) {
	t.Helper()
	p := k.want(t, 200, "GET", "/v1/technicians/"+tech.String(), "")
	for _, l := range list(p, "lends") {
		holds += l["node"].(string)
	}
	for _, l := range list(p, "lends_ended") {
		ended += fmt.Sprint(l["node"], " ", l["reason"], " ", l["at"])
	}
	return holds, ended, p["version"].(float64)
}

// A lend ends when its node goes to another company or country, or is closed: nothing new
// is taken there, what is promised stands, and its home sees why. Who runs the node now
// lends and borrows as before.
func TestLendEndsWithItsNode(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		change       func(*network.Node)
	}{
		{"another company", "other_partner", func(n *network.Node) { n.Partner = id.Partner{9} }},
		{"the operator's own", "other_partner", func(n *network.Node) { n.Partner = id.Partner{} }},
		{"another country", "other_country", func(n *network.Node) { n.Country = "AT" }},
		{"closed", "closed_node", func(n *network.Node) { n.State = network.Closed }},
		{"another name", "", func(n *network.Node) { n.Name = "Berlin-Mitte" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				guest, other := k.hireAt(t, potsdam, ""), k.hireAt(t, potsdam, "")
				k.lend(t, guest, 100, "", berlin)
				_, promised := k.book(t, k.visit(t, 1, 60, near(1)), guest, tuesday(8))
				wo := k.visit(t, 2, 60, near(2))
				if who, _ := k.offered(t, wo); who[utc(tuesday(10))] != guest.String() {
					t.Fatalf("offered %v", who)
				}
				_, _, before := k.ended(t, guest)

				said := k.becomes(t, berlin, tt.change)
				k.publish(t, said)
				if tt.reason == "" {
					if holds, ended, version := k.ended(t, guest); holds != berlin.String() || ended != "" || version != before {
						t.Errorf("holds %q, ended %q, version %v", holds, ended, version)
					}
					return
				}
				holds, ended, version := k.ended(t, guest)
				if want := fmt.Sprint(berlin, " ", tt.reason, " ", utc(dbtest.Now)); holds != "" || ended != want || version != before+1 {
					t.Errorf("holds %q, ended %q, version %v after %v; want %q", holds, ended, version, before, want)
				}
				if status, out := k.book(t, wo, guest, tuesday(12)); status != 409 || out["args"].(map[string]any)["rule"] != "lend_over" {
					t.Errorf("booked all the same: %d %v", status, out)
				}
				if who, _ := k.offered(t, wo); len(who) > 0 {
					t.Errorf("offered %v", who)
				}
				if got := k.state(t, promised["id"].(string)); got != "scheduled" {
					t.Errorf("what was promised is %s", got)
				}
				k.want(t, 422, "PUT", "/v1/technicians/"+other.String()+"/lends", lends(100, "", berlin))

				k.at(t, time.Hour)
				k.publish(t, said) // once more
				if h, e, v := k.ended(t, guest); h != holds || e != ended || v != version {
					t.Errorf("said again: holds %q, ended %q, version %v", h, e, v)
				}
				k.at(t, 16*24*time.Hour)
				if h, e, _ := k.ended(t, guest); h != "" || e != "" {
					t.Errorf("two weeks later: holds %q, ended %q", h, e)
				}
			})
		})
	}
}

// An event that comes late ends nothing that holds again by now; what a lend missed of its
// node is found the next day; and who is lent again has no ended lend.
func TestLendsFollowTheNodeAsItIs(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		away := k.becomes(t, berlin, func(n *network.Node) { n.Partner = id.Partner{9} })
		back := k.becomes(t, berlin, func(n *network.Node) { n.Partner = partner })
		k.publish(t, away)
		k.publish(t, back)
		if holds, ended, _ := k.ended(t, guest); holds != berlin.String() || ended != "" {
			t.Errorf("it is back: holds %q, ended %q", holds, ended)
		}
		k.becomes(t, berlin, func(n *network.Node) { n.Country = "AT" }) // and nobody says so
		k.at(t, 25*time.Hour)
		if holds, ended, _ := k.ended(t, guest); holds != "" || ended == "" {
			t.Errorf("the day after: holds %q, ended %q", holds, ended)
		}
		k.publish(t, k.becomes(t, berlin, func(n *network.Node) { n.Country = "DE" }))
		k.lend(t, guest, 300, "", berlin)
		if holds, ended, _ := k.ended(t, guest); holds != berlin.String() || ended != "" {
			t.Errorf("lent again: holds %q, ended %q", holds, ended)
		}
		want := map[string]any{"minor": 300.0, "currency": "EUR"}
		got := list(k.want(t, 200, "GET", "/v1/technicians/"+guest.String(), ""), "lends")[0]["price"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A node that has not told this process of its change yet is taken as the event says.
func TestLendEndsBeforeTheRegisterKnows(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		guest := k.hireAt(t, potsdam, "")
		k.lend(t, guest, 100, "", berlin)
		k.publish(t, network.NodeChanged{Node: berlin, Partner: id.Partner{9}, Country: "DE", Version: 7})
		if holds, ended, _ := k.ended(t, guest); holds != "" || ended == "" {
			t.Errorf("holds %q, ended %q", holds, ended)
		}
	})
}
