package roads_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/platform/roads"
)

// fake is a road service that knows the line through the air and speaks one of
// the protocols as its documents say.
type fake struct {
	t       *testing.T
	most    int             // places, both sides together
	sea     map[string]bool // "lat,lon" that no road leads to: no way
	lost    map[string]bool // places that it cannot bring to a road: it refuses the question
	trouble []int           // statuses of the next questions, before it works
	header  http.Header     // sent with a trouble
	asked   int
	largest int
	query   string
}

func key(lat, lon float64) string { return fmt.Sprintf("%.2f,%.2f", lat, lon) }

// drive is what the fake knows.
func drive(a, b geo.Point) (seconds, metres float64) {
	m := float64(a.Metres(b))
	return m / 10, m
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.asked++
	f.query = r.URL.RawQuery
	if len(f.trouble) > 0 {
		status := f.trouble[0]
		f.trouble = f.trouble[1:]
		for k, v := range f.header {
			w.Header()[k] = v
		}
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/x/table/v1/driving/"):
		f.osrm(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/x/sources_to_targets":
		f.valhalla(w, r)
	default:
		http.NotFound(w, r)
	}
}

// refuse says whether a question is too large or names a lost place.
func (f *fake) refuse(points []geo.Point) bool {
	f.largest = max(f.largest, len(points))
	for _, p := range points {
		if f.lost[key(p.Lat(), p.Lon())] {
			return true
		}
	}
	return len(points) > f.most
}

// figures are seconds and metres as the protocols write them: a number or null.
func (f *fake) figures(a, b geo.Point) (seconds, metres any) {
	if f.sea[key(a.Lat(), a.Lon())] != f.sea[key(b.Lat(), b.Lon())] {
		return nil, nil
	}
	return drive(a, b)
}

func (f *fake) osrm(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("annotations") != "duration,distance" {
		f.t.Errorf("annotations %q", r.URL.Query().Get("annotations"))
	}
	var points []geo.Point
	for _, pair := range strings.Split(strings.TrimPrefix(r.URL.Path, "/x/table/v1/driving/"), ";") {
		lon, lat, _ := strings.Cut(pair, ",")
		x, err := strconv.ParseFloat(lon, 64)
		y, err2 := strconv.ParseFloat(lat, 64)
		if err != nil || err2 != nil {
			f.t.Errorf("a place is %q", pair)
		}
		points = append(points, geo.At(y, x))
	}
	if f.refuse(points) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"code":"TooBig","message":"Too many table coordinates"}`))
		return
	}
	pick := func(name string) (out []geo.Point) {
		for _, n := range strings.Split(r.URL.Query().Get(name), ";") {
			i, _ := strconv.Atoi(n)
			out = append(out, points[i])
		}
		return out
	}
	var durations, distances [][]any
	for _, a := range pick("sources") {
		var s, m []any
		for _, b := range pick("destinations") {
			seconds, metres := f.figures(a, b)
			s, m = append(s, seconds), append(m, metres)
		}
		durations, distances = append(durations, s), append(distances, m)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"code": "Ok", "durations": durations, "distances": distances})
}

func (f *fake) valhalla(w http.ResponseWriter, r *http.Request) {
	type place struct{ Lat, Lon float64 }
	var in struct {
		Sources, Targets []place
		Costing, Units   string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Costing != "auto" || in.Units != "kilometers" {
		f.t.Errorf("asked for %+v, %v", in, err)
	}
	points := func(list []place) (out []geo.Point) {
		for _, p := range list {
			out = append(out, geo.At(p.Lat, p.Lon))
		}
		return out
	}
	from, to := points(in.Sources), points(in.Targets)
	if f.refuse(append(points(in.Sources), to...)) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error_code":150,"error":"Exceeded max locations"}`))
		return
	}
	var rows [][]map[string]any
	for i, a := range from {
		var row []map[string]any
		for j, b := range to {
			seconds, metres := f.figures(a, b)
			if m, ok := metres.(float64); ok {
				metres = m / 1000
			}
			row = append(row, map[string]any{"from_index": i, "to_index": j, "time": seconds, "distance": metres})
		}
		rows = append(rows, row)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"units": "kilometers", "sources_to_targets": rows})
}

// kit is a client before the fake.
type kit struct {
	*roads.Client
	fake   *fake
	clock  *clock.Set
	pauses []time.Duration
	heard  map[string]int
}

