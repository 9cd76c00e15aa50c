package network

import (
	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
)

// NodeOpened is published when a node begins to take work.
type NodeOpened struct {
	Node    id.Node        `json:"node"`
	Parent  id.Node        `json:"parent"`
	Kind    Kind           `json:"kind"`
	Country locale.Country `json:"country"`
}

// EventName names the event on the wire.
func (NodeOpened) EventName() string { return "network.node_opened.v1" }

// Subject is the node.
func (e NodeOpened) Subject() id.Raw { return e.Node.Raw() }

// NodeChanged is published when another company runs a node from now on, or it stands in
// another country: what was agreed with it must be looked at again.
type NodeChanged struct {
	Node    id.Node        `json:"node"`
	Partner id.Partner     `json:"partner,omitzero"` // none when own
	Country locale.Country `json:"country"`
	Version int64          `json:"version"` // of the node, as changed
}

// EventName names the event on the wire.
func (NodeChanged) EventName() string { return "network.node_changed.v1" }

// Subject is the node.
func (e NodeChanged) Subject() id.Raw { return e.Node.Raw() }

// NodeStateChanged is published when a node is paused, resumed or closed: who
// gave it work must look again.
type NodeStateChanged struct {
	Node id.Node `json:"node"`
	From State   `json:"from"`
	To   State   `json:"to"`
}

// EventName names the event on the wire.
func (NodeStateChanged) EventName() string { return "network.node_state_changed.v1" }

// Subject is the node.
func (e NodeStateChanged) Subject() id.Raw { return e.Node.Raw() }
