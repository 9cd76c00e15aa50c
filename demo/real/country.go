package real

import (
	"fettle.dev/fettle/kernel/geo"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/warranty"
)

// Country is a country of the records, with the node that serves it. Months are
// how long a maker or seller stands for a product, as a rule; levels of prices
// are round figures of ours, no rates of exchange.
type Country struct {
	Alpha3   string // as the records write it
	Code     locale.Country
	City     string // of the node
	Point    geo.Point
	Zone     string
	Currency money.Currency
	Level    int64         // thousandths of a minor unit that stand for a cent of a euro
	Months   int           // of warranty
	Law      warranty.Kind // whose months they are
	Partner  bool          // a partner runs the node
	Crew     int           // technicians who visit
}

// Countries are the countries of the records.
var Countries = []Country{
	{"AUT", "AT", "Vienna", geo.At(48.208, 16.372), "Europe/Vienna", "EUR", 1000, 24, warranty.Statutory, true, 1},
	{"BEL", "BE", "Brussels", geo.At(50.850, 4.349), "Europe/Brussels", "EUR", 1000, 24, warranty.Statutory, true, 2},
	{"BEN", "BJ", "Porto-Novo", geo.At(6.496, 2.604), "Africa/Porto-Novo", "XOF", 6500, 12, warranty.Manufacturer, true, 1},
	{"CAN", "CA", "Toronto", geo.At(43.700, -79.416), "America/Toronto", "CAD", 1500, 12, warranty.Manufacturer, true, 1},
	{"CHE", "CH", "Zurich", geo.At(47.367, 8.550), "Europe/Zurich", "CHF", 1200, 24, warranty.Statutory, true, 1},
	{"DEU", "DE", "Berlin", geo.At(52.524, 13.411), "Europe/Berlin", "EUR", 1000, 24, warranty.Statutory, false, 2},
	{"ESP", "ES", "Madrid", geo.At(40.417, -3.703), "Europe/Madrid", "EUR", 850, 24, warranty.Statutory, true, 1},
	{"GBR", "GB", "London", geo.At(51.509, -0.126), "Europe/London", "GBP", 900, 12, warranty.Manufacturer, false, 2},
	{"HKG", "HK", "Hong Kong", geo.At(22.278, 114.175), "Asia/Hong_Kong", "HKD", 8000, 12, warranty.Manufacturer, true, 1},
	{"IRL", "IE", "Dublin", geo.At(53.333, -6.249), "Europe/Dublin", "EUR", 1100, 24, warranty.Statutory, true, 1},
	{"ISL", "IS", "Reykjavik", geo.At(64.135, -21.895), "Atlantic/Reykjavik", "ISK", 1500, 24, warranty.Statutory, true, 1},
	{"ITA", "IT", "Rome", geo.At(41.892, 12.511), "Europe/Rome", "EUR", 900, 24, warranty.Statutory, true, 1},
	{"LUX", "LU", "Luxembourg", geo.At(49.611, 6.130), "Europe/Luxembourg", "EUR", 1100, 24, warranty.Statutory, true, 1},
	{"NLD", "NL", "Amsterdam", geo.At(52.374, 4.890), "Europe/Amsterdam", "EUR", 1000, 24, warranty.Statutory, true, 1},
	{"NOR", "NO", "Oslo", geo.At(59.913, 10.746), "Europe/Oslo", "NOK", 12000, 60, warranty.Statutory, true, 1},
	{"SWE", "SE", "Stockholm", geo.At(59.333, 18.065), "Europe/Stockholm", "SEK", 11000, 36, warranty.Statutory, true, 1},
	{"TWN", "TW", "Taipei", geo.At(25.053, 121.526), "Asia/Taipei", "TWD", 33000, 12, warranty.Manufacturer, true, 1},
	{"USA", "US", "Minneapolis", geo.At(44.980, -93.264), "America/Chicago", "USD", 1100, 12, warranty.Manufacturer, true, 2},
}

// countryOf returns the country that the records write so.
func countryOf(alpha3 string) (Country, bool) {
	for _, c := range Countries {
		if c.Alpha3 == alpha3 {
			return c, true
		}
	}
	return Country{}, false
}

// local is what so many cents of a euro are at the country's level of prices.
func (c Country) local(cents int64) int64 { return cents * c.Level / 1000 }