func each(t *testing.T, o roads.Options, fn func(t *testing.T, k *kit)) {
	t.Parallel()
	for _, kind := range []string{"osrm", "valhalla"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			k := &kit{
				fake: &fake{t: t, most: 100, sea: map[string]bool{}, lost: map[string]bool{}}, heard: map[string]int{},
				clock: clock.NewSet(time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)),
			}
			s := httptest.NewServer(k.fake)
			t.Cleanup(s.Close)
			o := o
			o.Kind, o.URL, o.Clock = kind, s.URL+"/x/?key=hush", k.clock.Now
			o.Pause = func(_ context.Context, d time.Duration) error { k.pauses = append(k.pauses, d); return nil }
			o.Observe = func(what string) { k.heard[what]++ }
			var err error
			if k.Client, err = roads.Open(o); err != nil {
				t.Fatal(err)
			}
			fn(t, k)
		})
	}
}

func grid(n int, lat float64) (out []geo.Point) {
	for i := range n {
		out = append(out, geo.At(lat+float64(i%10)/100, 13+float64(i/10)/100))
	}
	return out
}

// want compares a table with what the fake knows; cut reports pairs without a way.
func (k *kit) want(t *testing.T, from, to []geo.Point, cut func(a, b geo.Point) bool) {
	t.Helper()
	got, err := k.Table(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range from {
		for j, b := range to {
			s, m := drive(a, b)
			want := roads.Way{Seconds: int64(math.Round(s)), Metres: int64(math.Round(m))}
			if cut != nil && cut(a, b) {
				want = roads.Way{Seconds: roads.Unreachable, Metres: roads.Unreachable}
			}
			if g := got[i*len(to)+j]; g != want {
				t.Fatalf("from %v to %v: %v, want %v", a, b, g, want)
			}
		}
	}
}

// A table larger than the service takes comes in blocks, and each way at its place.
func TestTable(t *testing.T) {
	each(t, roads.Options{}, func(t *testing.T, k *kit) {
		k.want(t, grid(73, 52), grid(120, 53), nil)
		if k.fake.asked != 2*3 || k.fake.largest > 100 || k.heard["ok"] != 6 {
			t.Errorf("%d questions of up to %d places, heard %v", k.fake.asked, k.fake.largest, k.heard)
		}
		if !strings.Contains(k.fake.query, "key=hush") {
			t.Errorf("the key is not sent along: %q", k.fake.query)
		}
		if got, err := k.Table(t.Context(), nil, grid(3, 52)); err != nil || len(got) != 0 {
			t.Errorf("a table of nothing is %v, %v", got, err)
		}
	})
}

func TestNoWay(t *testing.T) {
	each(t, roads.Options{}, func(t *testing.T, k *kit) {
		island := grid(1, 52)[0]
		k.fake.sea[key(island.Lat(), island.Lon())] = true
		k.want(t, grid(5, 52), grid(4, 52), func(a, b geo.Point) bool { return (a == island) != (b == island) })
	})
}

// What is too large is asked in halves, down to the one place that is refused.
func TestHalves(t *testing.T) {
	each(t, roads.Options{Block: 40}, func(t *testing.T, k *kit) {
		k.fake.most = 30
		k.want(t, grid(40, 52), grid(40, 53), nil)
		if k.fake.asked > 40 {
			t.Errorf("%d questions", k.fake.asked)
		}
	})
	// A place that the service cannot bring to a road spoils no other.
	t.Run("lost", func(t *testing.T) {
		each(t, roads.Options{}, func(t *testing.T, k *kit) {
			lost := grid(6, 52)[3]
			k.fake.lost[key(lost.Lat(), lost.Lon())] = true
			k.want(t, grid(6, 52), grid(2, 53), func(a, _ geo.Point) bool { return a == lost })
		})
	})
	t.Run("everything", func(t *testing.T) {
		each(t, roads.Options{}, func(t *testing.T, k *kit) {
			k.fake.most = 0
			if _, err := k.Table(t.Context(), grid(50, 52), grid(50, 53)); !errors.Is(err, roads.ErrRefused) {
				t.Errorf("a service that refuses everything: %v", err)
			}
			if k.fake.asked > 100 {
				t.Errorf("it was asked %d times", k.fake.asked)
			}
		})
	})
}

// A hiccup is waited out, as long as the service asks for but not for ever.
func TestRetry(t *testing.T) {
	each(t, roads.Options{}, func(t *testing.T, k *kit) {
		k.fake.trouble, k.fake.header = []int{503, 429}, http.Header{"Retry-After": {"2"}}
		k.want(t, grid(3, 52), grid(3, 53), nil)
		k.fake.trouble, k.fake.header = []int{500}, http.Header{"Retry-After": {"86400"}}
		k.want(t, grid(3, 52), grid(3, 53), nil)
		k.fake.trouble, k.fake.header = []int{502, 504}, nil
		k.want(t, grid(3, 52), grid(3, 53), nil)
		want := []time.Duration{2 * time.Second, 2 * time.Second, 5 * time.Second, 250 * time.Millisecond, 500 * time.Millisecond}
		if d := cmp.Diff(want, k.pauses); d != "" {
			t.Errorf("pauses (-want +got):\n%s", d)
		}
	})
}

// A service that is down is left in peace, tried once, and used again when it is back.
func TestBreaker(t *testing.T) {
	each(t, roads.Options{Tries: 1}, func(t *testing.T, k *kit) {
		down := func(n int) { k.fake.trouble = make([]int, n); fill(k.fake.trouble, 503) }
		ask := func(want error) {
			t.Helper()
			if _, err := k.Table(t.Context(), grid(2, 52), grid(2, 53)); !errors.Is(err, want) {
				t.Fatalf("Table = %v, want %v", err, want)
			}
		}
		down(4)
		for range 3 {
			ask(roads.ErrSilent)
		}
		if !k.Resting() {
			t.Error("it is not left in peace")
		}
		asked := k.fake.asked
		ask(roads.ErrResting)
		k.clock.To(k.clock.Now().Add(31 * time.Second))
		ask(roads.ErrSilent) // the one that tries
		k.clock.To(k.clock.Now().Add(31 * time.Second))
		ask(roads.ErrResting) // twice as long now
		if k.fake.asked != asked+1 || k.heard["resting"] != 2 {
			t.Errorf("asked %d times while it rests, heard %v", k.fake.asked-asked, k.heard)
		}
		k.clock.To(k.clock.Now().Add(30 * time.Second))
		ask(nil)
		ask(nil)
		if k.Resting() {
			t.Error("it is back and left in peace")
		}
	})
}

func fill(list []int, v int) {
	for i := range list {
		list[i] = v
	}
}

// Whoever answers nonsense, sends us elsewhere or hangs up is not believed, and
// no error tells the address.
func TestNonsense(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
	}
	for name, h := range map[string]http.HandlerFunc{
		"a page":        say("<html>"),
		"nothing":       say(""),
		"another code":  say(`{"code":"NoTable","durations":[[1]],"distances":[[1]]}`),
		"no distances":  say(`{"code":"Ok","durations":[[1]]}`),
		"too few":       say(`{"code":"Ok","durations":[[]],"distances":[[]],"units":"kilometers","sources_to_targets":[[]]}`),
		"miles":         say(`{"units":"miles","sources_to_targets":[[{"time":1,"distance":1}]]}`),
		"another order": say(`{"units":"kilometers","sources_to_targets":[[{"from_index":1,"to_index":0,"time":1,"distance":1}]]}`),
		"a redirect":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"forbidden":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"without end": func(w http.ResponseWriter, _ *http.Request) {
			for range 17 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(h)
			defer s.Close()
			for _, kind := range []string{"osrm", "valhalla"} {
				c, err := roads.Open(roads.Options{Kind: kind, URL: s.URL + "?key=hush", Tries: 1})
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Table(t.Context(), grid(1, 52), grid(1, 53))
				if !errors.Is(err, roads.ErrNonsense) && !errors.Is(err, roads.ErrSilent) {
					t.Errorf("%s: %v", kind, err)
				} else if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "127.0.0.1") {
					t.Errorf("%s: the error tells the address: %v", kind, err)
				}
			}
		})
	}
}

