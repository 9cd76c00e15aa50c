package slasvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/sla"
)

// SpecialDays implements sla.DayReader. The list must not be changed.
func (m *Module) SpecialDays(ctx context.Context, tenant id.Tenant, country locale.Country) ([]sla.SpecialDay, error) {
	r, err := m.rules(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.days[country], nil
}

var _ sla.DayReader = (*Module)(nil)
