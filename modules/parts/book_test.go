package parts_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/parts"
)

var (
	local  = parts.Place{Node: id.Node{1}}
	van    = parts.Place{Node: id.Node{1}, Technician: id.Technician{1}}
	region = parts.Place{Node: id.Node{2}}
	fan    = id.Part{1}
	board  = id.Part{2}
)

func of(p parts.Place, part id.Part) parts.Position {
	return parts.Position{Place: p, Part: part, Condition: parts.Good, Owner: parts.ByOperator}
}

func position() *rapid.Generator[parts.Position] {
	return rapid.Custom(func(t *rapid.T) parts.Position {
		return parts.Position{
			Place: rapid.SampledFrom([]parts.Place{local, van, region}).Draw(t, "place"), Part: rapid.SampledFrom([]id.Part{fan, board}).Draw(t, "part"),
			Condition: rapid.SampledFrom([]parts.Condition{parts.Good, parts.Defective}).Draw(t, "condition"),
			Owner:     rapid.SampledFrom([]parts.Owner{parts.ByOperator, parts.ByBrand}).Draw(t, "owner"),
		}
	})
}

// movement draws any movement, also such as are refused.
func movement() *rapid.Generator[parts.Movement] {
	return rapid.Custom(func(t *rapid.T) parts.Movement {
		k, p, q := rapid.SampledFrom(parts.Kinds).Draw(t, "kind"), position().Draw(t, "position"), rapid.Int64Range(-1, 20).Draw(t, "quantity")
		switch k {
		case parts.Transfer:
			return parts.Send(p, rapid.SampledFrom([]parts.Place{local, van, region}).Draw(t, "to"), q)
		case parts.Consume:
			return parts.Use(rapid.SampledFrom([]parts.Account{parts.Free, parts.Held, parts.Scrap}).Draw(t, "from"), p, q)
		case parts.Count:
			m, _ := parts.Counted(p, parts.Level{OnHand: rapid.Int64Range(0, 20).Draw(t, "books")}, q)
			return m
		case parts.Receipt, parts.Reserve, parts.Release, parts.Shortfall, parts.Return, parts.WriteOff:
			return parts.At(k, p, q)
		default:
			t.Fatalf("%q is not drawn", k)
			return parts.Movement{}
		}
	})
}

// Whatever moves: every piece that is somewhere was taken from somewhere, the
// books are what the postings add up to, nothing is promised twice or from what
// is not there unless a fact says so, and what is refused changes nothing.
func TestStockBalances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		book, postings, facts := parts.Book{}, []parts.Posting(nil), false
		for _, m := range rapid.SliceOfN(movement(), 1, 60).Draw(t, "movements") {
			before := maps.Clone(book)
			if err := book.Apply(m); err != nil {
				if !cmp.Equal(before, book) {
					t.Fatalf("refused, but changed: %+v", m)
				}
				continue
			}
			lines := m.Lines()
			postings = append(postings, lines[:]...)
			facts = facts || m.Kind == parts.Shortfall || m.Kind == parts.Count
		}
		sum := map[id.Part]int64{}
		for _, p := range postings {
			sum[p.Position.Part] += p.Quantity
		}
		for part, n := range sum {
			if n != 0 {
				t.Fatalf("%d pieces of %v came from nowhere", n, part)
			}
		}
		for p, l := range parts.Replay(postings) {
			if book[p] != l {
				t.Fatalf("%+v: the books say %+v, the movements %+v", p, book[p], l)
			}
		}
		for p, l := range book {
			if l.Reserved < 0 || l.Available() < 0 && !facts {
				t.Fatalf("%+v has %+v", p, l)
			}
		}
	})
}

