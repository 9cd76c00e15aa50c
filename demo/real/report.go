package real

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"fettle.dev/fettle/modules/remedy"
	"fettle.dev/fettle/modules/settlement"
)

// Report is how the run went.
type Report struct {
	Records    int
	DryRefused int // by the check of the whole table beforehand
	Courses    []*Course
	Statements []Statement
	Balances   []Balance
	Leaves     int64 // of the log
	Proofs     int64 // that were checked, and hold
	Again      Repetition
	Days       []Day
	Phases     []Phase
}

// Markdown writes the report for people. It holds numbers, codes and names of
// categories; no text of a record.
func (r *Report) Markdown(w io.Writer) error {
	p := &printer{w: w}
	p.line("# The main job on real records\n")
	p.line("Repairs of the Open Repair Alliance (CC BY-SA 4.0), a brand's orders to a network of %d nodes; places of the City of Boston (PDDL).", len(Countries))
	p.line("Prices, warranties and ways of service are ours; what came of each repair is the record's.\n")
	r.summary(p)
	r.ways(p)
	r.odds(p)
	r.groups(p)
	r.money(p)
	r.dispatch(p)
	r.times(p)
	return p.err
}

// printer writes lines until one cannot be written.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(title string, g *grid) {
	p.line("\n## %s\n\n%s", title, strings.TrimSuffix(g.text(), "\n"))
}

func (r *Report) summary(p *printer) {
	all := groups(r.Courses, func(*Course) string { return "" })[0]
	g := &grid{head: []string{"what", "number"}}
	for _, row := range []struct {
		what string
		n    int
	}{
		{"records", all.Records},
		{"orders refused", all.Refused},
		{"cases", all.Taken},
		{"entitlement: covered", all.Covered},
		{"entitlement: purchase to be proven", all.Open},
		{"entitlement: not covered", all.Uncovered},
		{"plans accepted without a person", all.Auto},
		{"cases closed", all.Closed},
		{"cases open: the first way failed, another plan is proposed", again(r.Courses, true)},
		{"cases open: the first way failed, nothing else is possible", again(r.Courses, false)},
		{"cases open: the record does not know", all.NotKnown},
		{"proofs that hold, checked offline", int(r.Proofs)},
		{"leaves of the log", int(r.Leaves)},
		{"sent again: taken in", r.Again.Created},
		{"sent again: here already", r.Again.Repeated},
		{"sent again: refused", r.Again.Refused},
	} {
		g.add(row.what, strconv.Itoa(row.n))
	}
	p.table("Summary", g)
	g = &grid{head: []string{"refused as", "where", "why", "records"}}
	for _, f := range refusals(r.Courses) {
		g.add(f.Code, f.Pointer, f.Why, strconv.Itoa(f.N))
	}
	p.table("What was refused", g)
}

// ways says which way was chosen, and what the record says of it.
func (r *Report) ways(p *printer) {
	g := &grid{head: []string{"way", "cases", "without a person", "fixed", "repairable", "end of life", "unknown", "closed"}}
	for _, w := range groups(r.Courses, func(c *Course) string { return string(c.Mode) }) {
		if w.Taken > 0 {
			g.add(w.Name, num(w.Taken), num(w.Auto), num(w.Fixed), num(w.Repairable), num(w.EndOfLife), num(w.NotKnown), num(w.Closed))
		}
	}
	p.table("Ways chosen, by recorded outcome", g)
	g = &grid{head: []string{"plan", "record", "cases", "of", "share"}}
	for _, d := range gaps(r.Courses) {
		g.add(d.Plan, d.Record, strconv.Itoa(d.N), strconv.Itoa(d.Of), share(d.N, d.Of))
	}
	p.table("Where plan and record disagree", g)
	g = &grid{head: []string{"way that failed", "way proposed next", "cases"}}
	next := count(r.Courses, func(c *Course) string {
		if c.Second == "" {
			return ""
		}
		return string(c.Mode) + " " + string(c.Second)
	})
	for _, ways := range sorted(next) {
		was, is, _ := strings.Cut(ways, " ")
		g.add(was, is, strconv.Itoa(next[ways]))
	}
	p.table("Second plans", g)
	g = &grid{head: []string{"cause of the end", "cases"}}
	causes := count(r.Courses, func(c *Course) string { return c.Cause })
	for _, c := range sorted(causes) {
		g.add(c, strconv.Itoa(causes[c]))
	}
	p.table("What ended a product's life", g)
	visits := &grid{head: []string{"visits", "number"}}
	for what, n := range r.visited() {
		visits.add(what, strconv.Itoa(n))
	}
	p.table("Visits", visits)
}

// visited counts how visits went.
func (r *Report) visited() map[string]int {
	return count(r.Courses, func(c *Course) string {
		switch {
		case c.Mode != remedy.OnSite || c.Case.IsZero():
			return ""
		case c.NoSlot != "":
			return "no slot: " + c.NoSlot
		case len(c.Reviews) > 0:
			return "recorded, to be looked at: " + string(c.Reviews[0])
		case c.Outcome == "":
			return "booked, result unknown"
		default:
			return "booked and recorded"
		}
	})
}

