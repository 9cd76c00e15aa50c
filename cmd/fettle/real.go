package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"fettle.dev/fettle/demo/real"
)

type realCmd struct {
	Dir    string   `arg:"" type:"existingdir" help:"The folder of the records: open-repair-2500.csv and boston311-2015-3800.csv."`
	Keep   string   `placeholder:"PATH" help:"Make the database here and keep it; otherwise it is temporary."`
	Limit  int      `placeholder:"N" help:"Take only so many records, spread over all of them."`
	Report []string `placeholder:"FILE" help:"Write the report to this file too: .md as Markdown, .csv a line for each record. May be given twice."`
}

// Run runs the main job on the records and prints what came of it.
func (v realCmd) Run(ctx context.Context, s streams) error {
	for _, path := range v.Report {
		if !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".csv") {
			return errors.New(path + ": a report ends in .md or .csv")
		}
	}
	r, err := real.Run(ctx, real.Options{Dir: v.Dir, Keep: v.Keep, Limit: v.Limit, Log: s.Err})
	if err != nil {
		return err
	}
	for _, path := range v.Report {
		write := r.Markdown
		if strings.HasSuffix(path, ".csv") {
			write = r.CSV
		}
		if err := writeFile(path, write); err != nil {
			return err
		}
	}
	if err := r.Markdown(s.Out); err != nil {
		return err
	}
	if wrong := r.Disagreements(); len(wrong) > 0 {
		return errors.New("the books do not agree")
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}
