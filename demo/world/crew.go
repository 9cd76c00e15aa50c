package world

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"fettle.dev/fettle/kernel/calendar"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
)

// Technician is a technician of a node. Names are synthetic like everything.
type Technician struct {
	Code, Node   string
	Name         string
	Language     locale.Tag
	Home         geo.Point
	Skills       map[string]int64 // code → level, 1 to 5
	Certificates []Certificate
	Week         calendar.Week // when they work, as a rule
	Core         bool          // employed full time
}

// Certificate is a certificate that a technician holds, or held.
type Certificate struct {
	Code    string
	Expires int // days after the day of the world; negative: expired
}

// crews: how many work at each node, the lines that they serve, and the cities
// where they live, in turn: a node serves more than its own city. Nobody in
// Yichang knows ducts yet, and nobody in Vienna fast chargers.
var crews = []struct {
	node  string
	count int
	lines []string
	homes []string
}{
	{"wuhan-hankou", 4, acLines, nil},
	{"wuhan-wuchang", 4, acLines, []string{"Wuhan", "Wuhan", "Wuhan", "Huangshi"}},
	{"xiangyang", 5, acLines, []string{"Xiangyang", "Xiangyang", "Xiangyang", "Xiangyang", "Wuhan"}},
	{"yichang", 5, acLines[:2], nil},
	{"shanghai", 9, acLines, []string{"Shanghai", "Hangzhou", "Nanjing", "Suzhou", "Shanghai"}},
	{"guangzhou", 8, acLines, []string{"Guangzhou", "Shenzhen", "Guangzhou", "Dongguan"}},
	{"chengdu", 7, acLines, []string{"Chengdu", "Chongqing"}},
	{"changsha", 5, acLines, nil},
	{"singapore", 4, acLines, nil},
	{"hamburg", 6, evPrLines, []string{"Hamburg", "Hamburg", "Bremen", "Hannover"}},
	{"berlin", 6, evPrLines, []string{"Berlin", "Berlin", "Leipzig"}},
	{"koln", 6, evPrLines, []string{"Köln", "Frankfurt am Main", "Dortmund"}},
	{"munich", 6, evPrLines, []string{"Munich", "Nürnberg", "Stuttgart"}},
	{"amsterdam", 6, evLines, []string{"Amsterdam", "Utrecht", "Eindhoven"}},
	{"london", 6, evPrLines, []string{"London", "London", "Bristol"}},
	{"manchester", 5, evLines, nil},
	{"stockholm", 5, evLines, []string{"Stockholm", "Göteborg"}},
	{"paris", 4, evLines, []string{"Paris", "Lille"}},
	{"vienna", 4, evLines[:2], nil},
	{"chicago", 6, prLines, nil},
	{"new-york", 6, prLines, []string{"New York City", "Boston", "Atlanta"}},
	{"austin", 4, prLines, []string{"Austin", "Houston"}},
	{"san-francisco", 5, prLines, []string{"San Francisco", "Seattle", "Denver"}},
	{"toronto", 4, prLines, nil},
}

var (
	acLines   = []string{"AC-WALL", "AC-FLOOR", "AC-DUCT", "AC-PORT"}
	prLines   = []string{"PR-FDM", "PR-RESIN", "PR-PRO"}
	evLines   = []string{"EV-HOME", "EV-POST", "EV-DC"}
	evPrLines = append(slices.Clip(evLines), "PR-PRO", "PR-FDM")
)

// certificates that the law or the trade asks for, by country and family.
var certificates = map[locale.Country][]string{
	"CN": {"CN-REFRIGERATION", "CN-HEIGHTS", "CN-LOW-VOLTAGE"}, "SG": {"SG-WAH"},
	"DE": {"DE-EFK", "DE-DGUV3"}, "AT": {"AT-EFK"}, "NL": {"NL-NEN3140"}, "GB": {"GB-EV-INSTALL"}, "SE": {"SE-ELARBETE"}, "FR": {"FR-IRVE"},
}

// patterns of work: full time by country, and part time.
var (
	fullTime = map[locale.Country][]string{
		"CN": {"Mo-Sa 08:00-12:00,13:00-18:00", "Mo-Fr,Su 08:00-12:00,13:00-18:00", "Tu-Su 08:00-12:00,13:30-18:30"},
		"SG": {"Mo-Fr 09:00-13:00,14:00-18:00; Sa 09:00-13:00"}, "US": {"Mo-Fr 08:00-12:00,12:30-16:30", "Tu-Sa 09:00-13:00,13:30-17:30"},
		"CA": {"Mo-Fr 08:30-12:30,13:00-17:00"},
	}
	elsewhere = "Mo-Fr 07:30-12:00,12:30-16:00"
	partTime  = []string{"Th-Su 10:00-14:00,15:00-20:00", "Mo-We 14:00-20:00; Sa-Su 09:00-13:00,14:00-18:00", "Mo,We,Fr 09:00-13:00,14:00-18:00; Su 10:00-16:00"}
)

func technicians(r *rand.Rand) (out []Technician) {
	people := NewPeople(r)
	for _, crew := range crews {
		taken := map[string]bool{}
		i := slices.IndexFunc(plan, func(p planRow) bool { return p.code == crew.node })
		at := plan[i]
		for k := range crew.count {
			middle := mustCity(at.country, at.city)
			if len(crew.homes) > 0 {
				middle = mustCity(at.country, crew.homes[k%len(crew.homes)])
			}
			t := Technician{
				Code: fmt.Sprintf("%s-%02d", crew.node, k+1), Node: crew.node, Language: Speaks(at.country), Core: k < (crew.count*3+3)/4,
				Home: geo.Point{LatMicro: middle.LatMicro + offset(r), LonMicro: middle.LonMicro + offset(r)}, Skills: map[string]int64{},
			}
			for t.Name == "" || taken[t.Name] { // whoever looks at a board knows them by their names
				t.Name = people.Of(at.country, t.Language).Name
			}
			taken[t.Name] = true
			for j, l := range crew.lines {
				if j == 0 || j == k%len(crew.lines) || r.IntN(6) > 0 {
					t.Skills[l] = int64(1 + r.IntN(5))
				}
			}
			for j, c := range certificates[at.country] {
				if j == 0 || r.IntN(3) > 0 {
					t.Certificates = append(t.Certificates, Certificate{c, expiry(r)})
				}
			}
			t.Week = week(shift(at.country, t.Core, r))
			out = append(out, t)
		}
	}
	return out
}

// expiry: most certificates hold for long, some end soon, a few have ended.
func expiry(r *rand.Rand) int {
	switch n := r.IntN(20); {
	case n == 0:
		return -10 - r.IntN(20)
	case n < 3:
		return 5 + r.IntN(25)
	default:
		return 90 + r.IntN(900)
	}
}

func shift(c locale.Country, core bool, r *rand.Rand) string {
	if !core {
		return pick(r, partTime)
	}
	if all, ok := fullTime[c]; ok {
		return pick(r, all)
	}
	return elsewhere
}
