package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fettle.dev/fettle/app/apptest"
	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/dispatch"
	"fettle.dev/fettle/modules/sla"
	"fettle.dev/fettle/modules/warranty"
	"fettle.dev/fettle/modules/work"
	"fettle.dev/fettle/platform/httpapi"
	"fettle.dev/fettle/platform/i18n"
)

// Every problem has a title and a detail in both languages, and no language has
// a text that the other lacks.
func TestProblemsHaveTexts(t *testing.T) {
	t.Parallel()
	if gaps := httpapi.MissingTitles(i18n.Standard()); len(gaps) > 0 {
		t.Errorf("titles are missing: %v", gaps)
	}
	var wanted []string
	for code := range fault.Codes() {
		wanted = append(wanted, "problem."+code+".detail")
	}
	if gaps := i18n.Standard().Missing(wanted...); len(gaps) > 0 {
		t.Errorf("details are missing:\n%s", strings.Join(gaps, "\n"))
	}
}

// noReasons are the literals of the form "module.word" that nobody is shown:
// names of lanes, jobs, locks and actions.
var noReasons = regexp.MustCompile(`^[a-z]+\.(follow|survey|roads|demand|outlook|improve|nights|learn|lends|order|due|answer|hold|gather|expire|propose|letter|rate|recount|sweep|tell|tend|entitle|erase|supply|policy|log|read|check|write|create|scan|case|again|reverse|work_|outcome_|reversed_)$`)

// Every reason that a rule or a step gives has a text in both languages. Codes
// are found in the source, so that a new one without a text fails here.
func TestReasonsHaveTexts(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile(`"((?:network|warranty|remedy|desk|sla|orders|work|dispatch)\.[a-z_]+)"`)
	wanted := map[string]bool{}
	for path, source := range sources(t, "../modules") {
		if strings.HasSuffix(path, ".go") {
			for _, m := range literal.FindAllStringSubmatch(source, -1) {
				wanted[m[1]] = true
			}
		}
	}
	for code := range wanted {
		if _, declared := fault.Codes()[code]; declared || noReasons.MatchString(code) {
			delete(wanted, code)
		}
	}
	for _, o := range []work.Outcome{work.Fixed, work.FixedByCare, work.EndOfLife, work.CustomerNo, work.WorkFinished} {
		wanted["desk.work_"+string(o)] = true
	}
	for _, o := range []work.Outcome{work.Fixed, work.FixedByCare, work.NotFixed, work.EndOfLife, work.NotPresent, work.PartMissing, work.CustomerNo, work.WorkFinished} {
		wanted["work.outcome_"+string(o)] = true
	}
	for _, r := range work.Reasons {
		wanted["work.reversed_"+r] = true
	}
	for _, w := range []sla.Why{sla.Chosen, sla.LessSpecific, sla.OtherLine, sla.OtherBrand, sla.OtherNode, sla.OtherCountry, sla.OtherWorkType, sla.OtherPriority} {
		wanted["sla."+string(w)] = true
	}
	for _, r := range sla.Reasons {
		wanted["sla."+string(r)] = true
	}
	enum := regexp.MustCompile(`json:"reason,omitempty" enum:"([a-z_,]+)"`).FindStringSubmatch(sources(t, "../modules/dispatch")["../modules/dispatch/dispatchsvc/http.go"])
	if enum == nil {
		t.Fatal("the reasons that a dispatcher may give are not found")
	}
	for r := range strings.SplitSeq(enum[1], ",") {
		wanted["dispatch."+r] = true
	}
	if len(wanted) < 80 {
		t.Fatalf("only %d reasons were found", len(wanted))
	}
	if gaps := i18n.Standard().Missing(slices.Collect(keysOf(wanted))...); len(gaps) > 0 {
		t.Errorf("reasons without a text:\n%s", strings.Join(gaps, "\n"))
	}
}

// The desk has words of its own for every reason that a way to fix a case gives.
func TestPlanReasonsAreOnThePage(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile(`"remedy\.([a-z_]+)"`)
	wanted := map[string]bool{}
	for _, source := range sources(t, "../modules/remedy") {
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			code := "remedy." + m[1]
			if _, declared := fault.Codes()[code]; !declared && !noReasons.MatchString(code) && !strings.HasPrefix(m[1], "again_") {
				wanted[m[1]] = true
			}
		}
	}
	if len(wanted) < 15 {
		t.Fatalf("only %d reasons were found", len(wanted))
	}
	for _, lang := range []string{"en", "zh-CN"} {
		var words struct {
			Remedy map[string]string `json:"remedy"`
		}
		if err := json.Unmarshal(must(os.ReadFile("../web/src/locales/"+lang+"/reason.json")), &words); err != nil {
			t.Fatal(err)
		}
		for code := range wanted {
			if words.Remedy[code] == "" {
				t.Errorf("%s: the page has no words for remedy.%s", lang, code)
			}
		}
	}
}

// Every code of a wrong field has a text in both languages.
func TestFieldCodesHaveTexts(t *testing.T) {
	t.Parallel()
	used := map[string]string{}
	for path, source := range sources(t, "../modules", "../platform", "../kernel") {
		for _, form := range []string{`\.At\([^\n]*?, "([a-z_0-9]+)"\)`, `unless\([^\n]*, "([a-z_0-9]+)"\)`, `\.fault\("([a-z_0-9]+)"`, `pointer\(\), "([a-z_0-9]+)"`} {
			for _, m := range regexp.MustCompile(form).FindAllStringSubmatch(source, -1) {
				used[m[1]] = path
			}
		}
	}
	if len(used) < 25 {
		t.Fatalf("only %d codes were found: %v", len(used), used)
	}
	for code, path := range used {
		if gaps := i18n.Standard().Missing("field." + code); len(gaps) > 0 {
			t.Errorf("%s in %s: no text for %v", code, path, gaps)
		}
	}
}

