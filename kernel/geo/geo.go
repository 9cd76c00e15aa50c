// Package geo is where things are, and how far apart.
package geo

import "math"

// Point is a place in millionths of a degree (WGS 84): about 0.1 m.
type Point struct {
	LatMicro int32 `json:"lat_micro" minimum:"-90000000" maximum:"90000000"`
	LonMicro int32 `json:"lon_micro" minimum:"-180000000" maximum:"180000000"`
}

// At returns the point at degrees of latitude and longitude.
func At(lat, lon float64) Point {
	return Point{int32(math.Round(lat * 1e6)), int32(math.Round(lon * 1e6))}
}

// Lat and Lon are degrees.
func (p Point) Lat() float64 { return float64(p.LatMicro) / 1e6 }

// Lon is the longitude in degrees.
func (p Point) Lon() float64 { return float64(p.LonMicro) / 1e6 }

// IsZero reports whether p is the zero point, which stands for "not known":
// nobody serves a site in the Gulf of Guinea at 0, 0.
func (p Point) IsZero() bool { return p == Point{} }

// Valid reports whether p lies on the globe.
func (p Point) Valid() bool {
	return p.LatMicro >= -90e6 && p.LatMicro <= 90e6 && p.LonMicro >= -180e6 && p.LonMicro <= 180e6
}

// earthMetres is the mean radius R1 of the IUGG.
const earthMetres = 6_371_008.8

// Metres is the great-circle distance (haversine), within 0.6 % of the geodesic.
func (p Point) Metres(q Point) int64 {
	rad := math.Pi / 180
	la, lb := p.Lat()*rad, q.Lat()*rad
	dla, dlo := lb-la, (q.Lon()-p.Lon())*rad
	h := hav(dla) + math.Cos(la)*math.Cos(lb)*hav(dlo)
	return int64(math.Round(2 * earthMetres * math.Asin(math.Sqrt(min(1, h)))))
}

func hav(x float64) float64 { s := math.Sin(x / 2); return s * s }

// Coarse returns p rounded to hundredths of a degree (about 1 km): what may be
// shown to those who plan but do not visit.
func (p Point) Coarse() Point {
	round := func(v int32) int32 { return int32(math.Round(float64(v)/10_000)) * 10_000 }
	return Point{round(p.LatMicro), round(p.LonMicro)}
}
