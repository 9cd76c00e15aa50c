package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/orders"
	"fettle.dev/fettle/platform/access"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/login"
)

type importCmd struct {
	Orders importOrdersCmd `cmd:"" help:"Send a table of a brand's orders. Each line counts once by its number, so the table may be sent again."`
}

type importOrdersCmd struct {
	File    string            `arg:"" help:"The table: CSV in UTF-8, comma or semicolon, with a heading; - for standard input."`
	Brand   string            `help:"Code of the brand, when the table has no column for it."`
	Map     map[string]string `name:"map" mapsep:"none" placeholder:"OURS=THEIRS" help:"The heading under which one of our columns stands, once for each: number brand work_type priority serial model symptom text language name phone email country postcode city street lat lon."`
	DryRun  bool              `help:"Only say how each line would go."`
	URL     string            `name:"url" help:"Address of a Fettle, such as https://service.example; without it the orders go into --db."`
	Token   string            `env:"FETTLE_TOKEN" help:"API token for --url."`
	Tenant  string            `help:"With --db: the operator, by id or name; the first one if empty."`
	Report  string            `help:"Write how each line went to this file, as CSV."`
	Lenient bool              `help:"Exit with 0 even if lines were refused."`
	Lang    string            `default:"en" enum:"en,zh-CN" help:"Language of the report: en or zh-CN."`
	Lines   int               `default:"500" help:"How many orders are sent at a time, 1 to 5000."`
}

// Run sends the table, a piece after the other.
func (v importOrdersCmd) Run(ctx context.Context, c *cli, s streams) error {
	text, err := v.read()
	if err != nil {
		return err
	}
	head, pieces, err := split(text, v.Lines)
	if err != nil {
		return err
	}
	to, done, err := v.target(ctx, c, s)
	if err != nil {
		return err
	}
	defer done()
	all, err := v.send(ctx, s, to, head, pieces)
	w := words{locale.Tag(v.Lang), v.Map}
	if v.Report != "" {
		err = errors.Join(err, w.write(v.Report, all.Rows))
	}
	w.print(s.Out, all, v.DryRun)
	if err == nil && all.Refused > 0 && !v.Lenient {
		err = fmt.Errorf("%d lines were refused", all.Refused)
	}
	return err
}

func (v importOrdersCmd) read() (string, error) {
	var b []byte
	var err error
	if v.File == "-" {
		b, err = io.ReadAll(os.Stdin)
	} else {
		b, err = os.ReadFile(v.File)
	}
	return string(b), err
}

// piece is some whole lines of a table.
type piece struct {
	text  string
	line  int // of the file, on which it begins
	count int // of orders
}

// pieceBytes keeps a piece well below what the API takes at once.
const pieceBytes = 4 << 20

