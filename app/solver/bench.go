package solver

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fettle.dev/fettle/modules/dispatch/routing"
	"fettle.dev/fettle/modules/dispatch/vroom"
)

// Set is a folder of instances.
type Set struct {
	Dir   string
	Fleet map[string]int         // the most vehicles by name in capitals; may be nil
	Best  map[string]float64     // best known cost by name in capitals; may be nil
	Scale float64                // by which the cost of a JSON instance is divided before it is compared
	Only  func(name string) bool // which of the files to solve, by name; nil for all
}

// Row is how one instance went.
type Row struct {
	Name     string
	Cost     float64
	Gap      float64 // per cent above the best known, where Known
	Known    bool
	Unserved float64
	Vehicles float64 // used
	Rate     float64 // iterations per second, of all threads
	Seconds  float64
}

// BestKnown reads a table whose first column is the name of an instance and whose
// second is its best known cost.
func BestKnown(r io.Reader) (map[string]float64, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, row := range rows {
		if len(row) < 2 {
			continue
		}
		if v, err := strconv.ParseFloat(row[1], 64); err == nil && v > 0 {
			out[strings.ToUpper(row[0])] = v
		}
	}
	return out, nil
}

// BestFleet reads, from the same table, the fewest vehicles that are known to do: the
// column whose name ends with "vehicles". It is empty without one.
func BestFleet(r io.Reader) (map[string]int, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at := slices.IndexFunc(rows[0], func(name string) bool { return strings.HasSuffix(name, "vehicles") })
	out := map[string]int{}
	for _, row := range rows[1:] {
		if at < 0 {
			break
		}
		if v, err := strconv.Atoi(row[at]); err == nil && v > 0 {
			out[strings.ToUpper(row[0])] = v
		}
	}
	return out, nil
}

// Run solves every *.json and *.txt (Solomon) of the folder, by name, and reports
// each. It ends early when ctx ends.
func (s Set) Run(ctx context.Context, o Options, report func(Row)) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		p, scale, err := s.read(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f, refusal{err})
		}
		r, err := Search(ctx, p, o)
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		report(s.row(instance(f), p, r, scale))
	}
	return nil
}

func (s Set) files() ([]string, error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if s.Only != nil && !s.Only(e.Name()) {
			continue
		}
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".json" || ext == ".txt") {
			out = append(out, filepath.Join(s.Dir, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no instance (*.json or *.txt)", s.Dir)
	}
	slices.Sort(out)
	return out, nil
}

func (s Set) read(file string) (*vroom.Problem, float64, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, 0, err
	}
	scale := max(1, s.Scale)
	if filepath.Ext(file) == ".txt" {
		scale = vroom.SolomonScale
		if data, err = vroom.Solomon(data); err != nil {
			return nil, 0, err
		}
	}
	if most, ok := s.Fleet[instance(file)]; ok {
		if data, err = shrunk(data, most); err != nil {
			return nil, 0, err
		}
	}
	p, err := vroom.Read(data)
	return p, scale, err
}

// instance is the name of the instance in a file, in capitals.
func instance(file string) string {
	return strings.ToUpper(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
}

// shrunk leaves a problem its first vehicles.
func shrunk(problem []byte, most int) ([]byte, error) {
	var all map[string]json.RawMessage
	var vehicles []json.RawMessage
	if err := json.Unmarshal(problem, &all); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(all["vehicles"], &vehicles); err != nil {
		return nil, err
	}
	var err error
	if all["vehicles"], err = json.Marshal(vehicles[:min(most, len(vehicles))]); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

func (s Set) row(name string, p *vroom.Problem, r Result, scale float64) Row {
	out := Row{Name: name, Unserved: float64(len(p.Routing().Unserved(r.Plan))), Seconds: r.Spent.Seconds()}
	bill := routing.Cost(p.Routing(), r.Plan)
	out.Cost = float64(bill.Total().Minor()) / scale
	for _, jobs := range r.Plan.Routes {
		if len(jobs) > 0 {
			out.Vehicles++
		}
	}
	out.Rate = float64(r.Iterations) / max(1e-3, out.Seconds)
	if best := s.Best[name]; best > 0 {
		out.Known, out.Gap = true, 100*(out.Cost-best)/best
	}
	return out
}

// Mean is the row of the means; of gaps over those instances whose best is known.
func Mean(rows []Row) Row {
	out, known := Row{Name: "mean"}, 0.0
	n := float64(len(rows))
	for _, r := range rows {
		out.Cost += r.Cost / n
		out.Unserved += r.Unserved / n
		out.Vehicles += r.Vehicles / n
		out.Rate += r.Rate / n
		out.Seconds += r.Seconds / n
		if r.Known {
			out.Gap, known = out.Gap+r.Gap, known+1
		}
	}
	if known > 0 {
		out.Known, out.Gap = true, out.Gap/known
	}
	return out
}