// Figures that are none are no way.
func TestFigures(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"code":"Ok","durations":[[-1,1e300,1,2.5]],"distances":[[5,5,null,7.4]]}`))
	}))
	defer s.Close()
	c, err := roads.Open(roads.Options{Kind: "osrm", URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Table(t.Context(), grid(1, 52), grid(4, 53))
	none := roads.Way{Seconds: roads.Unreachable, Metres: roads.Unreachable}
	if d := cmp.Diff([]roads.Way{none, none, none, {Seconds: 3, Metres: 7}}, got); err != nil || d != "" {
		t.Errorf("%v, (-want +got):\n%s", err, d)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"", "127.0.0.1:5000", "ftp://x", "file:///etc/passwd", "http://", "http://x#y", "://"} {
		if _, err := roads.Open(roads.Options{Kind: "osrm", URL: u}); !errors.Is(err, roads.ErrAddress) {
			t.Errorf("Open(%q) = %v", u, err)
		}
	}
	if _, err := roads.Open(roads.Options{Kind: "google", URL: "http://x"}); !errors.Is(err, roads.ErrKind) {
		t.Errorf("another kind: %v", err)
	}
}

// Who asks may give up, which is no failure of the service.
func TestGiveUp(t *testing.T) {
	each(t, roads.Options{Tries: 1}, func(t *testing.T, k *kit) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 4 {
			if _, err := k.Table(ctx, grid(1, 52), grid(1, 53)); !errors.Is(err, context.Canceled) {
				t.Errorf("Table = %v", err)
			}
		}
		if k.Resting() {
			t.Error("the service is blamed")
		}
	})
}
