package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// metrics is what the server says of itself.
type metrics struct {
	waiting float64             // things that have not been handled
	lags    map[float64]float64 // deliveries by how long they took at most, in seconds
}

var upTo = regexp.MustCompile(`le="([^"]+)"`)

// metrics reads them; without an admin address there are none.
func (l *load) metrics(ctx context.Context) (metrics, error) {
	m := metrics{lags: map[float64]float64{}}
	if l.admin == "" {
		return m, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.admin+"/metrics", http.NoBody)
	if err != nil {
		return m, err
	}
	res, err := l.client.Do(req)
	if err != nil {
		return m, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return m, err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if err := m.read(line); err != nil {
			return m, err
		}
	}
	return m, nil
}

// read takes in one line of the text format.
func (m *metrics) read(line string) error {
	isLag := strings.HasPrefix(line, "fettle_delivery_lag_seconds_bucket{")
	if !isLag && !strings.HasPrefix(line, "fettle_waiting{") {
		return nil
	}
	v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
	if err != nil {
		return err
	}
	if !isLag {
		m.waiting += v
		return nil
	}
	at, err := strconv.ParseFloat(upTo.FindStringSubmatch(line)[1], 64) // reads +Inf, too
	m.lags[at] += v
	return err
}

// since takes away what was counted before.
func (m metrics) since(before metrics) metrics {
	out := metrics{lags: maps.Clone(m.lags)}
	for at, n := range before.lags {
		out.lags[at] -= n
	}
	return out
}

// quantile says within which bound so many per cent of the deliveries were done:
// the upper end of the histogram's bucket.
func (m metrics) quantile(percent float64) string {
	bounds := slices.Sorted(maps.Keys(m.lags))
	if len(bounds) == 0 || m.lags[bounds[len(bounds)-1]] == 0 {
		return "unknown"
	}
	for _, at := range bounds {
		if m.lags[at]*100 >= percent*m.lags[bounds[len(bounds)-1]] {
			return fmt.Sprintf("≤ %g s", at)
		}
	}
	return "unknown"
}
