package proof_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"fettle.dev/fettle/modules/proof"
	"fettle.dev/fettle/modules/proof/tlog"
)

// bundle makes a true bundle of one leaf among others, and the log's key.
func bundle(t *testing.T) (proof.Bundle, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "fettle.log/test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	salt, record := []byte("0123456789abcdef"), `{"outcome":"fixed"}`
	sum := sha256.Sum256(append(append([]byte(nil), salt...), record...))
	leaf := fmt.Sprintf(`{"v":1,"kind":"service_record","leaf":"leaf_x","at_us":1790000000000000,"c":"%s"}`, hex.EncodeToString(sum[:]))
	tiles := map[string][]byte{}
	read := func(want []tlog.Tile) (out [][]byte, err error) {
		for _, w := range want {
			out = append(out, tiles[fmt.Sprint(w.L, w.N)][:w.W*32])
		}
		return out, nil
	}
	tree, full, err := tlog.Append(tlog.Empty(), read, [][]byte{[]byte("a"), []byte(leaf), []byte("b")})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range full {
		tiles[fmt.Sprint(f.Tile.L, f.Tile.N)] = f.Data
	}
	hashes, err := tlog.Prove(tree, read, 1)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := tlog.Sign(tree, signer)
	if err != nil {
		t.Fatal(err)
	}
	b := proof.Bundle{Format: proof.Format, Origin: "fettle.log/test", Key: vkey, Leaf: leaf, Index: 1, Checkpoint: checkpoint, Record: record, Salt: salt}
	for _, h := range hashes {
		b.Hashes = append(b.Hashes, h[:])
	}
	return b, vkey
}

func TestCheck(t *testing.T) {
	t.Parallel()
	b, key := bundle(t)
	f, err := proof.Check(b, key)
	if err != nil || !f.Opened || !f.PinnedKey || f.Size != 3 || f.Kind != "service_record" {
		t.Fatalf("Check = %+v, %v", f, err)
	}
	if f, err := proof.Check(b, ""); err != nil || f.PinnedKey {
		t.Errorf("Check without a key = %+v, %v", f, err)
	}
	erased := b
	erased.Salt, erased.Record, erased.Erased = nil, "", true
	if f, err := proof.Check(erased, key); err != nil || f.Opened {
		t.Errorf("Check after an erasure = %+v, %v", f, err)
	}
	other, _ := bundle(t)
	for name, tt := range map[string]struct {
		change func(*proof.Bundle)
		want   error
	}{
		"another version":    {func(b *proof.Bundle) { b.Format = "fettle-proof/2" }, proof.ErrFormat},
		"another record":     {func(b *proof.Bundle) { b.Record = `{"outcome":"not_fixed"}` }, proof.ErrRecord},
		"another salt":       {func(b *proof.Bundle) { b.Salt = []byte("x") }, proof.ErrRecord},
		"another leaf":       {func(b *proof.Bundle) { b.Leaf = "{}" }, proof.ErrInclusion},
		"another place":      {func(b *proof.Bundle) { b.Index = 0 }, proof.ErrInclusion},
		"before the start":   {func(b *proof.Bundle) { b.Index = -1 }, proof.ErrInclusion},
		"a missing hash":     {func(b *proof.Bundle) { b.Hashes = b.Hashes[1:] }, proof.ErrInclusion},
		"another log's head": {func(b *proof.Bundle) { b.Checkpoint = other.Checkpoint }, proof.ErrKey},
		"no head":            {func(b *proof.Bundle) { b.Checkpoint = "" }, proof.ErrKey},
	} {
		bad := b
		tt.change(&bad)
		if _, err := proof.Check(bad, key); !errors.Is(err, tt.want) {
			t.Errorf("%s: Check = %v, want %v", name, err, tt.want)
		}
	}
}

// No change of a single byte of what matters goes unnoticed.
func TestNoByteCanChange(t *testing.T) {
	t.Parallel()
	b, key := bundle(t)
	rapid.Check(t, func(t *rapid.T) {
		bad := b
		flip := func(s string) string {
			c := []byte(s)
			c[rapid.IntRange(0, len(c)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			return string(c)
		}
		switch rapid.SampledFrom([]string{"leaf", "record", "salt", "hash"}).Draw(t, "what") {
		case "leaf":
			bad.Leaf = flip(b.Leaf)
		case "record":
			bad.Record = flip(b.Record)
		case "salt":
			bad.Salt = []byte(flip(string(b.Salt)))
		case "hash":
			bad.Hashes = append([][]byte(nil), b.Hashes...)
			bad.Hashes[0] = []byte(flip(string(b.Hashes[0])))
		}
		if _, err := proof.Check(bad, key); err == nil {
			t.Fatal("a changed bundle was believed")
		}
	})
}
