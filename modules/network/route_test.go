package network_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
)

// fixed names, so that a failure reads the same twice.
func node(n byte) id.Node           { return id.Node{15: n} }
func territory(n byte) id.Territory { return id.Territory{15: n} }

var (
	brandA, brandB = id.Brand{15: 1}, id.Brand{15: 2}
	lineA          = id.Line{15: 1}
	wuhan          = geo.At(30.59, 114.30)
	xianning       = geo.At(29.84, 114.32) // 83 km south of Wuhan
)

func allOpen(id.Node) network.State { return network.Open }

func TestRoute(t *testing.T) {
	t.Parallel()
	china := network.Territory{ID: territory(1), Node: node(1), Country: "CN"}
	hubei := network.Territory{ID: territory(2), Node: node(2), Country: "CN", Prefixes: []string{"43", "44"}}
	city := network.Territory{ID: territory(3), Node: node(3), Country: "CN", Prefixes: []string{"4300"}}
	circle := network.Territory{ID: territory(4), Node: node(4), Country: "CN", Centre: wuhan, RadiusMetres: 100_000}
	near := network.Territory{ID: territory(5), Node: node(5), Country: "CN", Centre: xianning, RadiusMetres: 100_000}
	dealer := network.Territory{ID: territory(6), Node: node(6), Country: "CN", Prefixes: []string{"4300"}, Brand: brandA}
	expert := network.Territory{ID: territory(7), Node: node(7), Country: "CN", Prefixes: []string{"4300"}, Line: lineA}
	forced := network.Territory{ID: territory(8), Node: node(8), Country: "CN", Brand: brandB, Priority: 5}
	all := []network.Territory{china, hubei, city, circle, near, dealer, expert, forced}

	for _, tt := range []struct {
		name string
		give []network.Territory
		site network.Site
		want byte
		code string
	}{
		{"longest prefix", all, network.Site{Country: "CN", Postal: "430070"}, 3, network.ByPrefix},
		{"shorter prefix", all, network.Site{Country: "CN", Postal: "44 10 00"}, 2, network.ByPrefix},
		{"prefix before circle", all, network.Site{Country: "CN", Postal: "441000", Point: wuhan}, 2, network.ByPrefix},
		{"nearest circle", all, network.Site{Country: "CN", Postal: "999999", Point: xianning}, 5, network.ByRadius},
		{"circle", all, network.Site{Country: "CN", Point: wuhan}, 4, network.ByRadius},
		{"whole country", all, network.Site{Country: "CN", Postal: "100000"}, 1, network.ByCountry},
		{"whole country without place", all, network.Site{Country: "CN"}, 1, network.ByCountry},
		{"brand of its own", all, network.Site{Country: "CN", Postal: "430070", Brand: brandA}, 6, network.ByPrefix},
		{"line before brand", all, network.Site{Country: "CN", Postal: "430070", Brand: brandA, Line: lineA}, 7, network.ByPrefix},
		{"priority before place", all, network.Site{Country: "CN", Postal: "430070", Brand: brandB}, 8, network.ByCountry},
		{"another country", all, network.Site{Country: "DE", Postal: "430070"}, 0, network.UnroutedNotServed},
		{"no country", all, network.Site{Postal: "430070"}, 0, network.UnroutedNoCountry},
		{"outside", []network.Territory{hubei}, network.Site{Country: "CN", Postal: "100000"}, 0, network.UnroutedOutside},
		{"place needed", []network.Territory{hubei}, network.Site{Country: "CN"}, 0, network.UnroutedPlaceNeeded},
		{"place unreadable", []network.Territory{hubei}, network.Site{Country: "CN", Postal: "4$"}, 0, network.UnroutedPlaceNeeded},
		{"not for this brand", []network.Territory{forced}, network.Site{Country: "CN", Brand: brandA}, 0, network.UnroutedNotServed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := network.Route(tt.give, allOpen, tt.site)
			want := id.Node{}
			if tt.want != 0 {
				want = node(tt.want)
			}
			if got.Node != want || got.Reasons[0].Code != tt.code {
				t.Errorf("Route(%+v) = %+v, want node %d by %s", tt.site, got, tt.want, tt.code)
			}
			if got.Routed() != (tt.want != 0) {
				t.Errorf("Routed() = %v", got.Routed())
			}
		})
	}
}

