package field

import (
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/locale"
)

// Checklist is what a technician goes through at a visit.
type Checklist struct {
	Code     string    `json:"code"` // with its version: what was answered stays readable
	Items    []Item    `json:"items"`
	Readings []Measure `json:"readings,omitempty"`
}

// Item is a question that is answered ok, not ok or not applicable.
type Item struct {
	Code     string                `json:"code"`
	Names    map[locale.Tag]string `json:"names"`
	Required bool                  `json:"required,omitempty"`
}

// Measure is something to be measured.
type Measure struct {
	Code     string                `json:"code"`
	Names    map[locale.Tag]string `json:"names"`
	Unit     string                `json:"unit"`
	Required bool                  `json:"required,omitempty"`
}

// Complete reports whether the record answers what must be answered.
func (c Checklist) Complete(r Record) bool {
	for _, i := range c.Items {
		if i.Required && !slices.ContainsFunc(r.Answers, func(a Answer) bool { return a.Item == i.Code }) {
			return false
		}
	}
	for _, m := range c.Readings {
		if m.Required && !slices.ContainsFunc(r.Readings, func(a Reading) bool { return a.Item == m.Code && a.Unit == m.Unit }) {
			return false
		}
	}
	return true
}

// template is a checklist with what it is for.
type template struct {
	line     string   // what the codes of its lines begin with; "" for every line
	work     []string // kinds of service; none for all
	items    []Item
	readings []Measure
	code     string
}

// For returns the checklist for a kind of service ("repair") on a line by its
// code ("AC-WALL"): the one that says most about the service, then about the
// line. There always is one.
func For(workType, line string) Checklist {
	best, score := templates[0], -1
	for _, t := range templates {
		if !strings.HasPrefix(strings.ToUpper(line), t.line) || len(t.work) > 0 && !slices.Contains(t.work, workType) {
			continue
		}
		s := len(t.line)
		if len(t.work) > 0 {
			s += 100 // nobody tests what is being removed
		}
		if s > score {
			best, score = t, s
		}
	}
	return Checklist{Code: best.code, Items: slices.Clone(best.items), Readings: slices.Clone(best.readings)}
}

func item(code, en, zh string, required bool) Item {
	return Item{code, map[locale.Tag]string{locale.English: en, locale.Chinese: zh}, required}
}

func measure(code, unit, en, zh string, required bool) Measure {
	return Measure{code, map[locale.Tag]string{locale.English: en, locale.Chinese: zh}, unit, required}
}

// The items that several checklists share.
var (
	isolated = item("isolated", "Supply switched off and secured before work", "作业前已断电并防误合", true)
	tested   = item("tested", "Tested in operation, customer present", "已通电试机，客户在场", true)
	tidy     = item("tidy", "Place left clean, old parts taken along", "现场已清理，旧件已带走", false)
	shown    = item("shown", "Operation explained to the customer", "已向客户讲解使用方法", false)
	leak     = item("leak", "No leak at the joints of the refrigerant lines", "制冷管路接头无泄漏", true)
	fixings  = item("fixings", "Brackets and fixings hold", "支架与固定件牢固", true)
	drain    = item("drain", "Condensate drains freely", "冷凝水排水通畅", true)
	earthed  = item("earthed", "Protective earth connected and measured", "保护接地已连接并测量", true)
	breaker  = item("rcd", "Residual-current device trips", "漏电保护动作正常", true)
	signs    = item("signs", "Warning labels in place and legible", "警示标识齐全清晰", false)
	motion   = item("motion", "Axes move freely to their ends", "各轴行程顺畅", true)
	sample   = item("sample", "Test print without faults", "试打印正常", true)
)

// The measurements that several checklists share.
var (
	voltage    = measure("supply", "V", "Supply voltage", "电源电压", true)
	pressure   = measure("low_pressure", "kPa", "Low-side pressure", "低压侧压力", false)
	outlet     = measure("outlet", "degC", "Air temperature at the outlet", "出风口温度", true)
	insulation = measure("insulation", "kohm", "Insulation resistance", "绝缘电阻", true)
	earthLoop  = measure("earth_loop", "ohm", "Earth loop impedance", "接地回路阻抗", true)
	bed        = measure("bed", "degC", "Bed temperature", "热床温度", false)
)

// templates are the built-in checklists, the most general first.
var templates = []template{
	{"", nil, []Item{isolated, tested, shown, tidy}, nil, "general.1"},
	{"", []string{"survey", "inspect"}, []Item{item("seen", "Everything asked about was looked at", "所询事项均已查看", true), tidy}, nil, "look.1"},
	{"", []string{"remove"}, []Item{isolated, item("removed", "Unit taken down and made safe", "设备已拆除并做安全处理", true), tidy}, nil, "remove.1"},
	{"AC-", nil, []Item{isolated, leak, drain, tested, shown, tidy}, []Measure{voltage, outlet, pressure}, "ac.1"},
	{"AC-", []string{"install", "commission"}, []Item{isolated, fixings, item("vacuum", "Lines evacuated before filling", "充注前已抽真空", true), leak, drain, earthed, tested, shown, tidy}, []Measure{voltage, outlet, pressure}, "ac_install.1"},
	{"EV-", nil, []Item{isolated, earthed, breaker, tested, signs, tidy}, []Measure{insulation, earthLoop}, "ev.1"},
	{"EV-", []string{"install", "commission"}, []Item{isolated, fixings, earthed, breaker, tested, signs, shown, tidy}, []Measure{voltage, insulation, earthLoop}, "ev_install.1"},
	{"PR-", nil, []Item{isolated, motion, sample, shown, tidy}, []Measure{bed}, "printer.1"},
}
