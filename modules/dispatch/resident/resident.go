// Package resident keeps the plan of one territory in memory and answers what happens
// to it: at once with a plan that can be carried out, and soon with a better one.
//
// What it promises: what is pinned, under way or promised is never broken for the sake
// of anything else; what cannot be kept is named, with the reason; as few people as
// possible are disturbed; the same plan and the same disturbance give the same answer.
//
// It is pure: the present instant, budgets and random sources come in as arguments,
// and whoever runs it stores what Save says.
package resident

import "errors"

// Errors, wrapped with the key that they speak of. What is wrong with a job or a shift
// itself is a routing.ErrSpec.
var (
	ErrUnknown = errors.New("not in the plan") // no such job, technician or shift
	ErrKnown   = errors.New("already in the plan")
	ErrGone    = errors.New("no place in this window any more")
	ErrPast    = errors.New("before an instant that the plan has seen")
	ErrSetup   = errors.New("keys do not match the problem")
)
