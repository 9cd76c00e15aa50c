package settlementsvc

import (
	"context"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/settlement"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/sheet"
)

type statementIn struct {
	ID id.Statement `path:"id"`
}

// Routes adds the module's part of the API.
func (m *Module) Routes(api *httpapi.API) {
	httpapi.Get(api, httpapi.Op{ID: "charge_list", Path: "/v1/cases/{id}/charges", Action: "charge.read", Kind: "charge", Summary: "What a case costs, and who pays"},
		func(ctx context.Context, in *struct {
			ID id.Case `path:"id"`
		},
		) (*httpapi.Body[caseCharges], error) {
			return httpapi.Reply(m.OfCase(ctx, in.ID))
		})
	httpapi.Get(api, httpapi.Op{ID: "ratecard_list", Path: "/v1/rate-cards", Action: "ratecard.read", Kind: "ratecard", Summary: "Cards of prices, the newest first"},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[httpapi.Page[cardRow]], error) {
			items, err := m.Cards(ctx)
			return httpapi.Reply(httpapi.Page[cardRow]{Items: items}, err)
		})
	httpapi.Post(api, httpapi.Op{ID: "ratecard_publish", Path: "/v1/rate-cards", Action: "ratecard.write", Kind: "ratecard", Status: 201, Summary: "Publish a card of prices"},
		func(ctx context.Context, in *httpapi.Body[newCard]) (*httpapi.Body[cardRow], error) {
			return httpapi.Reply(m.PublishCard(ctx, in.Body))
		})
	httpapi.Get(api, httpapi.Op{ID: "statement_list", Path: "/v1/statements", Action: "statement.read", Kind: "statement", Summary: "Statements, the newest first"},
		func(ctx context.Context, in *listed) (*httpapi.Body[httpapi.Page[statement]], error) {
			return httpapi.Reply(m.Statements(ctx, *in))
		})
	httpapi.Download(api, httpapi.Op{
		ID: "statement_table", Path: "/v1/statements.csv", Action: "statement.read", Kind: "statement", Produces: sheet.MediaType,
		Summary: "The list of statements as a table for spreadsheets",
	}, func(ctx context.Context, in *narrowing) (*httpapi.File, error) { return m.StatementTable(ctx, *in) })
	httpapi.Download(api, httpapi.Op{
		ID: "statement_lines_table", Path: "/v1/statements/{id}/lines.csv", Action: "statement.read", Kind: "statement", Produces: sheet.MediaType,
		Summary: "The charges of a statement as a table for spreadsheets",
	}, func(ctx context.Context, in *statementIn) (*httpapi.File, error) { return m.LineTable(ctx, in.ID) })
	httpapi.Get(api, httpapi.Op{ID: "statement_lines", Path: "/v1/statements/{id}/lines", Action: "statement.read", Kind: "statement", Summary: "The charges of a statement"},
		func(ctx context.Context, in *struct {
			statementIn
			httpapi.PageIn
		},
		) (*httpapi.Body[httpapi.Page[charge]], error) {
			return httpapi.Reply(m.Lines(ctx, in.ID, in.PageIn))
		})
	for _, c := range []struct {
		verb, action, summary string
		cmd                   settlement.Command
	}{
		{"close", "statement.write", "Close the period", settlement.Close},
		{"send", "statement.write", "Send it to the brand or partner", settlement.Send},
		{"agree", "statement.agree", "Agree to it", settlement.Agree},
		{"dispute", "statement.dispute", "Say that something is wrong with it", settlement.Dispute},
		{"correct", "statement.write", "Answer the dispute", settlement.Correct},
		{"invoice", "statement.write", "Say that it is invoiced", settlement.Invoice},
	} {
		httpapi.Post(api, httpapi.Op{ID: "statement_" + c.verb, Path: "/v1/statements/{id}/" + c.verb, Action: c.action, Kind: "statement", Summary: c.summary},
			func(ctx context.Context, in *statementIn) (*httpapi.Body[statement], error) {
				return httpapi.Reply(m.command(ctx, in.ID, c.action, c.cmd))
			})
	}
	httpapi.Post(api, httpapi.Op{ID: "statement_pay", Path: "/v1/statements/{id}/pay", Action: "statement.write", Kind: "statement", Summary: "Say that what remains of it is paid"},
		func(ctx context.Context, in *statementIn) (*httpapi.Body[statement], error) {
			return httpapi.Reply(m.Pay(ctx, in.ID))
		})
	httpapi.Post(api, httpapi.Op{ID: "statement_pay_part", Path: "/v1/statements/{id}/pay-part", Action: "statement.write", Kind: "statement", Summary: "Say that a part of it is paid; the last part ends it"},
		func(ctx context.Context, in *struct {
			statementIn
			Body paying
		},
		) (*httpapi.Body[statement], error) {
			return httpapi.Reply(m.PayPart(ctx, in.ID, in.Body))
		})
	httpapi.Post(api, httpapi.Op{
		ID: "statement_payment_reverse", Path: "/v1/statements/{id}/payments/{seq}/reverse", Action: "statement.write", Kind: "statement",
		Summary: "Take a payment back; it is booked the other way round",
	}, func(ctx context.Context, in *struct {
		statementIn
		Seq  int64 `path:"seq" minimum:"1" doc:"of the payment"`
		Body takingBack
	},
	) (*httpapi.Body[statement], error) {
		return httpapi.Reply(m.TakeBack(ctx, in.ID, in.Seq, in.Body))
	})
	httpapi.Get(api, httpapi.Op{ID: "statement_payments", Path: "/v1/statements/{id}/payments", Action: "statement.read", Kind: "statement", Summary: "What has been paid of a statement, and what of it was taken back"},
		func(ctx context.Context, in *statementIn) (*httpapi.Body[httpapi.Page[payment]], error) {
			items, err := m.Payments(ctx, in.ID)
			return httpapi.Reply(httpapi.Page[payment]{Items: items}, err)
		})
	httpapi.Get(api, httpapi.Op{ID: "journal_balances", Path: "/v1/journal/balances", Action: "journal.read", Kind: "journal", Summary: "What stands on each account"},
		func(ctx context.Context, _ *struct{}) (*httpapi.Body[httpapi.Page[balance]], error) {
			items, err := m.Balances(ctx)
			return httpapi.Reply(httpapi.Page[balance]{Items: items}, err)
		})
}