// odds says how good the promised odds were.
func (r *Report) odds(p *printer) {
	for _, t := range []struct {
		title  string
		choose func(*Course) bool
	}{
		{"Odds against outcomes", func(*Course) bool { return true }},
		{"… of which from the prior alone", func(c *Course) bool { return c.PriorOnly }},
		{"… of which learned from the line's own cases", func(c *Course) bool { return !c.PriorOnly }},
	} {
		g := &grid{head: []string{"way", "cases", "promised", "observed", "Brier", "Brier of the mean"}}
		for _, c := range calibrate(r.Courses, t.choose) {
			g.add(string(c.Mode), strconv.Itoa(c.N), percent(c.Promised), percent(c.Observed), strconv.FormatFloat(c.Brier, 'f', 3, 64), strconv.FormatFloat(c.Plain, 'f', 3, 64))
		}
		p.table(t.title, g)
	}
	g := &grid{head: []string{"promised", "cases", "promised, mean", "observed"}}
	for from := int64(0); from < 1000; from += 100 {
		n, fixed, sum := 0, 0, int64(0)
		for _, c := range r.Courses {
			if c.Case.IsZero() || c.Status == NotKnown || !repairs(c.Mode) || c.OddsPermille < from || c.OddsPermille >= from+100 {
				continue
			}
			n, sum = n+1, sum+c.OddsPermille
			if c.Status == Fixed {
				fixed++
			}
		}
		if n > 0 {
			g.add(fmt.Sprintf("%d to %d %%", from/10, from/10+10), strconv.Itoa(n), percent(float64(sum)/float64(n)/1000), percent(float64(fixed)/float64(n)))
		}
	}
	p.table("Odds by what was promised", g)
}

func (r *Report) groups(p *printer) {
	for _, t := range []struct {
		title string
		name  func(*Course) string
	}{
		{"By category", func(c *Course) string { return c.Category.Name }},
		{"By country", func(c *Course) string { return c.Record.Country }},
	} {
		g := &grid{head: []string{"", "records", "cases", "refused", "covered", "fixed", "repairable", "end of life", "unknown", "closed", "ways"}}
		for _, w := range groups(r.Courses, t.name) {
			var ways []string
			for _, m := range remedy.Modes {
				if w.Ways[m] > 0 {
					ways = append(ways, string(m)+" "+strconv.Itoa(w.Ways[m]))
				}
			}
			g.add(w.Name, num(w.Records), num(w.Taken), num(w.Refused), num(w.Covered), num(w.Fixed), num(w.Repairable), num(w.EndOfLife), num(w.NotKnown), num(w.Closed), strings.Join(ways, ", "))
		}
		p.table(t.title, g)
	}
}

func (r *Report) money(p *printer) {
	g := &grid{head: []string{"", "currency", "lines", "amount"}}
	for _, s := range sums(r.Courses, whoPays) {
		g.add(s.Name, string(s.Amount.Currency), strconv.Itoa(s.Lines), amount(s.Amount))
	}
	p.table("Charges", g)
	g = &grid{head: []string{"statements to", "state", "statements", "lines"}}
	for _, party := range []settlement.Party{settlement.ToBrand, settlement.ToPartner} {
		n, lines := map[string]int{}, map[string]int{}
		for _, s := range r.Statements {
			if s.Party == party {
				n[string(s.State)]++
				lines[string(s.State)] += int(s.Lines)
			}
		}
		for _, state := range sorted(n) {
			g.add(string(party), state, strconv.Itoa(n[state]), strconv.Itoa(lines[state]))
		}
	}
	p.table("Statements", g)
	g = &grid{head: []string{"account", "currency", "balance"}}
	for _, b := range r.Balances {
		g.add(string(b.Account), string(b.Amount.Currency), amount(b.Amount))
	}
	p.table("Journal", g)
	if wrong := r.Disagreements(); len(wrong) > 0 {
		p.line("\nThe books DO NOT agree:\n- %s", strings.Join(wrong, "\n- "))
	} else {
		p.line("\nThe accounts of each currency sum to 0; receivables and payables are what was charged; each statement is the sum of its lines.")
	}
}

func (r *Report) times(p *printer) {
	g := &grid{head: []string{"phase", "time"}}
	for _, f := range r.Phases {
		g.add(f.Name, f.Took.Round(10*time.Millisecond).String())
	}
	p.table("Time", g)
	p.line("\n\"days\" holds intake, plans, work, close and nearly all of events.")
}

// CSV writes a line for each record: how it went, without its text.
func (r *Report) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{ // Error says it below
		"id", "day", "country", "category", "status", "import", "code", "pointer", "standing", "way", "auto", "odds_permille", "prior_only",
		"outcome", "cause", "case", "work", "charges", "proofs",
	})
	for _, k := range r.Courses {
		_ = c.Write([]string{
			k.ID, string(k.On), k.Record.Country, k.Record.Category, string(k.Status), k.Result, k.Code, k.Pointer, string(k.Standing), string(k.Mode),
			strconv.FormatBool(k.Auto), strconv.FormatInt(k.OddsPermille, 10), strconv.FormatBool(k.PriorOnly), string(k.Outcome), k.Cause,
			string(k.State), string(k.WorkState), strconv.Itoa(len(k.Charges)), strconv.Itoa(k.Proofs),
		})
	}
	c.Flush()
	return c.Error()
}
