package world

import (
	"fmt"
	"math/rand/v2"
	"time"

	"fettle.dev/fettle/demo/geo"
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
)

// Place is where customers of a brand live: a city, how many of them, and the
// postal codes there, of which the last digits are left open.
type Place struct {
	Brand   string
	Country locale.Country
	City    string
	Weight  int
	Postal  []string // "#" stands for a digit, "@" for a letter
}

// Places is where the customers live. Wuhan weighs most, because the heat comes
// there. Some places are served by nobody.
var Places = []Place{
	{Lingfeng, "CN", "Wuhan", 90, []string{"43001#", "43002#", "43003#", "43005#", "43006#", "43007#", "43007#", "43008#", "4302##"}},
	{Lingfeng, "CN", "Huangshi", 5, []string{"4350##"}},
	{Lingfeng, "CN", "Xiangyang", 12, []string{"4410##", "4411##"}},
	{Lingfeng, "CN", "Yichang", 10, []string{"4430##"}},
	{Lingfeng, "CN", "Shanghai", 16, []string{"2000##", "2001##", "2012##"}},
	{Lingfeng, "CN", "Suzhou", 5, []string{"2150##"}},
	{Lingfeng, "CN", "Hangzhou", 6, []string{"3100##", "3112##"}},
	{Lingfeng, "CN", "Nanjing", 5, []string{"2100##"}},
	{Lingfeng, "CN", "Guangzhou", 12, []string{"5100##", "5106##"}},
	{Lingfeng, "CN", "Shenzhen", 8, []string{"5180##"}},
	{Lingfeng, "CN", "Chengdu", 10, []string{"6100##", "6110##"}},
	{Lingfeng, "CN", "Chongqing", 8, []string{"4000##", "4011##"}},
	{Lingfeng, "CN", "Changsha", 9, []string{"4100##"}},
	{Lingfeng, "CN", "Qingdao", 3, []string{"2660##"}},
	{Lingfeng, "CN", "Xi'an", 2, []string{"7100##"}},
	{Lingfeng, "SG", "Singapore", 7, []string{"0185##", "3102##", "5600##"}},

	{Layerworks, "US", "New York City", 14, []string{"100##", "112##"}},
	{Layerworks, "US", "Boston", 8, []string{"021##"}},
	{Layerworks, "US", "Atlanta", 5, []string{"303##"}},
	{Layerworks, "US", "Chicago", 10, []string{"606##"}},
	{Layerworks, "US", "Austin", 8, []string{"787##"}},
	{Layerworks, "US", "Houston", 6, []string{"770##"}},
	{Layerworks, "US", "San Francisco", 9, []string{"941##"}},
	{Layerworks, "US", "Seattle", 8, []string{"981##"}},
	{Layerworks, "US", "Denver", 5, []string{"802##"}},
	{Layerworks, "CA", "Toronto", 6, []string{"M5@ #@#"}},
	{Layerworks, "DE", "Berlin", 11, []string{"10###", "12###"}},
	{Layerworks, "DE", "Hamburg", 8, []string{"20###", "22###"}},
	{Layerworks, "DE", "Leipzig", 4, []string{"041##"}},
	{Layerworks, "DE", "Stuttgart", 6, []string{"701##"}},
	{Layerworks, "DE", "Munich", 8, []string{"80###", "81###"}},
	{Layerworks, "DE", "Köln", 6, []string{"506##"}},
	{Layerworks, "AT", "Vienna", 4, []string{"10#0"}},
	{Layerworks, "GB", "London", 4, []string{"SE# #@@"}},
	{Layerworks, "FR", "Lyon", 2, []string{"6900#"}},

	{Voltara, "DE", "Berlin", 9, []string{"10###", "13###"}},
	{Voltara, "DE", "Hamburg", 9, []string{"20###", "22###"}},
	{Voltara, "DE", "Köln", 7, []string{"506##", "51###"}},
	{Voltara, "DE", "Dortmund", 5, []string{"441##"}},
	{Voltara, "DE", "Frankfurt am Main", 6, []string{"603##"}},
	{Voltara, "DE", "Munich", 8, []string{"80###", "81###"}},
	{Voltara, "DE", "Nürnberg", 4, []string{"904##"}},
	{Voltara, "NL", "Amsterdam", 9, []string{"10## @@"}},
	{Voltara, "NL", "Utrecht", 6, []string{"35## @@"}},
	{Voltara, "NL", "Eindhoven", 4, []string{"56## @@"}},
	{Voltara, "GB", "London", 9, []string{"SW# #@@", "N# #@@"}},
	{Voltara, "GB", "Bristol", 4, []string{"BS# #@@"}},
	{Voltara, "GB", "Manchester", 6, []string{"M# #@@"}},
	{Voltara, "GB", "Glasgow", 3, []string{"G# #@@"}},
	{Voltara, "SE", "Stockholm", 7, []string{"11# ##"}},
	{Voltara, "SE", "Göteborg", 4, []string{"41# ##"}},
	{Voltara, "FR", "Paris", 6, []string{"750##"}},
	{Voltara, "FR", "Lille", 3, []string{"590##"}},
	{Voltara, "AT", "Vienna", 5, []string{"11#0"}},
	{Voltara, "PL", "Warsaw", 2, []string{"00-###"}},
}

