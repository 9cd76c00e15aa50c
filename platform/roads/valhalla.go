package roads

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"fettle.dev/fettle/kernel/geo"
)

// valhalla speaks the time-distance matrix of Valhalla (valhalla.github.io, "Matrix
// service"): places as JSON, seconds and kilometres in the answer, null where there
// is no way.
type valhalla struct{}

type location struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

func locations(points []geo.Point) []location {
	out := make([]location, len(points))
	for i, p := range points {
		out[i] = location{p.Lat(), p.Lon()}
	}
	return out
}

func (valhalla) ask(ctx context.Context, base *url.URL, from, to []geo.Point) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{"sources": locations(from), "targets": locations(to), "costing": "auto", "units": "kilometers"})
	if err != nil {
		return nil, err
	}
	u := *base
	u.Path += "/sources_to_targets"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

func (valhalla) read(body []byte, from, to int) ([]Way, error) {
	var a struct {
		Units string `json:"units"`
		Rows  [][]struct {
			From     *int     `json:"from_index"`
			To       *int     `json:"to_index"`
			Time     *float64 `json:"time"`
			Distance *float64 `json:"distance"`
		} `json:"sources_to_targets"`
	}
	if json.Unmarshal(body, &a) != nil || a.Units != "kilometers" || len(a.Rows) != from {
		return nil, ErrNonsense
	}
	out := make([]Way, 0, from*to)
	for i, row := range a.Rows {
		if len(row) != to {
			return nil, ErrNonsense
		}
		for j, w := range row {
			if w.From != nil && *w.From != i || w.To != nil && *w.To != j {
				return nil, ErrNonsense
			}
			out = append(out, way(whole(w.Time, 1), whole(w.Distance, 1000)))
		}
	}
	return out, nil
}
