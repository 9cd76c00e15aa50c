// Package real runs the main job on records that nobody here wrote: repairs of
// the Open Repair Alliance, and places of the City of Boston.
//
// It makes an installation of its own, builds a small network in it and carries
// each record from a brand's order to the proof of what was charged, all through
// the API that customers use, on a domain clock that follows the records. What a
// record says came of the repair is what the worker reports. It then says how
// many went which way, where the plan and the record disagree, and what was
// refused and why.
//
// The text of a record goes into the database, sealed, and nowhere else: it is
// neither printed nor written to a report.
package real

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fettle.dev/fettle/kernel/clock"
)

// Options say what to run.
type Options struct {
	Dir   string    // of the data
	Keep  string    // the database to make, which stays; "": a temporary one
	Limit int       // how many records, spread over all of them; 0: all
	Days  int       // how many days of sites are planned, the smallest first; 0: all
	Tries int       // iterations of the search for each of them; 0: as many as a report is made with
	Log   io.Writer // progress, a line for each step; nil: none
}

// The files of the data.
const (
	repairsFile = "open-repair-2500.csv"
	bostonFile  = "boston311-2015-3800.csv"
)

// Present reports whether the folder holds the data.
func Present(dir string) bool {
	for _, f := range []string{repairsFile, bostonFile} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			return false
		}
	}
	return true
}

// Run runs the main job and says how it went.
func Run(ctx context.Context, o Options) (r *Report, err error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	records, err := readRepairs(filepath.Join(o.Dir, repairsFile))
	if err != nil {
		return nil, err
	}
	places, err := readPlaces(filepath.Join(o.Dir, bostonFile))
	if err != nil {
		return nil, err
	}
	if o.Tries == 0 {
		o.Tries = iterations
	}
	records = records.spread(o.Limit)
	w := newWatch(o.Log)
	r = &Report{Records: len(records.all)}
	if err := carry(ctx, o, records, r, w); err != nil {
		return nil, err
	}
	if err := w.phase("dispatch", func() error { r.Days, err = dispatchDays(ctx, places, o); return err }); err != nil {
		return nil, err
	}
	r.Phases = w.phases
	return r, nil
}

// carry carries the records through an installation.
func carry(ctx context.Context, o Options, records table, r *Report, w *watch) (err error) {
	h, err := openHouse(ctx, o.Keep, records.all[0].On, w)
	if err != nil {
		return err
	}
	defer func() {
		if e := h.close(); err == nil {
			err = e
		}
	}()
	p := &play{house: h, table: records, report: r}
	return p.run(ctx)
}

// watch measures the phases and tells of them.
type watch struct {
	log    io.Writer
	phases []Phase
}

// Phase is how long a part of the run took.
type Phase struct {
	Name string
	Took time.Duration
}

func newWatch(log io.Writer) *watch { return &watch{log: log} }

// phase does a part of the run and measures it.
func (w *watch) phase(name string, do func() error) error {
	if err := w.part(name, do); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(w.log, "%-12s %s\n", name, w.phases[w.find(name)].Took.Round(time.Millisecond))
	return nil
}

// part measures something that happens many times.
func (w *watch) part(name string, do func() error) error {
	from := clock.System()
	err := do()
	w.phases[w.find(name)].Took += clock.System().Sub(from)
	return err
}

func (w *watch) find(name string) int {
	for i := range w.phases {
		if w.phases[i].Name == name {
			return i
		}
	}
	w.phases = append(w.phases, Phase{Name: name})
	return len(w.phases) - 1
}

// quiet logs what goes wrong and nothing else.
func quiet(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
