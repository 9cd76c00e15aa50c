package vroom

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"strings"
)

// SolomonScale is by how much times, distances and so costs are multiplied in
// what Solomon makes.
const SolomonScale = 10

// mostSolomon is how many rows an instance has at the most; the largest published
// has 1,001.
const mostSolomon = 2_000

// solomon is an instance of the vehicle routing problem with time windows in the
// text form of Solomon (1987) and of Gehring and Homberger (1999).
type solomon struct {
	fleet, capacity int64
	rows            [][7]float64 // number, x, y, demand, ready, due, service; the depot first
}

// Solomon turns an instance in Solomon's text form into the JSON format.
// Distances are Euclidean, times ten, cut off: the convention of the DIMACS
// challenge, whose best known values are a tenth of the cost. Faults: ErrInput.
func Solomon(text []byte) ([]byte, error) {
	var s solomon
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		s.read(lines.Text())
	}
	if lines.Err() != nil || len(s.rows) == 0 || s.fleet < 1 || s.fleet > MaxVehicles || len(s.rows) > mostSolomon {
		return nil, ErrInput.At("", "shape")
	}
	return encode(map[string]any{
		"vehicles": s.vehicles(), "jobs": s.jobs(), "matrices": map[string]any{"car": map[string]any{"durations": s.matrix()}},
	}), nil
}

// read reads one line; headings are passed over.
func (s *solomon) read(line string) {
	words := len(strings.Fields(line))
	var row [7]float64
	switch words {
	case 2:
		var fleet, capacity int64
		if n, _ := fmt.Sscan(line, &fleet, &capacity); n == 2 {
			s.fleet, s.capacity = fleet, capacity
		}
	case len(row):
		if n, _ := fmt.Sscan(line, &row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6]); n == len(row) {
			s.rows = append(s.rows, row)
		}
	}
}

func tenfold(v float64) int64 { return int64(math.Floor(v*SolomonScale + 1e-9)) }

func (s *solomon) vehicles() []any {
	out := make([]any, s.fleet)
	for i := range out {
		out[i] = map[string]any{
			"id": i + 1, "start_index": 0, "end_index": 0, "capacity": []int64{s.capacity},
			"time_window": []int64{tenfold(s.rows[0][4]), tenfold(s.rows[0][5])},
		}
	}
	return out
}

func (s *solomon) jobs() []any {
	out := []any{}
	for i, r := range s.rows[1:] {
		out = append(out, map[string]any{
			"id": i + 1, "location_index": i + 1, "delivery": []int64{int64(r[3])}, "service": tenfold(r[6]),
			"time_windows": [][]int64{{tenfold(r[4]), tenfold(r[5])}},
		})
	}
	return out
}

func (s *solomon) matrix() [][]int64 {
	out := make([][]int64, len(s.rows))
	for i, a := range s.rows {
		out[i] = make([]int64, len(s.rows))
		for j, b := range s.rows {
			out[i][j] = tenfold(math.Hypot(a[1]-b[1], a[2]-b[2]))
		}
	}
	return out
}
