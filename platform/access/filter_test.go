package access_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
)

var things = dbtest.Schema("thing", `CREATE TABLE thing_row (
  holder     BLOB NOT NULL,
  id         BLOB NOT NULL,
  node       BLOB, brand BLOB, partner BLOB, person BLOB, technician BLOB,
  country    TEXT, state TEXT,
  PRIMARY KEY (holder, id)
);`)

var columns = access.Columns{
	"tenant": "r.holder", "node": "r.node", "brand": "r.brand", "partner": "r.partner",
	"person": "r.person", "technician": "r.technician", "country": "r.country", "state": "r.state",
}

// narrow is the columns of a module whose things have a node only.
var narrow = access.Columns{"tenant": "r.holder", "node": "r.node"}

// TestListsAgreeWithCan asks the database which rows each caller may see, by
// Filter and by Reach, and asks Can about every row. The long form, with
// FETTLE_SOAK set, looks at more than a million cells on each engine.
func TestListsAgreeWithCan(t *testing.T) {
	t.Parallel()
	const rows = 400
	rounds := 150
	if os.Getenv("FETTLE_SOAK") != "" {
		rounds = 2600
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Parallel()
		r := rand.New(rand.NewPCG(20261121, 1))
		list := fill(t, d, r, rows)
		g := guard(t, access.Options{})
		known := access.Actions()
		cells, seen := 0, 0
		for range rounds {
			ctx := access.With(t.Context(), someCaller(r))
			a := known[r.IntN(len(known))]
			cols, things := columns, list
			if r.IntN(4) == 0 {
				cols, things = narrow, narrowed(list)
			}
			n := agree(t, d, g, ctx, a, cols, things)
			cells, seen = cells+rows, seen+n
			if t.Failed() {
				return
			}
		}
		t.Logf("%d cells, %d of them visible", cells, seen)
		if seen*50 < cells || seen*2 > cells {
			t.Errorf("%d of %d cells are visible: too lopsided to tell anything", seen, cells)
		}
	}, things)
}

// agree compares the three answers for one caller and action, and returns how
// many rows are visible.
func agree(t *testing.T, d *db.DB, g *access.Guard, ctx context.Context, a access.Action, cols access.Columns, list []access.Resource) int {
	t.Helper()
	where, args, err := g.Filter(ctx, a.Name, a.Kind, cols)
	if err != nil {
		t.Fatal(err)
	}
	byFilter := find(t, d, where, args)
	parts, err := g.Reach(ctx, a.Name, a.Kind)
	if err != nil {
		t.Fatal(err)
	}
	byReach := map[id.Raw]bool{}
	for _, p := range parts {
		where, args, err := p.Where(cols)
		if err != nil {
			t.Fatal(err)
		}
		for raw := range find(t, d, where, args) {
			byReach[raw] = true
		}
	}
	seen := 0
	for _, res := range list {
		res.Kind = a.Kind
		want := g.Can(ctx, a.Name, res) == nil
		if want {
			seen++
		}
		if byFilter[res.ID] != want || byReach[res.ID] != want {
			c, _ := access.From(ctx)
			t.Fatalf("%s on %+v by %+v: Can says %t, Filter %t (%s), Reach %t", a.Name, res, c, want, byFilter[res.ID], where, byReach[res.ID])
		}
	}
	if seen > 0 && g.May(ctx, a.Name) != nil {
		t.Fatalf("%s: May refuses, Can allows %d", a.Name, seen)
	}
	return seen
}

func fill(t *testing.T, d *db.DB, r *rand.Rand, rows int) []access.Resource {
	t.Helper()
	list := make([]access.Resource, rows)
	for i := range list {
		list[i] = someResource(r, i)
	}
	err := d.InTx(t.Context(), mine, func(ctx context.Context, tx *db.Tx) error {
		for _, x := range list {
			_, err := tx.Exec(ctx, `INSERT INTO thing_row (holder, id, node, brand, partner, person, technician, country, state)
				VALUES (?,?,?,?,?,?,?,?,?)`, x.Tenant, x.ID, x.Node, x.Brand, x.Partner, x.Person, x.Technician, absent(x.Country), absent(x.State))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func absent(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// narrowed takes away what narrow has no columns for.
func narrowed(list []access.Resource) []access.Resource {
	out := make([]access.Resource, len(list))
	for i, x := range list {
		out[i] = access.Resource{ID: x.ID, Tenant: x.Tenant, Node: x.Node}
	}
	return out
}

func find(t *testing.T, d *db.DB, where string, args []any) map[id.Raw]bool {
	t.Helper()
	found := map[id.Raw]bool{}
	err := d.Read(t.Context(), mine, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Rows(ctx, `SELECT r.id FROM thing_row r WHERE `+where, args...)
		ids, err := db.Collect(rows, err, func(scan func(...any) error) (raw []byte, err error) {
			return raw, scan(&raw)
		})
		for _, b := range ids {
			found[id.Raw(b)] = true
		}
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return found
}

// Reach must stay what an index can serve: one IN on one column, and no OR.
func TestReachIsSimple(t *testing.T) {
	t.Parallel()
	g := guard(t, access.Options{})
	ctx := access.With(t.Context(), caller(
		grant(access.Agent, access.Region, few[id.NodeKind](0).Raw()),
		grant(access.Dispatcher, access.Node, few[id.NodeKind](6).Raw()),
		grant(access.Quality, access.OfBrand, few[id.BrandKind](1).Raw()),
		grant(access.Customer, access.Self, id.Raw{}),
	))
	parts, err := g.Reach(ctx, "case.read", "case")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, p := range parts {
		got[p.Attribute] = len(p.IDs)
		if where, _, err := p.Where(columns); err != nil || strings.Contains(where, " OR ") {
			t.Errorf("Where = %q, %v", where, err)
		}
	}
	if len(parts) != 3 || got["node"] != 5 || got["brand"] != 1 || got["person"] != 1 {
		t.Errorf("Reach = %v, want 5 nodes, a brand and a person", got)
	}
	everything := access.With(t.Context(), caller(grant(access.Agent, access.Tenant, id.Raw{}), grant(access.Customer, access.Self, id.Raw{})))
	if parts, err := g.Reach(everything, "case.read", "case"); err != nil || len(parts) != 1 || parts[0].Attribute != "" {
		t.Errorf("Reach over the tenant = %+v, %v, want one part", parts, err)
	}
}