// Transfers only: as many pieces as before, of each sort.
func TestTransfersLoseNothing(t *testing.T) {
	t.Parallel()
	sort := func(p parts.Position) parts.Position { p.Place = parts.Place{}; return p }
	rapid.Check(t, func(t *rapid.T) {
		book, total := parts.Book{}, map[parts.Position]int64{}
		for _, p := range rapid.SliceOfN(position(), 1, 10).Draw(t, "positions") {
			if err := book.Apply(parts.At(parts.Receipt, p, 10)); err != nil {
				t.Fatal(err)
			}
			total[sort(p)] += 10
		}
		for range rapid.IntRange(1, 40).Draw(t, "transfers") {
			to := rapid.SampledFrom([]parts.Place{local, van, region}).Draw(t, "to")
			_ = book.Apply(parts.Send(position().Draw(t, "from"), to, rapid.Int64Range(1, 12).Draw(t, "quantity")))
		}
		after := map[parts.Position]int64{}
		for p, l := range book {
			after[sort(p)] += l.OnHand
		}
		for p, n := range total {
			if after[p] != n {
				t.Fatalf("%d pieces of %+v, %d before", after[p], p, n)
			}
		}
	})
}

func TestApply(t *testing.T) {
	t.Parallel()
	p := of(local, fan)
	for _, tt := range []struct {
		name string
		have parts.Level
		give parts.Movement
		want parts.Level
		err  error
	}{
		{"reserve what is free", parts.Level{OnHand: 3, Reserved: 1}, parts.At(parts.Reserve, p, 2), parts.Level{OnHand: 3, Reserved: 3}, nil},
		{"reserve more than is free", parts.Level{OnHand: 3, Reserved: 2}, parts.At(parts.Reserve, p, 2), parts.Level{OnHand: 3, Reserved: 2}, parts.ErrShort},
		{"release", parts.Level{OnHand: 3, Reserved: 2}, parts.At(parts.Release, p, 2), parts.Level{OnHand: 3}, nil},
		{"release what is not held", parts.Level{OnHand: 3, Reserved: 1}, parts.At(parts.Release, p, 2), parts.Level{OnHand: 3, Reserved: 1}, parts.ErrShort},
		{"use what is held", parts.Level{OnHand: 3, Reserved: 2}, parts.Use(parts.Held, p, 2), parts.Level{OnHand: 1}, nil},
		{"use what is another's", parts.Level{OnHand: 3, Reserved: 3}, parts.Use(parts.Free, p, 1), parts.Level{OnHand: 3, Reserved: 3}, parts.ErrShort},
		{"a shortfall is a fact", parts.Level{OnHand: 1, Reserved: 1}, parts.At(parts.Shortfall, p, 2), parts.Level{OnHand: -1, Reserved: 1}, nil},
		{"write off what is not there", parts.Level{}, parts.At(parts.WriteOff, p, 1), parts.Level{}, parts.ErrShort},
		{"nothing", parts.Level{OnHand: 3}, parts.At(parts.Reserve, p, 0), parts.Level{OnHand: 3}, parts.ErrMovement},
		{"to where it is", parts.Level{OnHand: 3}, parts.Send(p, local, 1), parts.Level{OnHand: 3}, parts.ErrMovement},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			book := parts.Book{p: tt.have}
			if err := book.Apply(tt.give); !errors.Is(err, tt.err) {
				t.Errorf("Apply = %v, want %v", err, tt.err)
			}
			if book[p] != tt.want {
				t.Errorf("then %+v, want %+v", book[p], tt.want)
			}
		})
	}
}

func TestCountedSaysWhatWasFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := of(local, fan)
		book := parts.Book{p: {OnHand: rapid.Int64Range(-5, 20).Draw(t, "books"), Reserved: rapid.Int64Range(0, 20).Draw(t, "reserved")}}
		held, found := book[p].Reserved, rapid.Int64Range(0, 30).Draw(t, "found")
		m, differs := parts.Counted(p, book[p], found)
		if differs {
			if err := book.Apply(m); err != nil {
				t.Fatal(err)
			}
		}
		if book[p] != (parts.Level{OnHand: found, Reserved: held}) {
			t.Fatalf("the books say %+v, found %d", book[p], found)
		}
	})
}
