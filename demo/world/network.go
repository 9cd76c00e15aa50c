package world

import (
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/modules/network"
)

// Node is a node with the codes of its parent and partner, in a city.
type Node struct {
	network.Node
	Under, By string
	City      string
}

// Territory is a territory with codes instead of ids. A radius is around the
// city of the node.
type Territory struct {
	Node         string
	Country      locale.Country
	Prefixes     []string
	RadiusMetres int64
	Brand        string
}

var partners = []network.Partner{
	{Code: "hubei-kuaixiu", Name: "湖北快修服务 Hubei Kuaixiu (synthetic)", Country: "CN"},
	{Code: "xiajiang", Name: "峡江电器服务 Xiajiang (synthetic)", Country: "CN"},
	{Code: "lingnan", Name: "岭南安装维修 Lingnan (synthetic)", Country: "CN"},
	{Code: "shuyun", Name: "蜀云服务 Shuyun (synthetic)", Country: "CN"},
	{Code: "xiangjiang", Name: "湘江家电 Xiangjiang (synthetic)", Country: "CN"},
	{Code: "alpenstrom", Name: "Alpenstrom Service (synthetic)", Country: "DE"},
	{Code: "rheintechnik", Name: "Rheintechnik Kundendienst (synthetic)", Country: "DE"},
	{Code: "polderlaad", Name: "Polderlaad Services (synthetic)", Country: "NL"},
	{Code: "northmoor", Name: "Northmoor Field Engineers (synthetic)", Country: "GB"},
	{Code: "malarkraft", Name: "Mälarkraft Service (synthetic)", Country: "SE"},
	{Code: "bornes-seine", Name: "Bornes de Seine (synthetic)", Country: "FR"},
	{Code: "donaulicht", Name: "Donaulicht Elektro (synthetic)", Country: "AT"},
	{Code: "hudson-benchworks", Name: "Hudson Benchworks (synthetic)", Country: "US"},
	{Code: "austin-makers", Name: "Austin Makers' Guild (synthetic)", Country: "US"},
	{Code: "bay-layers", Name: "Bay Layers Collective (synthetic)", Country: "US"},
	{Code: "lakeshore", Name: "Lakeshore Print Supply (synthetic)", Country: "CA"},
	{Code: "merlion-aircon", Name: "Merlion Aircon Care (synthetic)", Country: "SG"},
}

type planRow struct {
	code, under string
	kind        network.Kind
	own         network.Ownership
	by, name    string
	country     locale.Country
	city        string
	speak       []locale.Tag
	state       network.State
}

// plan is the tree, parents first: code, parent, kind, ownership, partner, name,
// country, city, languages.
var plan = []planRow{
	{"hq", "", network.Headquarters, network.Own, "", "总部 Headquarters", "CN", "Wuhan", zhEn, network.Open},
	{"rc-china", "hq", network.RegionalCentre, network.Own, "", "中国区 China", "CN", "Wuhan", zhEn, network.Open},
	{"rc-europe", "hq", network.RegionalCentre, network.Own, "", "Europe", "DE", "Hamburg", deEn, network.Open},
	{"rc-americas", "hq", network.RegionalCentre, network.Own, "", "Americas", "US", "Chicago", en, network.Open},

	{"wuhan-hankou", "rc-china", network.LocalNode, network.Own, "", "武汉汉口服务站", "CN", "Wuhan", zh, network.Open},
	{"wuhan-wuchang", "rc-china", network.LocalNode, network.Outsourced, "hubei-kuaixiu", "武汉武昌服务站", "CN", "Wuhan", zh, network.Open},
	{"xiangyang", "rc-china", network.LocalNode, network.Outsourced, "hubei-kuaixiu", "襄阳服务站", "CN", "Xiangyang", zh, network.Open},
	{"yichang", "rc-china", network.LocalNode, network.Dealer, "xiajiang", "宜昌授权服务商", "CN", "Yichang", zh, network.Open},
	{"shanghai", "rc-china", network.LocalNode, network.Own, "", "上海服务站", "CN", "Shanghai", zhEn, network.Open},
	{"guangzhou", "rc-china", network.LocalNode, network.Outsourced, "lingnan", "广州服务站", "CN", "Guangzhou", zh, network.Open},
	{"chengdu", "rc-china", network.LocalNode, network.Outsourced, "shuyun", "成都服务站", "CN", "Chengdu", zh, network.Open},
	{"changsha", "rc-china", network.LocalNode, network.Dealer, "xiangjiang", "长沙授权服务商", "CN", "Changsha", zh, network.Open},
	{"singapore", "rc-china", network.LocalNode, network.Outsourced, "merlion-aircon", "Singapore", "SG", "Singapore", zhEn, network.Open},

	{"hamburg", "rc-europe", network.LocalNode, network.Own, "", "Hamburg", "DE", "Hamburg", deEn, network.Open},
	{"berlin", "rc-europe", network.LocalNode, network.Own, "", "Berlin", "DE", "Berlin", deEn, network.Open},
	{"koln", "rc-europe", network.LocalNode, network.Outsourced, "rheintechnik", "Köln", "DE", "Köln", deEn, network.Open},
	{"munich", "rc-europe", network.LocalNode, network.Outsourced, "alpenstrom", "München", "DE", "Munich", deEn, network.Open},
	{"amsterdam", "rc-europe", network.LocalNode, network.Outsourced, "polderlaad", "Amsterdam", "NL", "Amsterdam", deEn, network.Open},
	{"london", "rc-europe", network.LocalNode, network.Own, "", "London", "GB", "London", en, network.Open},
	{"manchester", "rc-europe", network.LocalNode, network.Outsourced, "northmoor", "Manchester", "GB", "Manchester", en, network.Open},
	{"stockholm", "rc-europe", network.LocalNode, network.Outsourced, "malarkraft", "Stockholm", "SE", "Stockholm", en, network.Open},
	{"paris", "rc-europe", network.LocalNode, network.Dealer, "bornes-seine", "Paris", "FR", "Paris", en, network.Open},
	{"vienna", "rc-europe", network.LocalNode, network.Dealer, "donaulicht", "Wien", "AT", "Vienna", deEn, network.Open},
	{"rotterdam", "rc-europe", network.LocalNode, network.Own, "", "Rotterdam", "NL", "Rotterdam", deEn, network.Planned},

	{"chicago", "rc-americas", network.LocalNode, network.Own, "", "Chicago", "US", "Chicago", en, network.Open},
	{"new-york", "rc-americas", network.LocalNode, network.Outsourced, "hudson-benchworks", "New York", "US", "New York City", en, network.Open},
	{"austin", "rc-americas", network.LocalNode, network.Community, "austin-makers", "Austin makerspace", "US", "Austin", en, network.Open},
	{"san-francisco", "rc-americas", network.LocalNode, network.Community, "bay-layers", "Bay Area makerspace", "US", "San Francisco", en, network.Open},
	{"toronto", "rc-americas", network.LocalNode, network.Dealer, "lakeshore", "Toronto", "CA", "Toronto", en, network.Open},
}

