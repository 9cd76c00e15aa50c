package catalogsvc

import (
	"context"
	"strings"
	"unicode/utf8"

	"fettle.dev/fettle/kernel/id"
	"fettle.dev/fettle/modules/catalog"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/db"
	"fettle.dev/fettle/platform/httpapi"
)

// mark is where a part of a list ends: the code, and the id that tells equal
// codes apart.
type mark struct {
	Code string `json:"c"`
	Raw  []byte `json:"r"`
}

// list reads a page of what the caller may see, by code and an id.
type list[T any] struct {
	action, kind string
	cols         access.Columns
	code, raw    string // columns
	read         func(ctx context.Context, tx *db.Tx, where string, args ...any) ([]T, error)
	mark         func(T) (string, id.Raw)
}

// query is a condition in the making.
type query struct {
	text strings.Builder
	args []any
}

func (q *query) and(text string, args ...any) *query {
	if q.text.Len() > 0 {
		q.text.WriteString(" AND ")
	}
	q.text.WriteString(text)
	q.args = append(q.args, args...)
	return q
}

// within narrows the condition to one id, unless it is zero.
func within[K id.Kind](q *query, column string, i id.ID[K]) *query {
	if i.IsZero() {
		return q
	}
	return q.and(column+" = ?", i)
}

// prefix narrows the condition to texts that begin with s, unless it is empty.
func (q *query) prefix(column, s string) *query {
	if s == "" {
		return q
	}
	return q.and(column+" >= ? AND "+column+" < ?", s, s+string(utf8.MaxRune))
}

type pageOut[T any] struct{ Body httpapi.Page[T] }

// page returns the part of the list that in asks for, as far as q lets it.
func page[T any](ctx context.Context, m *Module, in httpapi.PageIn, l list[T], q *query) (*pageOut[T], error) {
	caller, ok := access.From(ctx)
	if !ok {
		return nil, access.ErrNobody
	}
	mine, args, err := m.guard.Filter(ctx, l.action, l.kind, l.cols)
	if err != nil {
		return nil, err
	}
	var after mark
	seek, err := in.Seek(ctx, &after)
	if err != nil {
		return nil, err
	}
	q.and("tenant_id = ?", caller.Tenant).and(mine, args...)
	if seek {
		q.and("("+l.code+", "+l.raw+") > (?, ?)", after.Code, after.Raw)
	}
	q.args = append(q.args, in.Limit+1)
	items, err := db.Get(ctx, m.db, caller.Tenant, func(ctx context.Context, tx *db.Tx) ([]T, error) {
		return l.read(ctx, tx, q.text.String()+" ORDER BY "+l.code+", "+l.raw+" LIMIT ?", q.args...)
	})
	if err != nil {
		return nil, err
	}
	out, err := httpapi.PageOf(ctx, in, items, func(v T) any {
		code, raw := l.mark(v)
		return mark{code, raw[:]}
	})
	return &pageOut[T]{Body: out}, err
}

var ofBrand = access.Columns{"brand": "brand_id"}

type codesIn struct {
	httpapi.PageIn
	Brand  id.Brand `query:"brand" doc:"only of the brand"`
	Prefix string   `query:"prefix" maxLength:"64" doc:"only codes that begin with it"`
}

func (m *Module) listLines(ctx context.Context, in *codesIn) (*pageOut[catalog.Line], error) {
	q := within(new(query), "brand_id", in.Brand).prefix("code", start(in.Prefix))
	return page(ctx, m, in.PageIn, list[catalog.Line]{
		action: "line.read", kind: "line", cols: ofBrand, code: "code", raw: "brand_id", read: lines,
		mark: func(l catalog.Line) (string, id.Raw) { return l.Code, l.Brand.Raw() },
	}, q)
}

type modelsIn struct {
	codesIn
	Line id.Line `query:"line" doc:"only of the line"`
}

func (m *Module) listModels(ctx context.Context, in *modelsIn) (*pageOut[catalog.Model], error) {
	q := within(new(query), "brand_id", in.Brand).prefix("code", start(in.Prefix))
	return page(ctx, m, in.PageIn, list[catalog.Model]{
		action: "model.read", kind: "model", cols: ofBrand, code: "code", raw: "brand_id", read: models,
		mark: func(v catalog.Model) (string, id.Raw) { return v.Code, v.Brand.Raw() },
	}, within(q, "line_id", in.Line))
}

func (m *Module) listParts(ctx context.Context, in *modelsIn) (*pageOut[catalog.Part], error) {
	q := within(new(query), "brand_id", in.Brand).prefix("number", start(in.Prefix))
	return page(ctx, m, in.PageIn, list[catalog.Part]{
		action: "part.read", kind: "part", cols: ofBrand, code: "number", raw: "id", read: parts,
		mark: func(p catalog.Part) (string, id.Raw) { return p.Number, p.ID.Raw() },
	}, within(q, "line_id", in.Line))
}

func (m *Module) listSymptoms(ctx context.Context, in *modelsIn) (*pageOut[catalog.Symptom], error) {
	q := within(new(query), "brand_id", in.Brand).prefix("code", start(in.Prefix))
	return page(ctx, m, in.PageIn, list[catalog.Symptom]{
		action: "symptom.read", kind: "symptom", cols: ofBrand, code: "code", raw: "line_id", read: symptoms,
		mark: func(s catalog.Symptom) (string, id.Raw) { return s.Code, s.Line.Raw() },
	}, ofLineOrAll(q, in.Line))
}

func (m *Module) listFixes(ctx context.Context, in *modelsIn) (*pageOut[catalog.Fix], error) {
	q := within(new(query), "brand_id", in.Brand).prefix("code", start(in.Prefix))
	return page(ctx, m, in.PageIn, list[catalog.Fix]{
		action: "symptom.read", kind: "symptom", cols: ofBrand, code: "code", raw: "line_id", read: fixes,
		mark: func(f catalog.Fix) (string, id.Raw) { return f.Code, f.Line.Raw() },
	}, ofLineOrAll(q, in.Line))
}

func ofLineOrAll(q *query, line id.Line) *query {
	if line.IsZero() {
		return q
	}
	return q.and("line_id IN (?, ?)", line.Raw(), id.Raw{})
}

type unitsIn struct {
	httpapi.PageIn
	Brand  id.Brand `query:"brand" doc:"only of the brand"`
	Model  id.Model `query:"model" doc:"only of the model"`
	Serial string   `query:"serial" maxLength:"80" doc:"only serials that begin with it, in whatever spelling"`
}

func (m *Module) listUnits(ctx context.Context, in *unitsIn) (*pageOut[catalog.Unit], error) {
	q := within(new(query), "brand_id", in.Brand)
	if in.Serial != "" {
		serial, err := catalog.Serial(in.Serial)
		if err != nil {
			return nil, err
		}
		q.prefix("serial", serial)
	}
	return page(ctx, m, in.PageIn, list[catalog.Unit]{
		action: "unit.read", kind: "unit", code: "serial", raw: "brand_id", read: units,
		cols: access.Columns{"brand": "brand_id", "country": "sold_in", "state": "state"},
		mark: func(u catalog.Unit) (string, id.Raw) { return u.Serial, u.Brand.Raw() },
	}, within(q, "model_id", in.Model))
}

// start is the form of the beginning of a code.
func start(prefix string) string {
	code, _ := catalog.Code(prefix)
	return code
}
