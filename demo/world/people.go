package world

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"fettle.dev/fettle/kernel/locale"
)

// Person is a made-up customer.
type Person struct {
	Name, Phone, Email string
	Language           locale.Tag
}

// People makes up persons, no two with the same contacts.
type People struct {
	rand  *rand.Rand
	count int
	lines map[locale.Country]int // numbers given so far
}

// NewPeople returns a maker of persons.
func NewPeople(r *rand.Rand) *People { return &People{rand: r, lines: map[locale.Country]int{}} }

// Of makes up a person who lives in the country and speaks the language.
func (p *People) Of(country locale.Country, speaks locale.Tag) Person {
	p.count++
	given, family := pick(p.rand, givenNames[country]), pick(p.rand, familyNames[country])
	out := Person{Name: given + " " + family, Language: speaks, Phone: p.phone(country)}
	if country == "CN" {
		out.Name = family + given
	}
	if out.Phone == "" || p.rand.IntN(3) == 0 {
		out.Email = fmt.Sprintf("%s.%d@example.org", mailbox(given, family), p.count)
	}
	return out
}

// phone returns a number from a range that the country keeps for fiction, or,
// for China, which keeps none, one that is possible but of a block that stands
// for synthetic here; "" when the range is used up or there is none.
func (p *People) phone(c locale.Country) string {
	n := p.lines[c]
	p.lines[c]++
	switch c {
	case "CN":
		return fmt.Sprintf("+861990000%04d", n%10_000)
	case "DE":
		ranges := []string{"+493023125%03d", "+496990009%03d", "+494066969%03d", "+492214710%03d", "+498999998%03d"}
		return ranged(ranges, n, 1000)
	case "US":
		return ranged([]string{
			"+120255501%02d", "+121255501%02d", "+131255501%02d", "+151255501%02d", "+141555501%02d",
			"+120655501%02d", "+130355501%02d", "+161755501%02d", "+140455501%02d", "+171355501%02d",
		}, n, 100)
	case "CA":
		return ranged([]string{"+141655501%02d"}, n, 100)
	case "GB":
		return ranged([]string{"+447700900%03d", "+442079460%03d", "+441614960%03d"}, n, 1000)
	case "SE":
		return fmt.Sprintf("+46701740%03d", 605+n%95)
	case "FR":
		return ranged([]string{"+3363998%04d"}, n, 10_000)
	default:
		return ""
	}
}

// ranged is the nth number of several ranges of a size; after the last comes the
// first again.
func ranged(ranges []string, n, size int) string {
	return fmt.Sprintf(ranges[n%len(ranges)], n/len(ranges)%size)
}

func mailbox(given, family string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "å", "a", "ł", "l").Replace(strings.ToLower(s)))
	}
	if g, f := plain(given), plain(family); g != "" && f != "" {
		return g + "." + f
	}
	return "kunde"
}

var familyNames = map[locale.Country][]string{
	"CN": {"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧"},
	"SG": {"Tan", "Lim", "Lee", "Ng", "Ong", "Wong", "Goh", "Rahman", "Nair"},
	"DE": {"Becker", "Hoffmann", "Krüger", "Lehmann", "Brandt", "Vogel", "Seidel", "Arnold", "Winkler", "Bergmann", "Kuhn", "Pohl", "Sommer", "Ziegler"},
	"AT": {"Gruber", "Huber", "Steiner", "Moser", "Pichler"},
	"NL": {"de Vries", "Bakker", "Visser", "Smit", "Mulder", "Dekker"},
	"GB": {"Taylor", "Hughes", "Edwards", "Patel", "Walker", "Green", "Clarke", "Begum"},
	"SE": {"Lindqvist", "Nyberg", "Sandberg", "Holm", "Ekström"},
	"FR": {"Moreau", "Lefèvre", "Garnier", "Roussel", "Chevalier"},
	"PL": {"Nowak", "Kowalczyk", "Zieliński"},
	"US": {"Miller", "Garcia", "Johnson", "Nguyen", "Brown", "Davis", "Martinez", "Kim", "Wilson", "Anderson", "Ortiz", "Reed"},
	"CA": {"Tremblay", "Singh", "Campbell", "Roy", "Fraser"},
}

var givenNames = map[locale.Country][]string{
	"CN": {"伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "秀兰", "霞", "平", "建国", "桂英", "志强", "晓燕", "海燕", "子轩", "雨桐", "俊杰", "梦琪", "国庆", "小红", "文博", "佳怡"},
	"SG": {"Wei Ling", "Jun Jie", "Siti", "Priya", "Kok Wah", "Mei Hui"},
	"DE": {"Anna", "Lukas", "Sabine", "Jonas", "Katrin", "Felix", "Petra", "Tim", "Heike", "Moritz", "Ulrike", "Jan"},
	"AT": {"Johanna", "Markus", "Eva", "Florian"},
	"NL": {"Sanne", "Daan", "Femke", "Bram", "Lotte"},
	"GB": {"Emma", "Oliver", "Priya", "James", "Sophie", "Harry", "Aisha"},
	"SE": {"Elsa", "Oskar", "Maja", "Nils"},
	"FR": {"Camille", "Hugo", "Léa", "Antoine"},
	"PL": {"Marta", "Piotr", "Ewa"},
	"US": {"Ashley", "Mike", "Jordan", "Linda", "Carlos", "Megan", "Tyler", "Priya", "Kevin", "Dana", "Luis", "Grace"},
	"CA": {"Noah", "Chloe", "Harpreet", "Liam"},
}

// Speaks is the language in which a customer in the country writes. Dutch,
// Swedish, French and Polish customers of the demo write English, since its
// texts are in three languages.
func Speaks(c locale.Country) locale.Tag {
	switch c {
	case "CN":
		return locale.Chinese
	case "DE", "AT":
		return "de"
	default:
		return locale.English
	}
}

// Skip passes over so many numbers of every country, so that two makers of
// persons seldom give the same.
func (p *People) Skip(n int) {
	p.count = n
	for c := range familyNames {
		p.lines[c] = n
	}
}
