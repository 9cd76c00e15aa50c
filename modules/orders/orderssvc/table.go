package orderssvc

import (
	"context"
	"strings"

	"fettle.dev/fettle/modules/orders"
)

// Import takes a table of orders in. Each line is an order of its own: what is
// wrong with one line does not hold up the others.
func (m *Module) Import(ctx context.Context, in tableIn) (orders.Report, error) {
	rows, err := orders.ReadTable(strings.NewReader(in.CSV), in.Mapping, in.Brand)
	if err != nil {
		return orders.Report{}, err
	}
	report := orders.Report{Rows: make([]orders.Verdict, 0, len(rows))}
	for _, r := range rows {
		v, err := m.importLine(ctx, r, in.DryRun)
		if err != nil {
			return report, err // the database is gone; what is in stays in
		}
		switch v.Result {
		case "created":
			report.Created++
		case "repeated":
			report.Repeated++
		case "refused":
			report.Refused++
		}
		report.Rows = append(report.Rows, v)
	}
	return report, nil
}

func (m *Module) importLine(ctx context.Context, r orders.Row, dry bool) (orders.Verdict, error) {
	if r.Err != nil {
		return verdict(r.Line, r.Order.Number, taken{}, r.Err)
	}
	if dry {
		v, err := verdict(r.Line, r.Order.Number, taken{}, m.try(ctx, r.Order))
		if v.Result == "created" {
			v.Result = "checked"
		}
		return v, err
	}
	t, err := m.Submit(ctx, r.Order)
	return verdict(r.Line, r.Order.Number, t, err)
}
