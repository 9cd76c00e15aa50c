// Package bench solves the instances of a folder and says how far each is from the
// best that is known.
package bench

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

	"fettle.dev/fettle/app/solver"
	"fettle.dev/fettle/app/solver/refusal"
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
	Plans string                 // folder for a plan of each instance; none when empty
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
	Moves    float64 // judged per second, of all threads
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

// entry is an instance of a set.
type entry struct {
	name  string
	scale float64 // by which its cost is divided
	crew  bool    // a technician routing and scheduling problem
	*vroom.Problem
}

// Run solves every *.json and *.txt (Solomon, or technician routing and scheduling) of
// the folder, by name, and reports each. It ends early when ctx ends.
func (s Set) Run(ctx context.Context, o solver.Options, report func(Row)) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		v, err := s.read(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f, refusal.Of(err))
		}
		r, err := solver.Search(ctx, v.Problem, o)
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.keep(&v, r.Plan); err != nil {
			return err
		}
		report(s.row(&v, r))
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

func (s Set) read(file string) (v entry, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return v, err
	}
	v = entry{name: instance(file), scale: max(1, s.Scale)}
	if filepath.Ext(file) == ".txt" {
		read := vroom.Solomon
		v.scale, v.crew = vroom.SolomonScale, vroom.IsTRSP(data)
		if v.crew {
			read, v.scale = vroom.TRSP, vroom.TRSPScale
		}
		if data, err = read(data); err != nil {
			return v, err
		}
	}
	if most, ok := s.Fleet[v.name]; ok {
		if data, err = shrunk(data, most); err != nil {
			return v, err
		}
	}
	v.Problem, err = vroom.Read(data)
	return v, err
}

// keep writes the plan of an instance: a solution in the JSON format, or of the
// technician routing and scheduling problem the stops, as its judges read them.
func (s Set) keep(v *entry, plan routing.Plan) error {
	if s.Plans == "" {
		return nil
	}
	out := vroom.Write(v.Problem, plan, vroom.Answer{})
	if v.crew {
		out = vroom.Stops(v.Problem, plan)
	}
	return os.WriteFile(filepath.Join(s.Plans, v.name+".json"), out, 0o600)
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

func (s Set) row(v *entry, r solver.Result) Row {
	p := v.Routing()
	out := Row{Name: v.name, Unserved: float64(len(p.Unserved(r.Plan))), Seconds: r.Spent.Seconds()}
	bill := routing.Cost(p, r.Plan)
	out.Cost = float64(bill.Total().Minor()) / v.scale
	for _, jobs := range r.Plan.Routes {
		if len(jobs) > 0 {
			out.Vehicles++
		}
	}
	out.Rate = float64(r.Iterations) / max(1e-3, out.Seconds)
	out.Moves = float64(r.Moves) / max(1e-3, out.Seconds)
	if best := s.Best[v.name]; best > 0 {
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
		out.Moves += r.Moves / n
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