var (
	zh   = []locale.Tag{locale.Chinese}
	en   = []locale.Tag{locale.English}
	zhEn = []locale.Tag{locale.Chinese, locale.English}
	deEn = []locale.Tag{"de", locale.English}
)

func nodes() (out []Node) {
	for _, p := range plan {
		c := mustCity(p.country, p.city)
		out = append(out, Node{
			Node: network.Node{
				Code: p.code, Kind: p.kind, Ownership: p.own, Name: p.name, Country: p.country, Zone: c.Zone, Point: c.Point,
				Languages: p.speak, State: p.state,
			},
			Under: p.under, By: p.by, City: p.city,
		})
	}
	return out
}

// territories: by postal code where a country has several nodes, around the city
// where postal codes do not nest, the whole country otherwise. Whoever lives in
// none of them waits for a dispatcher, with the reason.
func territories() []Territory {
	return []Territory{
		{Node: "wuhan-hankou", Country: "CN", Prefixes: []string{"43001", "43002", "43003", "43004", "43005"}, Brand: Lingfeng},
		{Node: "wuhan-wuchang", Country: "CN", Prefixes: []string{"43006", "43007", "43008", "4302", "435", "436"}, Brand: Lingfeng},
		{Node: "xiangyang", Country: "CN", Prefixes: []string{"441", "442"}, Brand: Lingfeng},
		{Node: "yichang", Country: "CN", Prefixes: []string{"443", "434", "444"}, Brand: Lingfeng},
		{Node: "shanghai", Country: "CN", Prefixes: []string{"20", "21", "31"}, Brand: Lingfeng},
		{Node: "guangzhou", Country: "CN", Prefixes: []string{"51", "52"}, Brand: Lingfeng},
		{Node: "chengdu", Country: "CN", Prefixes: []string{"61", "62", "40"}, Brand: Lingfeng},
		{Node: "changsha", Country: "CN", Prefixes: []string{"41"}, Brand: Lingfeng},
		{Node: "singapore", Country: "SG", Brand: Lingfeng},

		{Node: "berlin", Country: "DE", Prefixes: []string{"0", "1"}},
		{Node: "hamburg", Country: "DE", Prefixes: []string{"2", "3"}},
		{Node: "koln", Country: "DE", Prefixes: []string{"4", "5", "6"}},
		{Node: "munich", Country: "DE", Prefixes: []string{"7", "8", "9"}},
		{Node: "amsterdam", Country: "NL", Brand: Voltara},
		{Node: "london", Country: "GB", RadiusMetres: 190_000},
		{Node: "manchester", Country: "GB", RadiusMetres: 160_000},
		{Node: "stockholm", Country: "SE", Brand: Voltara},
		{Node: "paris", Country: "FR", Brand: Voltara},
		{Node: "vienna", Country: "AT"},

		{Node: "chicago", Country: "US", Prefixes: []string{"4", "5", "6"}, Brand: Layerworks},
		{Node: "new-york", Country: "US", Prefixes: []string{"0", "1", "2", "3"}, Brand: Layerworks},
		{Node: "austin", Country: "US", Prefixes: []string{"7"}, Brand: Layerworks},
		{Node: "san-francisco", Country: "US", Prefixes: []string{"8", "9"}, Brand: Layerworks},
		{Node: "toronto", Country: "CA", Brand: Layerworks},
	}
}

// countries are those of the nodes, and those where customers live.
func countries() (out []locale.Country) {
	seen := map[locale.Country]bool{}
	for _, p := range plan {
		if !seen[p.country] {
			seen[p.country] = true
			out = append(out, p.country)
		}
	}
	return out
}
