package main

import (
	"context"
	"os"
	"path/filepath"

	"fettle.dev/fettle/app"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/i18n"
)

// inMemory opens a Fettle on a database of its own that goes with the call, for
// what is printed from the code alone.
func inMemory(ctx context.Context, c *cli, s streams, use func(*app.App) error) error {
	dir, err := os.MkdirTemp("", "fettle")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := c.config(s)
	o.Database, o.Migrate, o.NoSync, o.Version = filepath.Join(dir, "doc.db"), true, true, "1"
	a, err := app.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return use(a)
}

type openapiCmd struct{}

// Run prints the document; it needs no database.
func (openapiCmd) Run(ctx context.Context, c *cli, s streams) error {
	return inMemory(ctx, c, s, func(a *app.App) error {
		doc, err := a.API.OpenAPI()
		if err != nil {
			return err
		}
		_, err = s.Out.Write(append(doc, '\n'))
		return err
	})
}

type docCmd struct {
	Page string `arg:"" enum:"problems" help:"Which page."`
}

// Run prints the page.
func (docCmd) Run(_ context.Context, s streams) error {
	_, err := s.Out.Write(httpapi.ProblemsPage(i18n.Standard()))
	return err
}
