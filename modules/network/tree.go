package network

import (
	"bytes"
	"slices"

	"fettle.dev/fettle/kernel/id"
)

// Tree is the nodes of one operator by parent. It does not change once made,
// so it is safe for concurrent use.
type Tree struct {
	nodes    map[id.Node]Node
	children map[id.Node][]id.Node // sorted; under the zero id: the roots
}

// NewTree returns the tree of the nodes. A node whose parent is not among them
// stands as a root, so that a part of a network is a tree as well.
func NewTree(nodes []Node) *Tree {
	t := &Tree{nodes: make(map[id.Node]Node, len(nodes)), children: map[id.Node][]id.Node{}}
	for _, n := range nodes {
		t.nodes[n.ID] = n
	}
	for _, n := range t.nodes {
		at := n.Parent
		if _, known := t.nodes[at]; !known {
			at = id.Node{}
		}
		t.children[at] = append(t.children[at], n.ID)
	}
	for _, c := range t.children {
		slices.SortFunc(c, compare)
	}
	return t
}

// With returns the tree in which n stands, new or in place of the node of its id.
func (t *Tree) With(n Node) *Tree {
	nodes := make([]Node, 0, len(t.nodes)+1)
	for _, old := range t.nodes {
		if old.ID != n.ID {
			nodes = append(nodes, old)
		}
	}
	return NewTree(append(nodes, n))
}

func compare(a, b id.Node) int { return bytes.Compare(a[:], b[:]) }

// Node returns the node with the id.
func (t *Tree) Node(node id.Node) (Node, bool) {
	n, ok := t.nodes[node]
	return n, ok
}

// Len is the number of nodes.
func (t *Tree) Len() int { return len(t.nodes) }

// Roots returns the nodes without a parent, in the order of their ids.
func (t *Tree) Roots() []id.Node { return slices.Clone(t.children[id.Node{}]) }

// Children returns the nodes right below, in the order of their ids.
func (t *Tree) Children(node id.Node) []id.Node {
	if node.IsZero() {
		return nil
	}
	return slices.Clone(t.children[node])
}

// Below returns the node itself and all nodes under it, parents before their
// children; nothing for an unknown node.
func (t *Tree) Below(node id.Node) []id.Node {
	if _, known := t.nodes[node]; !known {
		return nil
	}
	out := []id.Node{node}
	for i := 0; i < len(out) && len(out) <= len(t.nodes); i++ {
		out = append(out, t.children[out[i]]...)
	}
	return out
}

// Ancestors returns the node itself and all nodes above it, the root last;
// nothing for an unknown node.
func (t *Tree) Ancestors(node id.Node) []id.Node {
	var out []id.Node
	for n, known := t.nodes[node]; known && len(out) < len(t.nodes); n, known = t.nodes[n.Parent] {
		out = append(out, n.ID)
	}
	return out
}

// Under reports whether node is above or stands under it.
func (t *Tree) Under(node, above id.Node) bool {
	return slices.Contains(t.Ancestors(node), above)
}
