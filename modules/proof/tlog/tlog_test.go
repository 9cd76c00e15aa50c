package tlog_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/proof/tlog"
)

// shelf keeps tiles as the database does: a wider tile replaces a narrower one.
type shelf map[string][]byte

func (s shelf) put(tiles []tlog.Full) {
	for _, f := range tiles {
		s[fmt.Sprint(f.Tile.L, "/", f.Tile.N)] = f.Data
	}
}

func (s shelf) read(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, t := range tiles {
		data := s[fmt.Sprint(t.L, "/", t.N)]
		if len(data) < t.W*32 {
			return nil, errors.New("no such tile")
		}
		out = append(out, data[:t.W*32])
	}
	return out, nil
}

// However the leaves come in, the log ends with the same head, and every proof
// holds for a verifier that somebody else wrote.
func TestProofsHoldElsewhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, tree := shelf{}, tlog.Empty()
		var leaves [][]byte
		var heads []tlog.Tree
		for n := range rapid.IntRange(1, 8).Draw(t, "batches") {
			var batch [][]byte
			for range rapid.IntRange(1, 300).Draw(t, "size") {
				batch = append(batch, fmt.Appendf(nil, "leaf %d of batch %d", len(batch), n))
			}
			next, tiles, err := tlog.Append(tree, s.read, batch)
			if err != nil {
				t.Fatal(err)
			}
			s.put(tiles)
			tree, leaves, heads = next, append(leaves, batch...), append(heads, next)
		}
		if once, _, err := tlog.Append(tlog.Empty(), shelf{}.read, leaves); err != nil || once != tree {
			t.Fatalf("one batch gives %v, %v, many give %v", once, err, tree)
		}
		i := rapid.IntRange(0, len(leaves)-1).Draw(t, "leaf")
		hashes, err := tlog.Prove(tree, s.read, int64(i))
		if err != nil {
			t.Fatal(err)
		}
		check := func(data []byte) error {
			return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), uint64(tree.Size), rfc6962.DefaultHasher.HashLeaf(data), plain(hashes), tree.Root[:])
		}
		if err := check(leaves[i]); err != nil {
			t.Fatalf("leaf %d of %d: %v", i, tree.Size, err)
		}
		if check([]byte("another leaf")) == nil {
			t.Fatal("a leaf that is not there was proved")
		}
		old := heads[rapid.IntRange(0, len(heads)-1).Draw(t, "old")]
		growth, err := tlog.ProveGrowth(tree, s.read, old.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old.Size), uint64(tree.Size), plain(growth), old.Root[:], tree.Root[:]); err != nil {
			t.Fatalf("growth from %d to %d: %v", old.Size, tree.Size, err)
		}
	})
}

// A store whose tiles were tampered with cannot be appended to or proved from.
func TestTamperingIsNoticed(t *testing.T) {
	t.Parallel()
	s := shelf{}
	tree, tiles, err := tlog.Append(tlog.Empty(), s.read, [][]byte{[]byte("a"), []byte("b"), []byte("c")})
	if err != nil {
		t.Fatal(err)
	}
	s.put(tiles)
	s["0/0"][5] ^= 1
	if _, _, err := tlog.Append(tree, s.read, [][]byte{[]byte("d")}); err == nil {
		t.Error("a tampered tile was appended to")
	}
	if _, err := tlog.Prove(tree, s.read, 0); err == nil {
		t.Error("a tampered tile proved something")
	}
	if _, err := tlog.Prove(tree, s.read, 3); err == nil {
		t.Error("a leaf beyond the end was proved")
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	skey, vkey, err := note.GenerateKey(rand.Reader, "fettle.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	want := tlog.Tree{Size: 7, Root: tlog.Hash{1, 2, 3}}
	text, err := tlog.Sign(want, signer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tlog.Check(text, verifier); err != nil || got != want {
		t.Errorf("Check = %v, %v, want %v", got, err, want)
	}
	for _, bad := range []string{"", strings.Replace(text, "\n7\n", "\n8\n", 1), strings.Replace(text, "fettle.example", "other.example", 1)} {
		if _, err := tlog.Check(bad, verifier); !errors.Is(err, tlog.ErrCheckpoint) {
			t.Errorf("Check(%q) = %v", bad, err)
		}
	}
}

func plain(hashes []tlog.Hash) (out [][]byte) {
	for _, h := range hashes {
		out = append(out, h[:])
	}
	return out
}