// sources reads all files below the folders that are compiled in.
func sources(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			out[filepath.ToSlash(path)] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// What a case tells of itself can be read in both languages: each reason in its
// timeline, plan and entitlement has a text.
func TestWhatACaseTellsHasTexts(t *testing.T) {
	t.Parallel()
	h := apptest.SQLite(t)
	s := newStage(t, h.Found(t, "one"))
	code := regexp.MustCompile(`"(?:code|reason)":"([a-z]+\.[a-z_]+)"`)
	seen := map[string]bool{}
	for _, c := range []string{s.done, s.open, s.bare} {
		for _, part := range []string{"/timeline", "/plan", "/entitlement"} {
			for _, m := range code.FindAllStringSubmatch(string(s.all.Get(t, "/v1/cases/"+c+part).Body), -1) {
				seen[m[1]] = true
			}
		}
	}
	kinds := regexp.MustCompile(`"kind":"([a-z]+)\.([a-z_]+)\.v1"`)
	for _, c := range []string{s.done, s.open, s.bare} {
		for _, m := range kinds.FindAllStringSubmatch(string(s.all.Get(t, "/v1/cases/"+c+"/timeline").Body), -1) {
			if name := m[1] + "." + m[2]; !onThePage(t, m[1], m[2]) && name != "desk.order_followed" { // which the page leaves out
				t.Errorf("the page has no words for %s", name)
			}
		}
	}
	for _, want := range []string{"desk.plan_accepted", "work.outcome_done", "remedy.cost", string(warranty.InTerm)} {
		if !seen[want] {
			t.Errorf("no case tells %s: %v", want, slices.Collect(keysOf(seen)))
		}
	}
	for c := range seen {
		for _, lang := range locale.Spoken {
			if _, ok := i18n.Standard().Find(lang, c, nil); !ok {
				t.Errorf("%s has no text in %s", c, lang)
			}
		}
	}
}

// Every rule by which a technician can be out of the question has words.
func TestRulesAreOnThePage(t *testing.T) {
	t.Parallel()
	source := string(must(os.ReadFile("../modules/dispatch/routing/rules.go"))) + string(must(os.ReadFile("../modules/dispatch/dispatchsvc/try.go")))
	rules := regexp.MustCompile(`[Rr]ule\w+ += "(\w+)"`).FindAllStringSubmatch(strings.ReplaceAll(source, " Rule = ", " = "), -1)
	if len(rules) < 22 {
		t.Fatalf("only %d rules were found", len(rules))
	}
	for _, lang := range []string{"en", "zh-CN"} {
		var words struct {
			Block map[string]string `json:"block"`
		}
		if err := json.Unmarshal(must(os.ReadFile("../web/src/locales/"+lang+"/word.json")), &words); err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if words.Block[r[1]] == "" {
				t.Errorf("%s: no words for the rule %s", lang, r[1])
			}
		}
	}
}

// Everything that the board can say needs a person has words.
func TestNeedsAreOnThePage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh-CN"} {
		var words struct {
			Need map[string]string `json:"need"`
		}
		if err := json.Unmarshal(must(os.ReadFile("../web/src/locales/"+lang+"/word.json")), &words); err != nil {
			t.Fatal(err)
		}
		for _, n := range dispatch.Needs {
			if words.Need[string(n)] == "" {
				t.Errorf("%s: no words for the need %s", lang, n)
			}
		}
		if len(words.Need) != len(dispatch.Needs) {
			t.Errorf("%s: words for %d needs of %d", lang, len(words.Need), len(dispatch.Needs))
		}
	}
}

// Every reason for which an appointment moves has words on the board.
func TestVisitReasonsAreOnThePage(t *testing.T) {
	t.Parallel()
	codes := regexp.MustCompile(`Reason\w+ += "dispatch\.(\w+)"`).FindAllStringSubmatch(string(must(os.ReadFile("../modules/dispatch/state.go"))), -1)
	if len(codes) < 16 {
		t.Fatalf("only %d reasons were found", len(codes))
	}
	for _, lang := range []string{"en", "zh-CN"} {
		var board struct {
			VisitReason map[string]string `json:"visitReason"`
		}
		var words struct {
			TurnReason map[string]string `json:"turnReason"`
		}
		for name, to := range map[string]any{"board": &board, "word": &words} {
			if err := json.Unmarshal(must(os.ReadFile("../web/src/locales/"+lang+"/"+name+".json")), to); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range codes {
			words.TurnReason[c[1]] = c[1]
		}
		for code := range words.TurnReason {
			if board.VisitReason[code] == "" {
				t.Errorf("%s: no words for the reason %s", lang, code)
			}
		}
	}
}

// onThePage reports whether the desk has words for an event in both languages.
func onThePage(t *testing.T, module, event string) bool {
	t.Helper()
	for _, lang := range []string{"en", "zh-CN"} {
		var words map[string]map[string]string
		if err := json.Unmarshal(must(os.ReadFile("../web/src/locales/"+lang+"/event.json")), &words); err != nil {
			t.Fatal(err)
		}
		if words[module][event] == "" {
			return false
		}
	}
	return true
}
