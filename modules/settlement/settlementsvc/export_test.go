package settlementsvc

import (
	"context"

	"fettle.dev/fettle/platform/httpapi"
)

// Newest lists the newest statements.
func (m *Module) Newest(ctx context.Context) (httpapi.Page[statement], error) {
	return m.Statements(ctx, listed{PageIn: httpapi.PageIn{Limit: 10}})
}
