package parts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/parts"
	"fettle.dev/fettle/modules/remedy"
)

const day = 24 * time.Hour

var sources = []parts.Source{
	{of(region, fan), parts.Level{OnHand: 5}, 2, day},
	{of(local, fan), parts.Level{OnHand: 2, Reserved: 1}, 1, 0},
	{of(van, fan), parts.Level{OnHand: 1}, 0, 0},
}

func TestPicks(t *testing.T) {
	t.Parallel()
	consigned := of(local, board)
	consigned.Owner = parts.ByBrand
	broken := of(van, board)
	broken.Condition = parts.Defective
	all := append([]parts.Source{
		{of(local, board), parts.Level{OnHand: 1}, 1, 0},
		{consigned, parts.Level{OnHand: 1}, 1, 0},
		{broken, parts.Level{OnHand: 1}, 0, 0},
	}, sources...)
	for _, tt := range []struct {
		name    string
		needs   []remedy.Need
		within  time.Duration
		picks   []parts.Pick
		missing []remedy.Need
	}{
		{"nothing", nil, 0, nil, nil},
		{"the van first", []remedy.Need{{Part: fan, Quantity: 1}}, 2 * day, []parts.Pick{{of(van, fan), 1, 0}}, nil},
		{
			"then the node, then above",
			[]remedy.Need{{Part: fan, Quantity: 1}, {Part: fan, Quantity: 2}},
			day,
			[]parts.Pick{{of(van, fan), 1, 0}, {of(local, fan), 1, 0}, {of(region, fan), 1, day}},
			nil,
		},
		{"not what comes too late", []remedy.Need{{Part: fan, Quantity: 3}}, day - 1, nil, []remedy.Need{{Part: fan, Quantity: 1}}},
		{"one missing, none picked", []remedy.Need{{Part: fan, Quantity: 1}, {Part: board, Quantity: 3}}, day, nil, []remedy.Need{{Part: board, Quantity: 1}}},
		{"the brand's own first, never what is broken", []remedy.Need{{Part: board, Quantity: 1}}, 0, []parts.Pick{{consigned, 1, 0}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			picks, missing := parts.Picks(tt.needs, all, tt.within)
			if d := cmp.Diff(tt.picks, picks); d != "" {
				t.Errorf("picks (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.missing, missing); d != "" {
				t.Errorf("missing (-want +got):\n%s", d)
			}
		})
	}
}

func drawSources(t *rapid.T) (out []parts.Source, book parts.Book) {
	book = parts.Book{}
	for _, p := range rapid.SliceOfNDistinct(position(), 0, 8, func(p parts.Position) parts.Position { return p }).Draw(t, "positions") {
		l := parts.Level{OnHand: rapid.Int64Range(-2, 9).Draw(t, "on hand"), Reserved: rapid.Int64Range(0, 9).Draw(t, "reserved")}
		book[p] = l
		out = append(out, parts.Source{Position: p, Level: l, Rank: rapid.Int64Range(0, 3).Draw(t, "rank")})
	}
	return out, book
}

func needs() *rapid.Generator[[]remedy.Need] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) remedy.Need {
		return remedy.Need{Part: position().Draw(t, "of").Part, Quantity: rapid.Int64Range(0, 6).Draw(t, "quantity")}
	}), 0, 4)
}

// What is picked covers the needs and can be reserved; what is missing really
// is; then the parts are used in whatever way, and nothing stays held.
func TestReserveThenClear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, book := drawSources(t)
		want := needs().Draw(t, "needs")
		picks, missing := parts.Picks(want, from, 0)
		if len(missing) > 0 {
			if picks != nil {
				t.Fatal("picked though something is missing")
			}
			for _, n := range missing {
				enough(t, n, want, from)
			}
			return
		}
		got := []remedy.Need(nil)
		for i, p := range picks {
			got = append(got, remedy.Need{Part: p.Position.Part, Quantity: p.Quantity})
			if err := book.Apply(parts.At(parts.Reserve, p.Position, p.Quantity)); err != nil {
				t.Fatalf("pick %d: %v", i, err)
			}
		}
		if d := cmp.Diff(parts.Sum(want), parts.Sum(got)); d != "" {
			t.Fatalf("picked something else (-want +got):\n%s", d)
		}
		for i := range from {
			from[i].Level = book[from[i].Position]
		}
		useUp(t, book, picks, from)
	})
}

// enough fails if the missing need could have been met.
func enough(t *rapid.T, missing remedy.Need, want []remedy.Need, from []parts.Source) {
	var need, have int64
	for _, n := range parts.Sum(want) {
		if n.Part == missing.Part {
			need = n.Quantity
		}
	}
	for _, s := range from {
		if s.Position.Part == missing.Part && s.Position.Condition == parts.Good {
			have += max(0, s.Level.Available())
		}
	}
	if have >= need || missing.Quantity != need-have {
		t.Fatalf("missing %+v of %d though there are %d", missing, need, have)
	}
}

func useUp(t *rapid.T, book parts.Book, held []parts.Pick, from []parts.Source) {
	used := needs().Draw(t, "used")
	before := map[parts.Position]int64{}
	for p, l := range book {
		before[p] = l.Reserved
	}
	moves, short := parts.Clear(used, held, from, func(n remedy.Need) parts.Position { return of(van, n.Part) })
	if err := book.Apply(moves...); err != nil {
		t.Fatalf("a fact was refused: %v", err)
	}
	var out []remedy.Need
	for _, m := range moves {
		if m.To.Account == parts.Customer {
			out = append(out, remedy.Need{Part: m.From.Position.Part, Quantity: m.Quantity})
		}
	}
	if d := cmp.Diff(parts.Sum(used), parts.Sum(out)); d != "" {
		t.Fatalf("used something else (-want +got):\n%s", d)
	}
	for _, h := range held {
		before[h.Position] -= h.Quantity
	}
	for p, n := range before {
		if book[p].Reserved != n {
			t.Fatalf("%+v still holds %d, want %d", p, book[p].Reserved, n)
		}
	}
	for _, n := range short {
		for _, s := range from {
			if p := s.Position; p.Part == n.Part && p.Condition == parts.Good && book[p].Available() > 0 {
				t.Fatalf("short of %+v though %+v is free", n, book[p])
			}
		}
	}
}

func TestEarliest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	soon := parts.Supply{Part: fan, Quantity: 4, At: now.Add(3 * day), Lead: day}
	for _, tt := range []struct {
		name     string
		quantity int64
		expected []parts.Supply
		want     time.Time
		known    bool
	}{
		{"at once", 2, nil, now, true},
		{"from above", 3, nil, now.Add(day), true},
		{"nobody knows", 8, nil, time.Time{}, false},
		{"with what is expected", 8, []parts.Supply{soon}, now.Add(4 * day), true},
		{"not even then", 20, []parts.Supply{soon}, time.Time{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, known := parts.Earliest([]remedy.Need{{Part: fan, Quantity: tt.quantity}}, sources, tt.expected, now)
			if !got.Equal(tt.want) || known != tt.known {
				t.Errorf("Earliest = %v, %v, want %v, %v", got, known, tt.want, tt.known)
			}
		})
	}
}
