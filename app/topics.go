package app

import (
	"context"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/hints"
	"fettle.dev/fettle/platform/outbox"
)

// The topics that a screen may listen to, beside those that modules declare:
// one case, and the queue.
const (
	topicCase  = "case"
	topicQueue = "queue"
)

// topics says who may hear of what.
func (a *App) topics() {
	a.Hints.Topic(topicCase, func(ctx context.Context, name string) error {
		c, err := id.Parse[id.CaseKind](name)
		if err != nil {
			return access.ErrHidden
		}
		caller, _ := access.From(ctx)
		b, err := a.Desk.Brief(ctx, caller.Tenant, c)
		if err != nil {
			return access.ErrHidden
		}
		return a.Guard.Can(ctx, "case.read", access.Resource{
			Kind: "case", ID: c.Raw(), Node: b.Node, Brand: b.Brand, Partner: b.Partner, Person: b.Requester, Technician: b.Technician,
			Country: string(b.Country), State: string(b.State),
		})
	})
	a.Hints.Topic(topicQueue, func(ctx context.Context, _ string) error { return a.Guard.May(ctx, "case.read") })
}

// announce tells open screens that something has happened to a case. Every event
// of a case has it as its subject; that of another thing finds nobody listening.
func (a *App) announce(ctx context.Context, tx *db.Tx, events []outbox.Event) error {
	if a.Hints == nil {
		return nil
	}
	var told []hints.Hint
	queue := false
	for _, e := range events {
		h := hints.Hint{Topic: topicCase + ":" + id.Case(e.Subject()).String(), ID: id.Case(e.Subject()).String()}
		if !slices.Contains(told, h) {
			told = append(told, h)
		}
		queue = queue || strings.HasPrefix(e.EventName(), "desk.") || strings.HasPrefix(e.EventName(), "sla.")
	}
	if queue {
		told = append(told, hints.Hint{Topic: topicQueue})
	}
	return a.Hints.Publish(ctx, tx, told...)
}
