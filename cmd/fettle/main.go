// Command fettle is the whole of Fettle in one program.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"fettle.dev/fettle/app/console"
	"fettle.dev/fettle/app/solver/command"
)

// version is set by the build.
var version = "dev"

func main() {
	if os.Getenv("GOGC") == "" {
		// What a request makes is garbage as soon as it is answered: half the
		// collections for a few megabytes.
		debug.SetGCPercent(200)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// cli is the command line. Each command is a type in a file of its own.
type cli struct {
	DB    string `name:"db" env:"FETTLE_DB" default:"var/fettle.db" help:"Database: a file (SQLite) or postgres://…"`
	Owner string `name:"db-owner" env:"FETTLE_DB_OWNER" help:"postgres://… of the owner of the tables, for migrate; the same as --db if empty."`
	Home  string `name:"home" env:"FETTLE_HOME" default:"var" help:"With PostgreSQL: the folder of root key, erasure ledger and files."`
	URL   string `name:"public-url" env:"FETTLE_PUBLIC_URL" help:"Where customers reach Fettle, such as https://service.example.com: letters link there. The address served on if empty."`

	RoadsURL   string `name:"roads-url" env:"FETTLE_ROADS_URL" help:"Road service that says what ways take, such as http://127.0.0.1:5000; a key in it is sent along and told to nobody. The built-in model if empty."`
	RoadsKind  string `name:"roads-kind" env:"FETTLE_ROADS_KIND" default:"osrm" enum:"osrm,valhalla" help:"What the road service speaks: osrm or valhalla."`
	RoadsBlock int    `name:"roads-block" env:"FETTLE_ROADS_BLOCK" default:"50" help:"Places on either side that the road service is asked for at once."`

	Serve   serveCmd      `cmd:"" help:"Serve the API and the web application, and do the work behind them."`
	Worker  workerCmd     `cmd:"" help:"Do the work behind the API, without serving: events, jobs, the proof log."`
	Demo    demoCmd       `cmd:"" help:"Serve a busy, made-up network; make it first if there is none."`
	Migrate migrateCmd    `cmd:"" help:"Bring the schema of the database up to date."`
	Backup  backupCmd     `cmd:"" help:"Write an archive of each store while the server runs."`
	Restore restoreCmd    `cmd:"" help:"Put back what a backup holds, and carry out again what it has forgotten to erase."`
	Import  importCmd     `cmd:"" help:"Take in what others send as files."`
	Real    realCmd       `cmd:"" help:"Run the main job on real records: from an order to a provable bill."`
	Solve   command.Solve `cmd:"" help:"Solve a routing problem in the JSON format of VROOM."`
	Bench   benchCmd      `cmd:"" help:"Measure how well Fettle does."`
	Verify  verifyCmd     `cmd:"" help:"Check a downloaded proof offline."`
	OpenAPI openapiCmd    `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document."`
	User    userCmd       `cmd:"" help:"Add users."`
	Token   tokenCmd      `cmd:"" help:"Make API tokens."`
	Version versionCmd    `cmd:"" help:"Print the version."`
	Doc     docCmd        `cmd:"" hidden:"" help:"Print pages that are generated from the code."`
}

// streams is where commands write.
type streams = console.Streams

// run is main without the process around it, for tests. Its result is the exit
// code: 0 done, 1 it could not be done, 2 the command line is wrong.
func run(args []string, stdout, stderr io.Writer) int {
	var c cli
	s, exit := streams{Out: stdout, Err: stderr}, -1
	p, err := kong.New(&c, kong.Name("fettle"), kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }),
		kong.Description("Runs an after-sales service network: from a customer's message to a settled, provable bill."),
		kong.UsageOnError(), kong.Bind(&c, s))
	if err != nil {
		fmt.Fprintln(stderr, "fettle:", err)
		return 1
	}
	k, err := p.Parse(args)
	if exit >= 0 { // --help has been printed
		return exit
	}
	if err != nil {
		fmt.Fprintln(stderr, "fettle:", err)
		return 2
	}
	return console.Carry(s, func(ctx context.Context) error {
		k.BindTo(ctx, (*context.Context)(nil))
		return k.Run()
	})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s streams) error {
	_, err := fmt.Fprintln(s.Out, version)
	return err
}
