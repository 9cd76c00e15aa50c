package outbox_test

import (
	"fettle.dev/fettle/kernel/id"
)

// said is an event of these tests.
type said struct {
	Case id.Case `json:"case"`
	N    int     `json:"n"`
	Text string  `json:"text,omitempty"`
}

func (said) EventName() string { return "talk.said.v1" }

func (s said) Subject() id.Raw { return s.Case.Raw() }
