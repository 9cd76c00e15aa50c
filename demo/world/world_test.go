package world_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/demo/world"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/modules/network"
	"fettle.dev/fettle/modules/vault"
	"fettle.dev/fettle/modules/warranty"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func TestSameSeedSameWorld(t *testing.T) {
	t.Parallel()
	a, b := world.Make(7, now), world.Make(7, now)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("the same seed made another world: %s", d)
	}
	if c := world.Make(8, now); cmp.Equal(a.Units, c.Units) || cmp.Equal(a.Technicians, c.Technicians) {
		t.Error("another seed made the same units or technicians")
	}
}

func TestIsAsLargeAsPromised(t *testing.T) {
	t.Parallel()
	w := world.Make(world.Seed, now)
	open, countries := 0, map[locale.Country]bool{}
	for _, n := range w.Nodes {
		countries[n.Country] = true
		if n.State == network.Open {
			open++
		}
	}
	models := 0
	for _, l := range w.Lines {
		models += len(l.Models)
	}
	for _, s := range []struct {
		what        string
		have, least int
	}{
		{"open nodes", open, 25},
		{"countries", len(countries), 8},
		{"technicians", len(w.Technicians), 120},
		{"parts", len(w.Parts), 400},
		{"units", len(w.Units), 3000},
		{"brands", len(w.Brands), 3},
		{"lines", len(w.Lines), 10},
		{"models", models, 30},
	} {
		t.Logf("%d %s", s.have, s.what)
		if s.have < s.least {
			t.Errorf("%d %s, want at least %d", s.have, s.what, s.least)
		}
	}
}

func TestNetworkFits(t *testing.T) {
	t.Parallel()
	w := world.Make(world.Seed, now)
	nodes, owned := map[string]world.Node{}, map[network.Ownership]int{}
	for _, n := range w.Nodes {
		if _, again := nodes[n.Code]; again {
			t.Errorf("node %s is there twice", n.Code)
		}
		if _, known := nodes[n.Under]; !known && n.Kind != network.Headquarters {
			t.Errorf("node %s stands under %q, which does not come before it", n.Code, n.Under)
		}
		if known := slices.ContainsFunc(w.Partners, func(p network.Partner) bool { return p.Code == n.By }); known != (n.Ownership != network.Own) {
			t.Errorf("node %s, %s, has the partner %q", n.Code, n.Ownership, n.By)
		}
		if _, err := time.LoadLocation(n.Zone); err != nil {
			t.Error(err)
		}
		nodes[n.Code] = n
		owned[n.Ownership]++
	}
	if len(owned) != 4 {
		t.Errorf("ownerships %v, want all four", owned)
	}
	for _, tt := range w.Territories {
		if n := nodes[tt.Node]; n.State != network.Open || n.Country != tt.Country && n.Country == "" {
			t.Errorf("a territory of %q, which is not open", tt.Node)
		}
	}
	for _, tech := range w.Technicians {
		if nodes[tech.Node].State != network.Open || len(tech.Skills) == 0 || tech.Name == "" {
			t.Errorf("technician %+v does not fit", tech)
		}
	}
}

