package network_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
)

var (
	states   = []network.State{network.Planned, network.Open, network.Paused, network.Closed}
	commands = []network.Command{network.DoOpen, network.DoPause, network.DoResume, network.DoClose}
)

func TestNext(t *testing.T) {
	t.Parallel()
	legal := map[network.State]map[network.Command]network.State{
		network.Planned: {network.DoOpen: network.Open, network.DoClose: network.Closed},
		network.Open:    {network.DoPause: network.Paused, network.DoClose: network.Closed},
		network.Paused:  {network.DoResume: network.Open, network.DoClose: network.Closed},
		network.Closed:  {},
	}
	for _, s := range states {
		for _, c := range append(commands, "explode") {
			want, ok := legal[s][c]
			got, err := network.Next(s, c)
			if ok && (err != nil || got != want) {
				t.Errorf("Next(%s, %s) = %s, %v, want %s", s, c, got, err, want)
			}
			if !ok && (!errors.Is(err, network.ErrTransition) || got != s) {
				t.Errorf("Next(%s, %s) = %s, %v, want a refusal that changes nothing", s, c, got, err)
			}
		}
	}
}

func hq() network.Node {
	return network.Node{
		ID: id.New[id.NodeKind](), Code: "hq", Kind: network.Headquarters, Ownership: network.Own,
		Name: "Headquarters", Country: "CN", Zone: "Asia/Shanghai", State: network.Open,
	}
}

func under(parent network.Node, kind network.Kind) network.Node {
	n := hq()
	n.Parent, n.Kind = parent.ID, kind
	return n
}

func TestCheckNode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*network.Node)
		want   string
	}{
		{"plain", func(*network.Node) {}, ""},
		{"headquarters under something", func(n *network.Node) { n.Parent = id.New[id.NodeKind]() }, "/parent"},
		{"local node under nothing", func(n *network.Node) { n.Kind = network.LocalNode }, "/parent"},
		{"dealer without partner", func(n *network.Node) { n.Ownership = network.Dealer }, "/partner"},
		{"own with partner", func(n *network.Node) { n.Partner = id.New[id.PartnerKind]() }, "/partner"},
		{"off the globe", func(n *network.Node) { n.Point = geo.Point{LatMicro: 90_000_001} }, "/point"},
		{"no such words", func(n *network.Node) {
			n.Kind, n.Ownership, n.Parent = "shed", "borrowed", id.New[id.NodeKind]()
			n.Partner = id.New[id.PartnerKind]()
		}, "/kind /ownership"},
		{"languages", func(n *network.Node) { n.Languages = []locale.Tag{"de", "!!"} }, "/languages/1"},
		{"too many languages", func(n *network.Node) { n.Languages = make([]locale.Tag, 21) }, "/languages"},
		{"zone and country", func(n *network.Node) { n.Zone, n.Country = "", "CHN" }, "/country /zone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := hq()
			tt.change(&n)
			_, err := network.CheckNode(n, anyZone)
			if got := strings.Join(pointers(err), " "); got != tt.want {
				t.Errorf("CheckNode(%+v) finds %q wrong, want %q", n, got, tt.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	root := hq()
	centre := under(root, network.RegionalCentre)
	local := under(centre, network.LocalNode)
	closed := under(root, network.RegionalCentre)
	closed.State = network.Closed
	tree := network.NewTree([]network.Node{root, centre, local, closed})
	moved := centre
	moved.Parent = centre.ID
	for _, tt := range []struct {
		name string
		give network.Node
		want error
	}{
		{"a root", hq(), nil},
		{"local under centre", under(centre, network.LocalNode), nil},
		{"centre under centre", under(centre, network.RegionalCentre), nil},
		{"local under local", under(local, network.LocalNode), network.ErrWrongParent},
		{"under what is closed", under(closed, network.LocalNode), network.ErrWrongParent},
		{"under nobody", under(hq(), network.LocalNode), network.ErrNodeNotFound},
		{"under itself", moved, network.ErrCycle},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := network.Place(tree, tt.give); !errors.Is(err, tt.want) {
				t.Errorf("Place(%+v) = %v, want %v", tt.give, err, tt.want)
			}
		})
	}
}

func TestCheckClose(t *testing.T) {
	t.Parallel()
	root := hq()
	centre := under(root, network.RegionalCentre)
	tree := network.NewTree([]network.Node{root, centre})
	if err := network.CheckClose(tree, root.ID); !errors.Is(err, network.ErrHasOpenBelow) {
		t.Errorf("CheckClose(root) = %v, want ErrHasOpenBelow", err)
	}
	if err := network.CheckClose(tree, centre.ID); err != nil {
		t.Errorf("CheckClose(centre) = %v", err)
	}
	centre.State = network.Closed
	if err := network.CheckClose(network.NewTree([]network.Node{root, centre}), root.ID); err != nil {
		t.Errorf("CheckClose(root) with all below closed = %v", err)
	}
}

// grown draws a tree by placing nodes one after another, as the service does.
func grown(t *rapid.T) []network.Node {
	nodes := []network.Node{hq()}
	for range rapid.IntRange(0, 25).Draw(t, "more") {
		n := under(rapid.SampledFrom(nodes).Draw(t, "parent"), rapid.SampledFrom([]network.Kind{network.RegionalCentre, network.LocalNode}).Draw(t, "kind"))
		if network.Place(network.NewTree(nodes), n) == nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// Below and Ancestors are two views of one relation; every node hangs under
// exactly one root and moving along Place never makes a ring.
func TestTreeStaysATree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := grown(t)
		i, j := rapid.IntRange(0, len(nodes)-1).Draw(t, "moved"), rapid.IntRange(0, len(nodes)-1).Draw(t, "to")
		if moved := nodes[i]; !moved.Parent.IsZero() {
			moved.Parent = nodes[j].ID
			if network.Place(network.NewTree(nodes), moved) == nil {
				nodes[i] = moved
			}
		}
		tree := network.NewTree(nodes)
		if got := tree.Below(nodes[0].ID); len(got) != len(nodes) || tree.Len() != len(nodes) {
			t.Fatalf("%d of %d nodes hang under headquarters", len(got), len(nodes))
		}
		for _, a := range nodes {
			for _, b := range nodes {
				up := contains(tree.Ancestors(a.ID), b.ID)
				if down := contains(tree.Below(b.ID), a.ID); up != down || up != tree.Under(a.ID, b.ID) {
					t.Errorf("%s above %s: by Ancestors %v, by Below %v", b.ID, a.ID, up, down)
				}
			}
		}
	})
}

func contains(ids []id.Node, want id.Node) bool {
	for _, i := range ids {
		if i == want {
			return true
		}
	}
	return false
}

// A part of a network, or even a broken one, never traps the reader in a ring.
func TestTreeOfAnything(t *testing.T) {
	t.Parallel()
	a, b := hq(), hq()
	a.Parent, b.Parent = b.ID, a.ID
	tree := network.NewTree([]network.Node{a, b})
	if n := len(tree.Ancestors(a.ID)); n > 2 {
		t.Errorf("%d ancestors in a ring of two", n)
	}
	if n := len(tree.Below(a.ID)); n > 3 {
		t.Errorf("%d below in a ring of two", n)
	}
	orphan := under(hq(), network.LocalNode)
	if got := network.NewTree([]network.Node{orphan}).Roots(); len(got) != 1 {
		t.Errorf("roots of a part = %v, want the one whose parent is elsewhere", got)
	}
	if got := tree.Below(id.New[id.NodeKind]()); got != nil {
		t.Errorf("below an unknown node: %v", got)
	}
}