// Address is a made-up address at a place.
type Address struct {
	Country                locale.Country
	City, Street, Postcode string
	Point                  geo.Point
	Zone                   string
}

// At makes up an address at the place: within about eight kilometres of the
// middle of the city.
func (p Place) At(r *rand.Rand) Address {
	c := mustCity(p.Country, p.City)
	return Address{
		Country: p.Country, City: cityName(c), Street: street(r, p.Country), Postcode: fill(r, pick(r, p.Postal)), Zone: c.Zone,
		Point: geo.Point{LatMicro: c.LatMicro + offset(r), LonMicro: c.LonMicro + offset(r)},
	}
}

// offset is some way off, more often a little than a lot.
func offset(r *rand.Rand) int32 { return int32((r.IntN(2)*2)-1) * int32(r.IntN(70_000)+r.IntN(20_000)) }

func fill(r *rand.Rand, pattern string) string {
	out := []byte(pattern)
	for i, b := range out {
		switch b {
		case '#':
			out[i] = byte('0' + r.IntN(10))
		case '@':
			out[i] = "ABCEGHJKLMNPRSTX"[r.IntN(16)]
		}
	}
	return string(out)
}

// cityName is what the people who live there call it.
func cityName(c geodata.City) string {
	switch {
	case c.Country == "CN":
		return c.NameZH
	case c.Name == "Munich":
		return "München"
	case c.Name == "Vienna":
		return "Wien"
	default:
		return c.Name
	}
}

func mustCity(country locale.Country, name string) geodata.City {
	c, ok := geodata.CityOf(country, name)
	if !ok {
		panic("world: no city " + name) // the tables are constant; a test reads them all
	}
	return c
}

var streets = map[locale.Country][]string{
	"CN": {"春晓路", "梧桐街", "临江大道", "书院路", "长虹路", "友谊大道", "杨园街", "珞瑜路", "建设三路", "和平里", "紫阳路", "解放巷", "青年路", "水果湖路", "东亭街"},
	"SG": {"Jalan Kenanga", "Lorong Melati", "Clove Avenue", "Nutmeg Road", "Tembusu Crescent"},
	"DE": {"Lindenweg", "Am Mühlbach", "Birkenallee", "Schillerplatz", "Gartenstraße", "Ulmenring", "Bahnhofstraße", "Amselweg", "Hafenkai", "Rosengasse"},
	"AT": {"Ahorngasse", "Am Weinberg", "Lerchenweg", "Nussbaumgasse"},
	"NL": {"Molenpad", "Tulpenstraat", "Wilgenlaan", "Havendijk", "Beukenhof"},
	"GB": {"Rowan Close", "Mill Lane", "Orchard Rise", "Station Road", "Kestrel Way", "Chapel Street"},
	"SE": {"Björkvägen", "Sjögatan", "Granstigen", "Ängsvägen"},
	"FR": {"rue des Tilleuls", "allée du Moulin", "quai des Saules", "rue de l'Horloge"},
	"PL": {"ulica Lipowa", "ulica Polna", "ulica Ogrodowa"},
	"US": {"Maple Avenue", "Cedar Street", "Lakeview Drive", "Juniper Court", "Harbor Road", "Sycamore Lane", "Prairie Street", "Foundry Way"},
	"CA": {"Birchmount Crescent", "Harbour Street", "Trillium Avenue"},
}

func street(r *rand.Rand, c locale.Country) string {
	name, n := pick(r, streets[c]), 1+r.IntN(180)
	switch c {
	case "CN":
		return fmt.Sprintf("%s%d号%d栋%d单元%d", name, n, 1+r.IntN(16), 1+r.IntN(3), 100*(1+r.IntN(24))+1+r.IntN(4))
	case "DE", "AT", "NL", "SE", "PL":
		return fmt.Sprintf("%s %d", name, n)
	case "SG":
		return fmt.Sprintf("Blk %d %s #%02d-%02d", n, name, 2+r.IntN(18), 1+r.IntN(40))
	default:
		return fmt.Sprintf("%d %s", n, name)
	}
}

// Zone is the time zone of the place.
func (p Place) Zone() *time.Location {
	zone, err := time.LoadLocation(mustCity(p.Country, p.City).Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