func TestRoutePassesOverWhatIsNotOpen(t *testing.T) {
	t.Parallel()
	ts := []network.Territory{
		{ID: territory(1), Node: node(1), Country: "CN"},
		{ID: territory(2), Node: node(2), Country: "CN", Prefixes: []string{"43"}},
	}
	site := network.Site{Country: "CN", Postal: "430070"}
	onlyFirst := func(n id.Node) network.State {
		if n == node(1) {
			return network.Open
		}
		return network.Paused
	}
	got := network.Route(ts, onlyFirst, site)
	want := network.Routing{Node: node(1), Territory: territory(1), Reasons: []network.Reason{
		{Code: network.ByCountry, Args: map[string]any{"country": locale.Country("CN")}},
		{Code: network.NotOpen, Args: map[string]any{"node": node(2), "state": network.Paused}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Route (-want +got):\n%s", diff)
	}
	none := network.Route(ts, func(id.Node) network.State { return network.Closed }, site)
	if none.Routed() || none.Reasons[0].Code != network.UnroutedNoneOpen || len(none.Reasons) != 3 {
		t.Errorf("Route with nobody open = %+v", none)
	}
}

func drawTerritories(t *rapid.T) (out []network.Territory) {
	for i := range rapid.IntRange(0, 14).Draw(t, "territories") {
		tt := network.Territory{
			ID: territory(byte(i + 1)), Node: node(byte(rapid.IntRange(1, 6).Draw(t, "node"))),
			Country:  rapid.SampledFrom([]locale.Country{"CN", "DE"}).Draw(t, "country"),
			Priority: rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "priority"),
			Brand:    rapid.SampledFrom([]id.Brand{{}, {}, brandA, brandB}).Draw(t, "brand"),
			Line:     rapid.SampledFrom([]id.Line{{}, {}, lineA}).Draw(t, "line"),
		}
		switch rapid.IntRange(0, 2).Draw(t, "sort") {
		case 0:
			tt.Prefixes = rapid.SliceOfN(rapid.StringMatching(`[12]{1,4}`), 1, 4).Draw(t, "prefixes")
		case 1:
			tt.Centre, tt.RadiusMetres = drawPoint(t), int64(rapid.IntRange(1_000, 200_000).Draw(t, "radius"))
		}
		out = append(out, tt)
	}
	return out
}

func drawPoint(t *rapid.T) geo.Point {
	return geo.At(rapid.Float64Range(29, 31).Draw(t, "lat"), rapid.Float64Range(113, 115).Draw(t, "lon"))
}

func drawSite(t *rapid.T) network.Site {
	s := network.Site{
		Country: rapid.SampledFrom([]locale.Country{"CN", "DE", "FR", ""}).Draw(t, "site country"),
		Postal:  rapid.StringMatching(`[12]{0,5}`).Draw(t, "postal"),
		Brand:   rapid.SampledFrom([]id.Brand{brandA, brandB}).Draw(t, "site brand"),
		Line:    rapid.SampledFrom([]id.Line{{}, lineA}).Draw(t, "site line"),
	}
	if rapid.Bool().Draw(t, "point known") {
		s.Point = drawPoint(t)
	}
	return s
}

// fits says, the slow way, whether the site lies in the territory, and how
// closely: a longer prefix before any circle, a nearer circle before a farther
// one, any of them before the whole country.
func fits(tt network.Territory, s network.Site) (closeness float64, ok bool) {
	if tt.Country != s.Country || !tt.Brand.IsZero() && tt.Brand != s.Brand || !tt.Line.IsZero() && tt.Line != s.Line {
		return 0, false
	}
	switch {
	case len(tt.Prefixes) > 0:
		for _, p := range tt.Prefixes {
			if strings.HasPrefix(s.Postal, p) {
				closeness = max(closeness, 10+float64(len(p)))
			}
		}
		return closeness, closeness > 0
	case tt.RadiusMetres > 0:
		d := tt.Centre.Metres(s.Point)
		return 2 - float64(d)/1e9, !s.Point.IsZero() && d <= tt.RadiusMetres
	default:
		return 1, true
	}
}

// Route finds what a look at every territory finds, in whatever order they
// come, and no open node that fits more closely goes empty-handed.
func TestRouteAgainstOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ts, s := drawTerritories(t), drawSite(t)
		closed := node(byte(rapid.IntRange(0, 6).Draw(t, "closed")))
		state := func(n id.Node) network.State {
			if n == closed {
				return network.Closed
			}
			return network.Open
		}
		got := network.Route(ts, state, s)
		if len(got.Reasons) == 0 {
			t.Fatal("no reason given")
		}
		mixed := append([]network.Territory(nil), ts...)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if diff := cmp.Diff(got, network.Route(mixed, state, s)); diff != "" {
			t.Fatalf("the order of territories matters:\n%s", diff)
		}
		best, found := network.Territory{}, false
		for _, tt := range ts {
			if _, ok := fits(tt, s); ok && state(tt.Node) == network.Open && (!found || beats(tt, best, s)) {
				best, found = tt, true
			}
		}
		if got.Territory != best.ID || got.Node != best.Node || got.Routed() != found {
			t.Errorf("Route(%+v) = %+v, want %+v", s, got, best)
		}
	})
}

