// Package app puts the modules together: it is the only place that knows them
// all, and it decides nothing itself.
package app

import (
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fettle.dev/fettle/kernel/clock"
	"fettle.dev/fettle/platform/db"
)

// Config says how to open a Fettle.
type Config struct {
	// Database is a path (SQLite) or a postgres:// address.
	Database string
	// Owner connects as the owner of the PostgreSQL tables, for Migrate.
	Owner string
	// Home is the folder of what is not in the database on PostgreSQL: root key,
	// erasure ledger, files. On SQLite they stand beside the database.
	Home string
	// Migrate brings the schema up to date first; otherwise an old schema is an
	// error.
	Migrate bool
	// NoSync is for a database that is being made and belongs to nobody yet.
	NoSync bool
	// Clock is the domain clock, the wall clock if nil.
	Clock clock.Clock
	// Log is slog.Default() if nil.
	Log *slog.Logger
	// Address is where customers reach this Fettle, for links in letters, such as
	// "https://service.example.com"; http://127.0.0.1:8080 if empty.
	Address string
	// Roads is the road service that plans ask; without an address, none.
	Roads Roads
	// Version is told in the API's document and the metrics.
	Version string
	// BehindProxy believes X-Forwarded-For and X-Forwarded-Proto.
	BehindProxy bool
	// Quick makes hashing of passwords cheap; for demos and tests.
	Quick bool

	staged *places // where a restore puts the parts together; nil otherwise
}

// Roads says which road service is asked what ways take.
type Roads struct {
	URL   string // http or https; may hold a key, and is told to nobody
	Kind  string // "osrm" or "valhalla"
	Block int    // places asked for on either side at once; 0 is the service's default
}

// places are where the parts of an installation are kept.
type places struct {
	main, keys             string
	root, ledger, files    string
	postgres               bool
	keyOptions, mainOption db.Options
}

// ErrAddress: the public address is no http or https address.
var ErrAddress = errors.New("the public address is not like https://service.example.com")

// address returns the public address without a slash at its end.
func (c Config) address() (string, error) {
	if c.Address == "" {
		return "http://127.0.0.1:8080", nil
	}
	u, err := url.Parse(c.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", ErrAddress
	}
	return strings.TrimRight(c.Address, "/"), nil
}

// keySchema is the PostgreSQL schema of the key store.
const keySchema = "fettle_keys"

func (c Config) places() (places, error) {
	if c.staged != nil {
		return *c.staged, nil
	}
	o := db.Options{Clock: c.Clock, NoSync: c.NoSync, OwnerURL: c.Owner}
	p := places{main: c.Database, mainOption: o, keyOptions: o}
	if c.Database == "" {
		return p, errors.New("no database is named")
	}
	p.postgres = strings.HasPrefix(c.Database, "postgres://") || strings.HasPrefix(c.Database, "postgresql://")
	if !p.postgres {
		p.keys, p.root, p.ledger, p.files = c.Database+".keys", c.Database+".root.key", c.Database+".erasures", c.Database+".files"
		p.keyOptions.SecureDelete = true
		return p, os.MkdirAll(filepath.Dir(c.Database), 0o700)
	}
	home := c.Home
	if home == "" {
		home = "var"
	}
	p.keys, p.keyOptions.Schema = c.Database, keySchema
	p.root, p.ledger, p.files = filepath.Join(home, "root.key"), filepath.Join(home, "erasures"), filepath.Join(home, "files")
	return p, os.MkdirAll(home, 0o700)
}
