package main

import (
	"context"

	"fettle.dev/fettle/app"
)

type restoreCmd struct {
	From     string   `required:"" type:"existingfile" help:"Archive of the database and the sealed files."`
	KeysFrom string   `required:"" type:"existingfile" help:"Archive of the key store, from the same backup or a later one."`
	Erasures []string `type:"existingfile" help:"Erasure ledgers to carry out again, besides the one that stands beside the database. May be given more than once."`
	Force    bool     `help:"Replace the database that stands there. One that is in use is never replaced."`
}

// Help is shown below the flags.
func (restoreCmd) Help() string {
	return `Put the root key in its place first. The archives are checked whole before anything
changes; the schema is brought up to date; every erasure that the backup has forgotten
is carried out again before the restored database takes its place. On PostgreSQL,
pg_restore must be installed and --db-owner must own the database.`
}

// Run restores.
func (v restoreCmd) Run(ctx context.Context, c *cli, s streams) error {
	return app.Restore(ctx, c.config(s), app.RestoreFrom{
		Main: v.From, Keys: v.KeysFrom, Ledgers: v.Erasures, Force: v.Force, Tell: tell(s),
	})
}
