package travel

import "fettle.dev/fettle/kernel/locale"

// usualDetour is how much longer roads are than the line through the air where
// the table says nothing, in permille.
const usualDetour = 1300

// detours are after R. H. Ballou, H. Rahardja and N. Sakai, "Selected country
// circuity factors for road travel distance estimation", Transportation Research
// Part A 36 (2002), rounded to 0.05. They were found between towns. Where the
// figure is above 1.5 it comes from ways around a sea or a mountain range between
// few towns (Egypt, France, New Zealand, Spain), which says little about a
// territory: those countries have the usual detour. None is taken below 1.2,
// because streets detour more than motorways.
var detours = map[locale.Country]int64{
	"AR": 1200, "AU": 1300, "BR": 1250, "BY": 1200, "CA": 1300, "CN": 1350, "DE": 1300, "GB": 1400, "HU": 1350, "ID": 1450, "IN": 1300,
	"IT": 1200, "JP": 1400, "MX": 1450, "PL": 1200, "RU": 1350, "SA": 1350, "TH": 1400, "UA": 1300, "US": 1200, "ZA": 1250,
}

// class is how fast the roads of a country are.
type class int

const (
	usual class = iota
	fast
	slow
)

// pace sorts countries by the mean speed between large towns in M. Moszoro and
// M. Soto, "Road Quality and Mean Speed Score", IMF Working Paper 2022/095: fast
// are those it shows in front, slow those below 60 km/h. The speeds of the
// classes are ours: a van between visits drives on smaller roads than that paper
// looked at.
var pace = map[locale.Country]class{
	"AR": fast, "AT": fast, "AU": fast, "BE": fast, "BW": fast, "CA": fast, "CL": fast, "CZ": fast, "DE": fast, "ES": fast, "FR": fast, "GR": fast,
	"HR": fast, "HU": fast, "IT": fast, "KR": fast, "MA": fast, "MY": fast, "NA": fast, "OM": fast, "PL": fast, "PT": fast, "RS": fast, "SA": fast,
	"SE": fast, "SK": fast, "TR": fast, "US": fast, "ZA": fast,
	"AF": slow, "BO": slow, "CO": slow, "ID": slow, "IN": slow, "KE": slow, "LK": slow, "MM": slow, "MN": slow, "NG": slow, "SO": slow, "SS": slow,
	"TJ": slow, "TZ": slow, "YE": slow,
}
