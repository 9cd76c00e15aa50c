package world

import (
	"fmt"

	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/catalog"
)

// Line is a product line with its models and what can go wrong with them.
type Line struct {
	Brand, Code string
	Names       catalog.Names
	Symptoms    []Symptom
	Fixes       []catalog.Fix // without line
	Models      []Model
	Minutes     int // of a visit, as a rule
}

// Symptom is a symptom with how often it is the one that a customer reports.
type Symptom struct {
	Code   string
	Names  catalog.Names
	Weight int
}

// Model is a model; its brand and line are those around it.
type Model struct {
	Code       string
	GTIN       catalog.GTIN
	Names      catalog.Names
	Attributes map[string]string
	Since      int // months before today from which it was sold
	Weight     int // how many of the line are of it
}

// n is a name in the three languages of the demo.
func n(zh, en, de string) catalog.Names {
	return catalog.Names{locale.Chinese: zh, locale.English: en, "de": de}
}

// The families of lines, which share symptoms and texts.
const (
	Conditioners = "ac"
	Printers     = "pr"
	Chargers     = "ev"
)

// Family is the family of a brand's lines.
func Family(brand string) string {
	return map[string]string{Lingfeng: Conditioners, Layerworks: Printers, Voltara: Chargers}[brand]
}

// lineTable: brand, code, names, models, modes, minutes of a visit, symptoms
// that its units do not have.
var lineTable = []struct {
	brand, code string
	names       catalog.Names
	modes       string
	minutes     int
	not         []string
	models      []modelRow
}{
	{Lingfeng, "AC-WALL", n("挂机", "Wall-mounted air conditioner", "Wandklimagerät"), "on_site swap", 70, nil, []modelRow{
		{"LF-G26", "凌风 轻风 1匹挂机", "Lingfeng Breeze 2.6 kW", "R32", 2600, 219900, 60, 5},
		{"LF-G35", "凌风 轻风 1.5匹挂机", "Lingfeng Breeze 3.5 kW", "R32", 3500, 269900, 60, 8},
		{"LF-G35S", "凌风 静眠 1.5匹变频挂机", "Lingfeng Hush 3.5 kW inverter", "R32", 3500, 339900, 36, 6},
		{"LF-G50", "凌风 轻风 2匹挂机", "Lingfeng Breeze 5.0 kW", "R32", 5000, 429900, 48, 3},
		{"LF-G26H", "凌风 暖冬 1匹冷暖挂机", "Lingfeng Hearth 2.6 kW", "R290", 2600, 299900, 20, 2},
	}},
	{Lingfeng, "AC-FLOOR", n("柜机", "Floor-standing air conditioner", "Standklimagerät"), "on_site swap", 90, nil, []modelRow{
		{"LF-Q50", "凌风 劲风 2匹柜机", "Lingfeng Gale 5.0 kW", "R32", 5000, 529900, 60, 4},
		{"LF-Q72", "凌风 劲风 3匹柜机", "Lingfeng Gale 7.2 kW", "R32", 7200, 689900, 60, 4},
		{"LF-Q72S", "凌风 圆舞 3匹变频柜机", "Lingfeng Waltz 7.2 kW inverter", "R32", 7200, 899900, 30, 3},
	}},
	{Lingfeng, "AC-DUCT", n("风管机", "Ducted air conditioner", "Kanalklimagerät"), "on_site", 120, []string{"REMOTE"}, []modelRow{
		{"LF-D72", "凌风 隐风 3匹风管机", "Lingfeng Veil 7.2 kW duct", "R410A", 7200, 799900, 54, 3},
		{"LF-D120", "凌风 隐风 5匹风管机", "Lingfeng Veil 12 kW duct", "R410A", 12000, 1199900, 54, 2},
		{"LF-M140", "凌风 一拖五 多联机", "Lingfeng Multi 14 kW", "R410A", 14000, 2899900, 40, 1},
	}},
	{Lingfeng, "AC-PORT", n("移动空调", "Portable air conditioner", "Mobiles Klimagerät"), "remote carry_in mail_in swap", 45, []string{"OUTDOOR", "TRIP"}, []modelRow{
		{"LF-P20", "凌风 小顽 移动空调", "Lingfeng Rover 2.0 kW", "R290", 2000, 169900, 40, 2},
		{"LF-P35", "凌风 小顽 大冷量移动空调", "Lingfeng Rover 3.5 kW", "R290", 3500, 239900, 28, 2},
	}},
	{Layerworks, "PR-FDM", n("熔丝打印机", "Filament printer", "Filamentdrucker"), "remote self_kit mail_in swap", 60, []string{"RESIN-LEAK", "SCREEN-LINES"}, []modelRow{
		{"LW-ONE", "Layerworks One", "Layerworks One", "", 350, 239000, 58, 8},
		{"LW-TWO", "Layerworks Two", "Layerworks Two", "", 400, 349000, 34, 9},
		{"LW-MINI", "Layerworks Mini", "Layerworks Mini", "", 150, 169000, 26, 6},
		{"LW-KIT", "Layerworks One 套件", "Layerworks One Kit", "", 350, 189000, 50, 3},
	}},
	{Layerworks, "PR-RESIN", n("光固化打印机", "Resin printer", "Harzdrucker"), "remote self_kit mail_in swap", 60, []string{"NOZZLE", "EXTRUDER", "NO-HEAT", "BED"}, []modelRow{
		{"LW-VAT8", "Layerworks Vat 8K", "Layerworks Vat 8K", "", 120, 289000, 40, 4},
		{"LW-VAT12", "Layerworks Vat 12K", "Layerworks Vat 12K", "", 180, 459000, 22, 4},
	}},
	{Layerworks, "PR-PRO", n("专业打印机", "Workshop printer", "Werkstattdrucker"), "remote on_site mail_in", 120, []string{"RESIN-LEAK", "SCREEN-LINES"}, []modelRow{
		{"LW-PRO300", "Layerworks Pro 300", "Layerworks Pro 300", "", 1200, 2490000, 44, 3},
		{"LW-PRO500", "Layerworks Pro 500", "Layerworks Pro 500", "", 2400, 4990000, 30, 2},
		{"LW-PROX", "Layerworks Pro X 双头", "Layerworks Pro X dual head", "", 1600, 3690000, 18, 2},
	}},
	{Voltara, "EV-HOME", n("家用充电桩", "Wallbox", "Wallbox"), "remote on_site swap", 60, []string{"PAY", "NOISE"}, []modelRow{
		{"VT-H7", "Voltara Home 7", "Voltara Home 7", "", 7400, 549000, 54, 4},
		{"VT-H11", "Voltara Home 11", "Voltara Home 11", "", 11000, 649000, 54, 9},
		{"VT-H22", "Voltara Home 22", "Voltara Home 22", "", 22000, 899000, 40, 4},
		{"VT-H11S", "Voltara Home 11 智能版", "Voltara Home 11 Smart", "", 11000, 799000, 20, 5},
	}},
	{Voltara, "EV-POST", n("立柱充电桩", "AC charging post", "AC-Ladesäule"), "remote on_site", 90, []string{"NOISE"}, []modelRow{
		{"VT-P22", "Voltara Post 2×22", "Voltara Post 2×22", "", 44000, 3290000, 48, 5},
		{"VT-P22C", "Voltara Post 2×22 城市版", "Voltara Post 2×22 City", "", 44000, 3790000, 30, 3},
		{"VT-P11", "Voltara Post 2×11", "Voltara Post 2×11", "", 22000, 2690000, 40, 2},
	}},
	{Voltara, "EV-DC", n("直流快充桩", "DC fast charger", "DC-Schnelllader"), "remote on_site", 150, nil, []modelRow{
		{"VT-D60", "Voltara Rapid 60", "Voltara Rapid 60", "", 60000, 21900000, 46, 3},
		{"VT-D150", "Voltara Rapid 150", "Voltara Rapid 150", "", 150000, 45900000, 36, 3},
		{"VT-D300", "Voltara Ultra 300", "Voltara Ultra 300", "", 300000, 78900000, 18, 1},
	}},
}