func beats(a, b network.Territory, s network.Site) bool {
	ca, _ := fits(a, s)
	cb, _ := fits(b, s)
	weight := func(tt network.Territory) (w int) {
		if !tt.Line.IsZero() {
			w += 2
		}
		if !tt.Brand.IsZero() {
			w++
		}
		return w
	}
	switch {
	case a.Priority != b.Priority:
		return a.Priority > b.Priority
	case ca != cb:
		return ca > cb
	case weight(a) != weight(b):
		return weight(a) > weight(b)
	default:
		return a.ID[15] < b.ID[15]
	}
}

func TestCheckTerritory(t *testing.T) {
	t.Parallel()
	n := node(1)
	for _, tt := range []struct {
		name string
		give network.Territory
		want string
	}{
		{"country", network.Territory{Node: n, Country: "DE"}, ""},
		{"prefixes", network.Territory{Node: n, Country: "GB", Prefixes: []string{"sw1a ", "SW1A", "ec-1"}}, ""},
		{"circle", network.Territory{Node: n, Country: "CN", Centre: wuhan, RadiusMetres: 1}, ""},
		{"nobody, nowhere", network.Territory{}, "/country /node"},
		{"centre without radius", network.Territory{Node: n, Country: "CN", Centre: wuhan}, "/centre"},
		{"radius without centre", network.Territory{Node: n, Country: "CN", RadiusMetres: 5}, "/centre"},
		{"both", network.Territory{Node: n, Country: "CN", Centre: wuhan, RadiusMetres: 5, Prefixes: []string{"1"}}, "/prefixes"},
		{"empty prefix", network.Territory{Node: n, Country: "CN", Prefixes: []string{"1", " - "}}, "/prefixes/1"},
		{"ranges", network.Territory{Node: n, Country: "CN", Priority: 101, RadiusMetres: -1}, "/priority /radius_metres"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := network.CheckTerritory(tt.give)
			if got := strings.Join(pointers(err), " "); got != tt.want {
				t.Errorf("CheckTerritory(%+v) finds %q wrong, want %q", tt.give, got, tt.want)
			}
		})
	}
	got, _ := network.CheckTerritory(network.Territory{Node: n, Country: "GB", Prefixes: []string{"sw1a ", "SW1A", "ec-1"}})
	if diff := cmp.Diff([]string{"EC1", "SW1A"}, got.Prefixes); diff != "" {
		t.Errorf("prefixes (-want +got):\n%s", diff)
	}
}

// Bringing a postal code into form twice is bringing it into form once.
func TestPostalIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "postal")
		once, ok := network.Postal(s)
		if !ok {
			return
		}
		if twice, ok := network.Postal(once); !ok || twice != once {
			t.Errorf("Postal(%q) = %q, then %q", s, once, twice)
		}
	})
}

func BenchmarkRoute(b *testing.B) {
	var ts []network.Territory
	for i := range 3000 {
		p := []byte{'0' + byte(i/1000), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)}
		ts = append(ts, network.Territory{ID: id.New[id.TerritoryKind](), Node: node(byte(i)), Country: "CN", Prefixes: []string{string(p)}})
	}
	m := network.NewMap(ts)
	b.ReportAllocs()
	for b.Loop() {
		m.Route(allOpen, network.Site{Country: "CN", Postal: "124570", Point: wuhan})
	}
}

// A site that nobody serves keeps the time of the nearest node in its country.
func TestZoneAt(t *testing.T) {
	t.Parallel()
	nodes := []network.Node{
		{ID: node(3), Country: "US", Zone: "America/New_York", Point: geo.At(40.7, -74.0)},
		{ID: node(2), Country: "US", Zone: "America/Los_Angeles", Point: geo.At(34.0, -118.2)},
		{ID: node(1), Country: "CN", Zone: "Asia/Shanghai"},
	}
	for _, tt := range []struct {
		name string
		site network.Site
		want string
	}{
		{"in the west", network.Site{Country: "US", Point: geo.At(37.8, -122.4)}, "America/Los_Angeles"},
		{"in the east", network.Site{Country: "US", Point: geo.At(42.4, -71.1)}, "America/New_York"},
		{"somewhere", network.Site{Country: "US"}, "America/Los_Angeles"},
		{"a node without a place", network.Site{Country: "CN", Point: wuhan}, "Asia/Shanghai"},
		{"no node", network.Site{Country: "FR", Point: geo.At(48.9, 2.3)}, ""},
	} {
		if got := network.ZoneAt(nodes, tt.site); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
