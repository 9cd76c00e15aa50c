package app

import (
	"context"
	"time"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/command"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/jobs"
	"fettle.dev/fettle/platform/outbox"
)

// letter is something that could not be done: an event that its subscriber did
// not digest, or a job. It holds codes and never what went wrong in words.
type letter struct {
	Subscriber string    `json:"subscriber,omitempty"`
	Subject    id.Case   `json:"subject,omitzero" doc:"the id of the case, or of whatever else the events are about, in the form of a case's"`
	Job        id.Job    `json:"job,omitzero"`
	Name       string    `json:"name" doc:"of the event, or the kind of job"`
	Seq        int64     `json:"seq,omitempty"`
	Attempts   int64     `json:"attempts"`
	Code       string    `json:"code"`
	ParkedAt   time.Time `json:"parked_at"`
	Waiting    int64     `json:"waiting,omitempty" doc:"events that wait behind it, itself included"`
}

type letters struct {
	Events []letter `json:"events"`
	Jobs   []letter `json:"jobs"`
}

// most is how many dead letters are shown: more are dealt with a page at a time.
const most = 200

type lane struct {
	Subscriber string  `json:"subscriber" maxLength:"80"`
	Subject    id.Case `json:"subject"`
	Seq        int64   `json:"seq,omitempty" doc:"of the event to pass over, as listed"`
}

// letterRoutes let an administrator see what could not be done, and have it
// tried again.
func (a *App) letterRoutes() {
	httpapi.Get(a.API, httpapi.Op{ID: "deadletter_list", Path: "/v1/dead-letters", Action: "deadletter.read", Kind: "deadletter", Summary: "What could not be done"},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[letters], error) {
			return httpapi.Reply(a.letters(ctx))
		})
	httpapi.Post(a.API, httpapi.Op{ID: "deadletter_replay", Path: "/v1/dead-letters/replay", Action: "deadletter.write", Kind: "deadletter", Summary: "Have an event tried again"},
		func(ctx context.Context, in *httpapi.Body[lane]) (*httpapi.Body[lane], error) {
			return httpapi.Reply(a.onLane(ctx, in.Body, func(ctx context.Context, tx *db.Tx, _ access.Caller) error {
				return a.Bus.Replay(ctx, tx, in.Body.Subscriber, in.Body.Subject.Raw())
			}))
		})
	httpapi.Post(a.API, httpapi.Op{ID: "deadletter_skip", Path: "/v1/dead-letters/skip", Action: "deadletter.write", Kind: "deadletter", Summary: "Pass over an event that stops its lane"},
		func(ctx context.Context, in *httpapi.Body[lane]) (*httpapi.Body[lane], error) {
			return httpapi.Reply(a.onLane(ctx, in.Body, func(ctx context.Context, tx *db.Tx, c access.Caller) error {
				return a.Bus.Skip(ctx, tx, in.Body.Subscriber, in.Body.Subject.Raw(), in.Body.Seq, c.User)
			}))
		})
	httpapi.Post(a.API, httpapi.Op{ID: "job_replay", Path: "/v1/jobs/{id}/replay", Action: "job.write", Kind: "job", Summary: "Have a job tried again"},
		func(ctx context.Context, in *struct {
			ID id.Job `path:"id"`
		},
		) (*httpapi.Body[letter], error) {
			return httpapi.Reply(command.Run(ctx, a.DB, func(ctx context.Context, tx *db.Tx) (letter, error) {
				if err := a.Guard.Can(ctx, "job.write", access.Resource{Kind: "job"}); err != nil {
					return letter{}, err
				}
				return letter{Job: in.ID}, a.Jobs.Replay(ctx, tx, in.ID)
			}))
		})
}

func (a *App) letters(ctx context.Context) (letters, error) {
	if err := a.Guard.Can(ctx, "deadletter.read", access.Resource{Kind: "deadletter"}); err != nil {
		return letters{}, err
	}
	caller, _ := access.From(ctx)
	return db.Get(ctx, a.DB, caller.Tenant, func(ctx context.Context, tx *db.Tx) (out letters, err error) {
		events, err := a.Bus.DeadLetters(ctx, tx, outbox.DeadLetter{}, most)
		if err != nil {
			return out, err
		}
		for _, d := range events {
			out.Events = append(out.Events, letter{
				Subscriber: d.Subscriber, Subject: id.Case(d.Subject), Name: d.Name, Seq: d.Seq, Attempts: d.Attempts, Code: d.Code,
				ParkedAt: d.ParkedAt, Waiting: d.Waiting,
			})
		}
		parked, err := a.Jobs.DeadLetters(ctx, tx, id.Job{}, most)
		for _, d := range parked {
			out.Jobs = append(out.Jobs, asLetter(d))
		}
		return out, err
	})
}

func asLetter(d jobs.DeadLetter) letter {
	return letter{Job: d.ID, Name: d.Kind, Attempts: d.Attempts, Code: d.Code, ParkedAt: d.ParkedAt}
}

func (a *App) onLane(ctx context.Context, l lane, fn func(context.Context, *db.Tx, access.Caller) error) (lane, error) {
	caller, _ := access.From(ctx)
	return command.Run(ctx, a.DB, func(ctx context.Context, tx *db.Tx) (lane, error) {
		if err := a.Guard.Can(ctx, "deadletter.write", access.Resource{Kind: "deadletter"}); err != nil {
			return lane{}, err
		}
		return l, fn(ctx, tx, caller)
	})
}
