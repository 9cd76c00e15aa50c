package settlementsvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/httpapi"
)

// Newest lists the newest statements.
func (m *Module) Newest(ctx context.Context) (httpapi.Page[statement], error) {
	return m.Statements(ctx, listed{PageIn: httpapi.PageIn{Limit: 10}})
}

// TakeBackFor takes a payment back and says how its statement stands then.
func (m *Module) TakeBackFor(ctx context.Context, s id.Statement, seq int64, reason string) (settlement.State, error) {
	st, err := m.TakeBack(ctx, s, seq, takingBack{reason})
	return st.State, err
}