func TestCatalogueFits(t *testing.T) {
	t.Parallel()
	w := world.Make(world.Seed, now)
	models, symptoms, numbers, gtins := map[string]string{}, map[string]bool{}, map[string]bool{}, map[catalog.GTIN]bool{}
	for _, l := range w.Lines {
		for _, m := range l.Models {
			if models[m.Code] != "" || gtins[m.GTIN] {
				t.Errorf("model %s or its trade item number is there twice", m.Code)
			}
			if _, err := catalog.ParseGTIN(string(m.GTIN)); err != nil {
				t.Errorf("%s: %v", m.Code, err)
			}
			models[m.Code], gtins[m.GTIN] = l.Code, true
		}
		for _, s := range l.Symptoms {
			symptoms[l.Code+" "+s.Code] = true
			if s.Weight < 1 || len(s.Names) != 3 {
				t.Errorf("symptom %s of %s is not whole", s.Code, l.Code)
			}
		}
	}
	cured := map[string]int{}
	for _, p := range w.Parts {
		if numbers[p.Number] {
			t.Errorf("part %s is there twice", p.Number)
		}
		numbers[p.Number] = true
		if _, err := catalog.CheckPart(catalog.Part{Number: p.Number, Names: p.Names, Price: p.Price, WeightGrams: p.WeightGrams}); err != nil {
			t.Errorf("%s: %v", p.Number, err)
		}
		for _, m := range p.Fits {
			if models[m] != p.Line {
				t.Errorf("part %s of %s fits %s of %q", p.Number, p.Line, m, models[m])
			}
			for s, permille := range p.Hints {
				if !symptoms[p.Line+" "+s] {
					t.Errorf("part %s cures %s, which %s does not have", p.Number, s, p.Line)
				}
				cured[m+" "+s] += permille
			}
		}
	}
	for what, permille := range cured {
		if permille > 1000 {
			t.Errorf("the parts of %s are the cure %d times in 1,000", what, permille)
		}
	}
	for _, s := range w.Stock {
		if !numbers[s.Part] || s.Quantity < 1 || !slices.ContainsFunc(w.Nodes, func(n world.Node) bool { return n.Code == s.Node && n.State == network.Open }) {
			t.Errorf("stock %+v does not fit", s)
		}
	}
	serials := map[string]bool{}
	for _, u := range w.Units {
		if models[u.Model] != u.Line || serials[u.Brand+u.Serial] {
			t.Errorf("unit %+v does not fit", u)
		}
		serials[u.Brand+u.Serial] = true
		if _, err := catalog.CheckUnit(catalog.Unit{
			Brand: [16]byte{1}, Model: [16]byte{1}, Serial: u.Serial, SoldOn: u.SoldOn, InstalledOn: u.InstalledOn, SoldIn: u.Place.Country, State: u.State,
		}, w.Day); err != nil {
			t.Errorf("unit %+v: %v", u, err)
		}
	}
}

// No brand promises less than the law owes, and every line is covered somehow
// wherever it is sold.
func TestTermsHold(t *testing.T) {
	t.Parallel()
	w := world.Make(world.Seed, now)
	codes, byLine := map[string]bool{}, map[string][]warranty.Term{}
	for _, term := range w.Terms {
		if codes[term.Code] {
			t.Errorf("term %s is there twice", term.Code)
		}
		codes[term.Code] = true
		probe := term.Term
		probe.Brand, probe.Line = [16]byte{1}, [16]byte{2}
		if _, err := warranty.CheckTerm(probe); err != nil {
			t.Errorf("term %s: %v", term.Code, err)
		}
		if err := warranty.CheckBound(probe, byLine[term.LineCode]); err != nil {
			t.Errorf("term %s: %v", term.Code, err)
		}
		byLine[term.LineCode] = append(byLine[term.LineCode], probe)
	}
	for _, u := range w.Units {
		if !codes[strings.ToLower(u.Line+"-"+string(u.Place.Country)+"-maker")] {
			t.Fatalf("nothing is promised for %s in %s", u.Line, u.Place.Country)
		}
	}
}

func TestPersonsAreDistinctAndSynthetic(t *testing.T) {
	t.Parallel()
	p := world.NewPeople(world.Stream(3, 3))
	seen := map[string]bool{}
	for _, place := range world.Places {
		for range 40 {
			who := p.Of(place.Country, world.Speaks(place.Country))
			if who.Phone == "" && who.Email == "" {
				t.Fatalf("%s cannot be reached", who.Name)
			}
			for _, contact := range []string{who.Phone, who.Email} {
				if contact != "" && seen[contact] {
					t.Errorf("%s is two persons'", contact)
				}
				seen[contact] = true
			}
			phone, err := vault.Phone(place.Country, who.Phone)
			if err != nil || phone != who.Phone {
				t.Errorf("%s: %v", who.Phone, err)
			}
			if _, err := vault.Email(who.Email); err != nil || who.Email != "" && !strings.HasSuffix(who.Email, "@example.org") {
				t.Errorf("%q: %v", who.Email, err)
			}
		}
	}
}

// testdata/denied.txt lists names of real makers of such goods.
func TestNoRealBrands(t *testing.T) {
	t.Parallel()
	w := world.Make(world.Seed, now)
	denied, err := os.ReadFile("testdata/denied.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(fmt.Sprintf("%v %v %v %v %v", w.Brands, w.Partners, w.Lines, w.Parts, w.Users))
	for d := range strings.Lines(string(denied)) {
		d = strings.TrimSpace(d)
		if i := strings.Index(text, d); i >= 0 {
			t.Errorf("%q is named: …%s…", d, text[max(0, i-30):min(len(text), i+40)])
		}
	}
}
