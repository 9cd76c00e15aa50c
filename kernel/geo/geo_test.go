package geo_test

import (
	"testing"

	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/geo"
)

func TestMetres(t *testing.T) {
	t.Parallel()
	wuhan, beijing := geo.At(30.5928, 114.3055), geo.At(39.9042, 116.4074)
	if got := wuhan.Metres(beijing); got < 1_045_000 || got > 1_060_000 {
		t.Errorf("Wuhan to Beijing is %d m, want about 1,053 km", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		p, q, r := point(t, "p"), point(t, "q"), point(t, "r")
		if p.Metres(q) != q.Metres(p) || p.Metres(p) != 0 {
			t.Fatal("distance is not symmetric, or not zero at home")
		}
		if p.Metres(r) > p.Metres(q)+q.Metres(r)+2 {
			t.Fatalf("the triangle %v %v %v is broken", p, q, r)
		}
		if c := p.Coarse(); p.Metres(c) > 800 || c.Coarse() != c {
			t.Fatalf("%v is coarse as %v", p, c)
		}
	})
}

func point(t *rapid.T, name string) geo.Point {
	return geo.Point{
		LatMicro: rapid.Int32Range(-90e6, 90e6).Draw(t, name+" lat"),
		LonMicro: rapid.Int32Range(-180e6, 180e6).Draw(t, name+" lon"),
	}
}
