package main

import (
	"context"
	"fmt"

	"fettle.dev/fettle/app"
)

type backupCmd struct {
	To     string `required:"" help:"New file for the archive of the database and the sealed files."`
	KeysTo string `help:"New file for the archive of the key store. Without it nothing personal in the backup can be read. Keep it elsewhere, and delete it after 35 days at most: until then an erasure can be undone with it."`
}

// Help is shown below the flags.
func (backupCmd) Help() string {
	return `The backup is made while the server runs. The root key and the erasure ledger are in
neither archive: keep copies of both in other places, the ledger after each change.
On PostgreSQL, pg_dump must be installed, and --db-owner must name a role that passes
row-level security (a superuser, or one with BYPASSRLS).`
}

// Run makes the archives.
func (v backupCmd) Run(ctx context.Context, c *cli, s streams) error {
	return app.Backup(ctx, c.config(s), app.BackupTo{Main: v.To, Keys: v.KeysTo, Tell: tell(s)})
}

// tell shows what long work is at.
func tell(s streams) func(string) {
	return func(line string) { fmt.Fprintln(s.Out, line) }
}
