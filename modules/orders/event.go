package orders

import (
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/desk"
)

// OrderReceived is published when a brand's service order has come in.
type OrderReceived struct {
	Order     id.Order      `json:"order"`
	Brand     id.Brand      `json:"brand"`
	Requester id.Person     `json:"requester"`
	WorkType  desk.WorkType `json:"work_type"`
	At        time.Time     `json:"at"`
}

// EventName names the event on the wire.
func (OrderReceived) EventName() string { return "orders.order_received.v1" }

// Subject is the order.
func (e OrderReceived) Subject() id.Raw { return e.Order.Raw() }

// OrderMoved is published when a service order has passed from one state to
// another; the brand is told in its own codes.
type OrderMoved struct {
	Order  id.Order  `json:"order"`
	Brand  id.Brand  `json:"brand"`
	Case   id.Case   `json:"case,omitzero"`
	From   State     `json:"from"`
	To     State     `json:"to"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// EventName names the event on the wire.
func (OrderMoved) EventName() string { return "orders.order_moved.v1" }

// Subject is the order.
func (e OrderMoved) Subject() id.Raw { return e.Order.Raw() }