// modelRow: code, names, refrigerant, power in watts, price in the operator's
// minor units, months since it is sold, weight.
type modelRow struct {
	code, zh, en   string
	refrigerant    string
	watts, price   int
	months, weight int
}

func lines() (out []Line) {
	for i, t := range lineTable {
		l := Line{Brand: t.brand, Code: t.code, Names: t.names, Fixes: fixes[Family(t.brand)], Minutes: t.minutes}
		for _, s := range symptoms[Family(t.brand)] {
			if !contains(t.not, s.Code) {
				l.Symptoms = append(l.Symptoms, s)
			}
		}
		for j, m := range t.models {
			l.Models = append(l.Models, m.model(i*10+j, t.modes, t.minutes))
		}
		out = append(out, l)
	}
	return out
}

func (m modelRow) model(number int, modes string, minutes int) Model {
	a := map[string]string{
		"modes": modes, "price_minor": fmt.Sprint(m.price), "visit_minutes": fmt.Sprint(minutes), "power_w": fmt.Sprint(m.watts),
	}
	if m.refrigerant != "" {
		a["refrigerant"] = m.refrigerant
	}
	return Model{Code: m.code, GTIN: gtin(number), Names: n(m.zh, m.en, m.en), Attributes: a, Since: m.months, Weight: m.weight}
}

// gtin returns a trade item number with the prefix 952, which GS1 keeps for
// demonstrations.
func gtin(number int) catalog.GTIN {
	digits := fmt.Sprintf("095204711%04d", number) // 13 digits, then the check digit
	sum := 0
	for i, c := range digits {
		weight := 1
		if i%2 == 0 {
			weight = 3
		}
		sum += int(c-'0') * weight
	}
	return catalog.GTIN(digits + fmt.Sprint((10-sum%10)%10))
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
