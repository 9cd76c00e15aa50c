package jobs_test

import (
	"context"
	"testing"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/db/dbtest"
	"fettle.dev/fettle/platform/jobs"
)

// What a job does is done by the system, also when somebody who calls has the
// jobs done.
func TestJobsActForTheSystem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := jobs.New(d, options())
		var got []access.Actor
		jobs.Handle(r, "test.chore", func(ctx context.Context, _ jobs.Job, _ chore) error {
			got = append(got, access.ActorOf(ctx))
			return nil
		})
		enqueue(t, d, r, dbtest.Tenant, "test.chore", "", dbtest.Now, "wash up")
		must(t, r.Drain(access.With(t.Context(), access.Caller{Tenant: dbtest.Tenant, User: id.User{15: 1}})))
		if len(got) != 1 || got[0] != (access.Actor{Kind: access.BySystem}) {
			t.Errorf("the job was done by %v", got)
		}
	}, schemas...)
}
