// Package tlog is the mathematics of the proof log: an append-only Merkle tree
// (RFC 6962) kept as C2SP tiles, whose head is a signed C2SP checkpoint.
//
// It is pure: tiles come in through a Reader and go out as values.
package tlog

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Height is the height of a tile: 256 hashes each, as C2SP tlog-tiles says.
const Height = 8

// Hash is the hash of a node.
type Hash = tlog.Hash

// Tile names a part of the tree.
type Tile = tlog.Tile

// Tree is a head of the log.
type Tree struct {
	Size int64
	Root Hash
}

// Empty is the head of a log without leaves.
func Empty() Tree {
	root, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic(err) // the hash of nothing needs no reader
	}
	return Tree{Root: root}
}

// Reader returns stored tiles. It is asked for tiles that the head implies; the
// hashes in them are checked against the head's root, so a reader that lies is
// found out.
type Reader func(tiles []Tile) ([][]byte, error)

// Height implements tlog.TileReader.
func (Reader) Height() int { return Height }

// ReadTiles implements tlog.TileReader.
func (r Reader) ReadTiles(tiles []Tile) ([][]byte, error) { return r(tiles) }

// SaveTiles implements tlog.TileReader; nothing is kept besides the database.
func (Reader) SaveTiles([]Tile, [][]byte) {}

// Full is a tile with its hashes.
type Full struct {
	Tile Tile
	Data []byte
}

// overlay reads new hashes from memory and old ones from tiles.
type overlay struct {
	fresh map[int64]Hash
	old   tlog.HashReader
}

// ReadHashes implements tlog.HashReader.
func (o overlay) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	var ask, where []int64
	for i, n := range indexes {
		if h, ok := o.fresh[n]; ok {
			out[i] = h
			continue
		}
		ask, where = append(ask, n), append(where, int64(i))
	}
	if len(ask) == 0 {
		return out, nil
	}
	got, err := o.old.ReadHashes(ask)
	if err != nil {
		return nil, err
	}
	for i, h := range got {
		out[where[i]] = h
	}
	return out, nil
}

// Append adds the leaves to the tree and returns the new head and the tiles
// that have changed, to be stored over their narrower predecessors.
func Append(t Tree, read Reader, leaves [][]byte) (Tree, []Full, error) {
	o := overlay{fresh: map[int64]Hash{}, old: tlog.TileHashReader(tlog.Tree{N: t.Size, Hash: t.Root}, read)}
	size := t.Size
	for _, leaf := range leaves {
		hashes, err := tlog.StoredHashes(size, leaf, o)
		if err != nil {
			return Tree{}, nil, fmt.Errorf("hash leaf %d: %w", size, err)
		}
		first := tlog.StoredHashIndex(0, size)
		for i, h := range hashes {
			o.fresh[first+int64(i)] = h
		}
		size++
	}
	root, err := tlog.TreeHash(size, o)
	if err != nil {
		return Tree{}, nil, fmt.Errorf("hash the tree of %d: %w", size, err)
	}
	var tiles []Full
	for _, tile := range tlog.NewTiles(Height, t.Size, size) {
		data, err := tlog.ReadTileData(tile, o)
		if err != nil {
			return Tree{}, nil, fmt.Errorf("read tile %s: %w", tile.Path(), err)
		}
		tiles = append(tiles, Full{tile, data})
	}
	return Tree{size, root}, tiles, nil
}

// Prove returns the hashes that show that the leaf at index is under the head.
func Prove(t Tree, read Reader, index int64) ([]Hash, error) {
	if index < 0 || index >= t.Size {
		return nil, fmt.Errorf("leaf %d is not in a tree of %d", index, t.Size)
	}
	p, err := tlog.ProveRecord(t.Size, index, tlog.TileHashReader(tlog.Tree{N: t.Size, Hash: t.Root}, read))
	return p, err
}

// ProveGrowth returns the hashes that show that the head t has grown out of the
// tree of the first old leaves.
func ProveGrowth(t Tree, read Reader, old int64) ([]Hash, error) {
	if old < 0 || old > t.Size {
		return nil, fmt.Errorf("a tree of %d has not grown out of one of %d", t.Size, old)
	}
	p, err := tlog.ProveTree(t.Size, old, tlog.TileHashReader(tlog.Tree{N: t.Size, Hash: t.Root}, read))
	return p, err
}
