package vroom

import (
	"bufio"
	"bytes"
	"math"
	"strconv"
	"strings"

	"fettle.dev/fettle/modules/dispatch/routing"
)

// TRSPScale is by how much times and so costs are multiplied in what TRSP makes.
const TRSPScale = 10_000

// trsp is an instance of the technician routing and scheduling problem in the text
// form of Pillac, Guéret and Medaglia (2013): a depot, a crew who start and end at
// home, and requests that ask for skills, tools and spare parts.
type trsp struct {
	crew int
	rows []trspRow // the depot, the crew, the requests
}

type trspRow struct {
	x, y, open, close, service float64
	skills, tools, parts       []int64
}

// IsTRSP tells a text of that form from one of Solomon's.
func IsTRSP(text []byte) bool { return bytes.Contains(text, []byte("CREW COUNT")) }

// TRSP turns an instance in that form into the JSON format and its extensions: whoever
// has been at the depot, which each may visit once, has all tools and parts. The cost
// is the time from leaving home to coming home. Ways are Euclidean and times ten
// thousand, cut up, so that whatever fits here fits the instance. Faults: ErrInput.
func TRSP(text []byte) ([]byte, error) {
	var t trsp
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if !t.read(lines.Text()) {
			return nil, ErrInput.At("", "shape")
		}
	}
	if lines.Err() != nil || t.crew < 1 || t.crew > MaxVehicles || len(t.rows) < t.crew+2 || len(t.rows) > mostSolomon {
		return nil, ErrInput.At("", "shape")
	}
	return encode(map[string]any{
		"vehicles": t.vehicles(), "jobs": t.jobs(), "matrices": map[string]any{"car": map[string]any{"durations": t.matrix()}},
	}), nil
}

// read reads one line and reports whether it can be one; headings are passed over.
func (t *trsp) read(line string) bool {
	head, lists, listed := strings.Cut(line, "[")
	words := strings.Fields(head)
	switch {
	case listed && len(words) == 6:
		row, ok := readTRSP(words, strings.Split(lists, "["))
		t.rows = append(t.rows, row)
		return ok
	case !listed && len(words) == 4 && t.crew == 0:
		t.crew, _ = strconv.Atoi(words[0])
	}
	return true
}

func readTRSP(words, lists []string) (r trspRow, ok bool) {
	var v [6]float64
	for i, w := range words {
		n, err := strconv.ParseFloat(w, 64)
		if err != nil || !(math.Abs(n) <= 1e6) {
			return r, false
		}
		v[i] = n
	}
	r = trspRow{x: v[1], y: v[2], open: v[3], close: v[4], service: v[5]}
	if len(lists) != 3 {
		return r, false
	}
	for i, to := range []*[]int64{&r.skills, &r.tools, &r.parts} {
		*to = []int64{}
		for _, w := range strings.FieldsFunc(lists[i], func(c rune) bool { return c == ',' || c == ']' || c == ' ' || c == '\t' }) {
			n, err := strconv.ParseInt(w, 10, 32)
			if err != nil {
				return r, false
			}
			*to = append(*to, n)
		}
	}
	return r, true
}

// scaled is a time in units of the instance.
func scaled(v float64) int64 { return int64(math.Round(v * TRSPScale)) }

func (r *trspRow) window() []int64 { return []int64{scaled(r.open), scaled(r.close)} }

func (t *trsp) vehicles() []any {
	depot := &t.rows[0]
	out := []any{}
	for i := range t.crew {
		r := &t.rows[1+i]
		out = append(out, map[string]any{
			"id": 1 + i, "start_index": 1 + i, "end_index": 1 + i, "time_window": r.window(),
			"skills": r.skills, "tools": r.tools, "parts": r.parts,
			"costs":   map[string]any{"per_hour": 0, "per_work_hour": 3600},
			"refills": []any{map[string]any{"id": 0, "location_index": 0, "service": scaled(depot.service), "time_windows": [][]int64{{scaled(depot.open), math.MaxInt32}}}},
		})
	}
	return out
}

func (t *trsp) jobs() []any {
	out := []any{}
	for i := 1 + t.crew; i < len(t.rows); i++ {
		r := &t.rows[i]
		out = append(out, map[string]any{
			"id": i, "location_index": i, "service": scaled(r.service), "time_windows": [][]int64{r.window()},
			"skills": r.skills, "tools": r.tools, "parts": r.parts,
		})
	}
	return out
}

func (t *trsp) matrix() [][]int64 {
	out := make([][]int64, len(t.rows))
	for i, a := range t.rows {
		out[i] = make([]int64, len(t.rows))
		for j, b := range t.rows {
			out[i][j] = int64(math.Ceil(math.Hypot(a.x-b.x, a.y-b.y)*TRSPScale - 1e-6))
		}
	}
	return out
}

// Stops writes a plan as judges of the technician routing and scheduling problem
// read it: per technician the requests in order, 0 for the depot.
func Stops(p *Problem, plan routing.Plan) []byte {
	type route struct {
		Technician uint64   `json:"technician"`
		Stops      []uint64 `json:"stops"`
	}
	out := struct {
		Routes []route `json:"routes"`
	}{Routes: []route{}}
	for i := range p.doc.Vehicles {
		r := p.routes[i]
		if r < 0 || len(plan.Routes[r]) == 0 {
			continue
		}
		one := route{Technician: *p.doc.Vehicles[i].ID}
		for _, j := range plan.Routes[r] {
			one.Stops = append(one.Stops, *p.doc.Jobs[j].ID)
		}
		out.Routes = append(out.Routes, one)
	}
	return encode(out)
}
