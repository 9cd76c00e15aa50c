package real

// Category is how a brand's network treats a category of the records. Prices are
// round figures of ours for a new product, made up.
type Category struct {
	Name       string // as the records write it
	Out        Reason // why the network does not serve it; "": it does
	Modes      string // ways in which it may be served
	PriceMinor int64  // of a new one, in cents of a euro
	Minutes    int64  // of work that are reckoned with
}

// Reason says why a category is not served.
type Reason string

// The reasons.
const (
	TooCheap   Reason = "too_cheap"   // carrying it anywhere costs more than a new one
	NoUnit     Reason = "no_unit"     // no product with a serial: a consumable, or no product line at all
	OtherTrade Reason = "other_trade" // served by craftsmen of another trade
)

// Why says a reason in words.
func (r Reason) Why() string {
	switch r {
	case TooCheap:
		return "to carry it anywhere costs more than a new one"
	case NoUnit:
		return "no product with a serial of its own"
	case OtherTrade:
		return "another trade serves it"
	default:
		return ""
	}
}

// The ways in which sorts of products may be served: by whether they can be
// carried, and whether advice helps beyond what the brand has said before it
// sent the order.
const (
	carried   = "remote carry_in mail_in swap" // settings, programs, batteries: advice may do
	mechanics = "carry_in mail_in swap"        // nobody mends a bearing by telephone
	visited   = "on_site swap"                 // nobody carries it
	either    = "remote carry_in on_site swap"
)

// Categories are all categories of the records, by name.
var Categories = []Category{
	{Name: "Aircon/dehumidifier", Modes: visited, PriceMinor: 45000, Minutes: 75},
	{Name: "Battery/charger/adapter", Out: NoUnit},
	{Name: "Coffee maker", Modes: carried, PriceMinor: 25000, Minutes: 45},
	{Name: "DSLR/video camera", Modes: carried, PriceMinor: 70000, Minutes: 60},
	{Name: "Decorative or safety lights", Out: TooCheap},
	{Name: "Desktop computer", Modes: either, PriceMinor: 65000, Minutes: 60},
	{Name: "Digital compact camera", Modes: carried, PriceMinor: 22000, Minutes: 45},
	{Name: "Fan", Modes: mechanics, PriceMinor: 6000, Minutes: 30},
	{Name: "Flat screen", Modes: either, PriceMinor: 50000, Minutes: 60},
	{Name: "Food processor", Modes: mechanics, PriceMinor: 15000, Minutes: 45},
	{Name: "Games console", Modes: carried, PriceMinor: 40000, Minutes: 45},
	{Name: "Hair & beauty item", Out: TooCheap},
	{Name: "Hair dryer", Out: TooCheap},
	{Name: "Handheld entertainment device", Modes: carried, PriceMinor: 18000, Minutes: 45},
	{Name: "Headphones", Modes: carried, PriceMinor: 15000, Minutes: 30},
	{Name: "Hi-Fi integrated", Modes: carried, PriceMinor: 28000, Minutes: 60},
	{Name: "Hi-Fi separates", Modes: carried, PriceMinor: 35000, Minutes: 60},
	{Name: "Iron", Modes: mechanics, PriceMinor: 8000, Minutes: 30},
	{Name: "Kettle", Out: TooCheap},
	{Name: "Lamp", Out: TooCheap},
	{Name: "Laptop", Modes: carried, PriceMinor: 75000, Minutes: 60},
	{Name: "Large home electrical", Modes: visited, PriceMinor: 60000, Minutes: 75},
	{Name: "Misc", Out: NoUnit},
	{Name: "Mobile", Modes: carried, PriceMinor: 45000, Minutes: 40},
	{Name: "Musical instrument", Out: OtherTrade},
	{Name: "PC accessory", Modes: carried, PriceMinor: 6000, Minutes: 30},
	{Name: "Paper shredder", Modes: mechanics, PriceMinor: 9000, Minutes: 30},
	{Name: "Portable radio", Modes: carried, PriceMinor: 12000, Minutes: 40},
	{Name: "Power tool", Modes: mechanics, PriceMinor: 14000, Minutes: 40},
	{Name: "Printer/scanner", Modes: either, PriceMinor: 18000, Minutes: 45},
	{Name: "Projector", Modes: carried, PriceMinor: 50000, Minutes: 60},
	{Name: "Sewing machine", Modes: mechanics, PriceMinor: 30000, Minutes: 60},
	{Name: "Small home electrical", Modes: carried, PriceMinor: 9000, Minutes: 40},
	{Name: "Small kitchen item", Modes: mechanics, PriceMinor: 8000, Minutes: 40},
	{Name: "TV and gaming-related accessories", Out: NoUnit},
	{Name: "Tablet", Modes: carried, PriceMinor: 35000, Minutes: 45},
	{Name: "Toaster", Out: TooCheap},
	{Name: "Toy", Out: OtherTrade},
	{Name: "Vacuum", Modes: mechanics, PriceMinor: 20000, Minutes: 45},
	{Name: "Watch/clock", Out: OtherTrade},
}

// categoryOf returns the category of that name. One that nobody knows is not
// served, for want of a product line.
func categoryOf(name string) Category {
	for _, c := range Categories {
		if c.Name == name {
			return c
		}
	}
	return Category{Name: name, Out: NoUnit}
}

// Served reports whether the network serves the category.
func (c Category) Served() bool { return c.Out == "" }
