package vault

import (
	"context"

	"fettle.dev/fettle/kernel/id"
)

// Exporter is a module that keeps something about persons.
type Exporter interface {
	// ExportPerson returns what the module keeps about the person, opened and
	// ready for JSON, under the module's name; nil data means nothing. It is
	// called outside of any step.
	ExportPerson(ctx context.Context, tenant id.Tenant, person id.Person) (name string, data any, err error)
}
