package roads

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"fettle.dev/fettle/kernel/geo"
)

// osrm speaks the table service of OSRM (project-osrm.org, HTTP API, "Table
// service"): all places in the path, which are sources and which destinations in
// the query, seconds and metres in the answer, null where there is no way.
type osrm struct{}

func (osrm) ask(ctx context.Context, base *url.URL, from, to []geo.Point) (*http.Request, error) {
	u := *base
	u.Path += "/table/v1/driving/" + coordinates(from, to)
	q := u.Query()
	q.Set("annotations", "duration,distance")
	q.Set("sources", numbers(0, len(from)))
	q.Set("destinations", numbers(len(from), len(to)))
	u.RawQuery = q.Encode()
	return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
}

// coordinates lists the places, longitude first.
func coordinates(lists ...[]geo.Point) string {
	var b strings.Builder
	for _, l := range lists {
		for _, p := range l {
			if b.Len() > 0 {
				b.WriteByte(';')
			}
			b.WriteString(degrees(p.LonMicro) + "," + degrees(p.LatMicro))
		}
	}
	return b.String()
}

func degrees(micro int32) string { return strconv.FormatFloat(float64(micro)/1e6, 'f', -1, 64) }

func numbers(first, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(first + i)
	}
	return strings.Join(out, ";")
}

func (osrm) read(body []byte, from, to int) ([]Way, error) {
	var a struct {
		Code      string       `json:"code"`
		Durations [][]*float64 `json:"durations"`
		Distances [][]*float64 `json:"distances"`
	}
	if json.Unmarshal(body, &a) != nil || a.Code != "Ok" || len(a.Durations) != from || len(a.Distances) != from {
		return nil, ErrNonsense
	}
	out := make([]Way, 0, from*to)
	for i := range from {
		if len(a.Durations[i]) != to || len(a.Distances[i]) != to {
			return nil, ErrNonsense
		}
		for j := range to {
			out = append(out, way(whole(a.Durations[i][j], 1), whole(a.Distances[i][j], 1)))
		}
	}
	return out, nil
}