// split cuts a table into pieces of at most so many orders, and returns its
// heading, which goes before each. It finds the ends of lines as the API will:
// a line break in quotes is none.
func split(text string, most int) (head string, pieces []piece, err error) {
	if most < 1 || most > orders.MaxRows {
		return "", nil, fmt.Errorf("--lines is not between 1 and %d", orders.MaxRows)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord, r.ReuseRecord, r.Comma = -1, true, orders.Separator(text)
	if _, err := r.Read(); err != nil {
		return "", nil, errors.New("the table has no heading")
	}
	text = strings.TrimPrefix(text, "\ufeff")
	from := int(r.InputOffset())
	head = text[:from]
	if !strings.HasSuffix(head, "\n") {
		head += "\n"
	}
	now := piece{line: 1 + strings.Count(text[:from], "\n")}
	cut := func(to int) {
		if now.count > 0 {
			now.text = text[from:to]
			pieces = append(pieces, now)
		}
		now = piece{line: now.line + strings.Count(text[from:to], "\n")}
		from = to
	}
	for {
		_, err := r.Read()
		at := int(r.InputOffset())
		if errors.Is(err, io.EOF) {
			cut(len(text))
			return head, pieces, nil
		}
		if now.count++; now.count == most || at-from > pieceBytes { // a line that is no CSV is one all the same
			cut(at)
		}
	}
}

// send sends the pieces and returns how every line went, by its number in the
// file.
func (v importOrdersCmd) send(ctx context.Context, s streams, to target, head string, pieces []piece) (all orders.Report, err error) {
	total, done := 0, 0
	for _, p := range pieces {
		total += p.count
	}
	for _, p := range pieces {
		got, err := to.post(ctx, map[string]any{"brand": v.Brand, "mapping": v.Map, "csv": head + p.text, "dry_run": v.DryRun})
		if err != nil {
			return all, err
		}
		for _, row := range got.Rows {
			row.Line += p.line - strings.Count(head, "\n") - 1
			all.Rows = append(all.Rows, row)
		}
		all.Created, all.Repeated, all.Refused = all.Created+got.Created, all.Repeated+got.Repeated, all.Refused+got.Refused
		done += p.count
		fmt.Fprintf(s.Err, "%d of %d\n", done, total)
	}
	return all, nil
}

// target is the API that the table goes to.
type target struct {
	url, token, lang string
	client           *http.Client
}

// pieceTimeout is longer than the API takes for a piece at most.
const pieceTimeout = 6 * time.Minute

// target returns the API of --url, or one that is opened on --db for as long as
// the import takes.
func (v importOrdersCmd) target(ctx context.Context, c *cli, s streams) (target, func(), error) {
	t := target{strings.TrimSuffix(v.URL, "/"), v.Token, v.Lang, &http.Client{Timeout: pieceTimeout}}
	if v.URL == "" {
		return v.local(ctx, c, s, t)
	}
	if v.Token == "" {
		return t, nil, errors.New("--url needs --token")
	}
	return t, func() {}, nil
}

// local opens the database and serves it on a port of its own, so that the
// orders go the same way as everybody's.
func (v importOrdersCmd) local(ctx context.Context, c *cli, s streams, t target) (target, func(), error) {
	a, err := c.open(ctx, s, nil)
	if err != nil {
		return t, nil, err
	}
	fail := func(err error) (target, func(), error) { return t, nil, errors.Join(err, a.Close()) }
	tenant, err := tenantOf(ctx, a, v.Tenant)
	if err != nil {
		return fail(err)
	}
	house := access.With(ctx, access.System(tenant))
	made, token, err := a.Login.CreateToken(house, tenant, login.NewToken{
		Name: "import", Expires: a.DB.Machine()().Add(24 * time.Hour), Scopes: []string{"order:write"},
		Grants: []access.Grant{{Role: access.Integrator, Scope: access.Scope{Kind: access.Tenant}}},
	})
	if err != nil {
		return fail(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fail(err)
	}
	server := &http.Server{Handler: a.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	t.url, t.token = "http://"+l.Addr().String(), token
	return t, func() {
		_ = server.Close()
		if err := a.Login.RevokeToken(context.WithoutCancel(house), tenant, made); err != nil {
			fmt.Fprintln(s.Err, "fettle: the token of the import ends tomorrow:", err)
		}
		_ = a.Close()
	}, nil
}

// post sends a piece. What the API says of the whole of it is an error.
func (t target) post(ctx context.Context, in any) (out orders.Report, err error) {
	b, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+"/v1/orders/import", bytes.NewReader(b))
	if err != nil {
		return out, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+t.token)
	r.Header.Set("Accept-Language", t.lang)
	got, err := t.client.Do(r)
	if err != nil {
		return out, err
	}
	defer func() { _ = got.Body.Close() }()
	if got.StatusCode == http.StatusOK {
		return out, json.NewDecoder(got.Body).Decode(&out)
	}
	var p httpapi.ProblemDocument
	if err := json.NewDecoder(got.Body).Decode(&p); err != nil || p.Title == "" {
		return out, errors.New(t.url + " answers " + strconv.Itoa(got.StatusCode))
	}
	return out, errors.New(said(p))
}

// said is a problem document in one line.
func said(p httpapi.ProblemDocument) string {
	out := p.Title
	if p.Detail != "" {
		out += ". " + p.Detail
	}
	for _, e := range p.Errors {
		out += "\n  " + e.Pointer + ": " + e.Title
	}
	return out
}
