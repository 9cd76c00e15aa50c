package catalog

import (
	"fettle.dev/fettle/kernel/fault"
)

// Limits of numbers.
const (
	maxWeightGrams = 10_000_000
	maxQuantity    = 1_000
	maxHints       = 200
	maxMinutes     = 7 * 24 * 60
)

// CheckLine returns l with code and names in form, or says what is wrong.
func CheckLine(l Line) (Line, error) {
	bad := ErrInvalid
	if l.Brand.IsZero() {
		bad = bad.At("/brand", "required")
	}
	l.Code, bad = takeCode(bad, "/code", l.Code)
	l.Names, bad = takeNames(bad, l.Names)
	return l, verdict(bad)
}

// CheckModel returns m with code, names and trade item number in form, or says
// what is wrong.
func CheckModel(m Model) (Model, error) {
	bad := ErrInvalid
	if m.Line.IsZero() {
		bad = bad.At("/line", "required")
	}
	m.Code, bad = takeCode(bad, "/code", m.Code)
	m.Names, bad = takeNames(bad, m.Names)
	if len(m.Attributes) > maxAttributes {
		bad = bad.At("/attributes", "too_many")
	}
	for k, v := range m.Attributes {
		if k == "" || !printable(k, maxCode) || !printable(v, maxAttribute) {
			bad = bad.At("/attributes", "shape")
			break
		}
	}
	if m.GTIN != "" {
		gtin, err := ParseGTIN(string(m.GTIN))
		if err != nil {
			return m, err
		}
		m.GTIN = gtin
	}
	return m, verdict(bad)
}

// CheckPart returns p with number and names in form, or says what is wrong.
func CheckPart(p Part) (Part, error) {
	bad := ErrInvalid
	p.Number, bad = takeCode(bad, "/number", p.Number)
	p.Names, bad = takeNames(bad, p.Names)
	if p.Price.Minor < 0 {
		bad = bad.At("/price/minor", "negative")
	}
	if !p.Price.Currency.Valid() {
		bad = bad.At("/price/currency", "shape")
	}
	if p.WeightGrams < 0 || p.WeightGrams > maxWeightGrams {
		bad = bad.At("/weight_grams", "range")
	}
	return p, verdict(bad)
}

// CheckFit returns f with its symptom codes in form, or says what is wrong.
func CheckFit(f Fit) (Fit, error) {
	bad := ErrInvalid
	if f.Model.IsZero() {
		bad = bad.At("/model", "required")
	}
	if f.Part.IsZero() {
		bad = bad.At("/part", "required")
	}
	if f.Quantity < 1 || f.Quantity > maxQuantity {
		bad = bad.At("/quantity", "range")
	}
	if len(f.Hints) > maxHints {
		bad = bad.At("/hints", "too_many")
	}
	hints := make(map[string]int, len(f.Hints))
	for symptom, permille := range f.Hints {
		code, ok := Code(symptom)
		if !ok || permille < 0 || permille > 1000 {
			bad = bad.At("/hints", "shape")
			break
		}
		hints[code] = permille
	}
	f.Hints = hints
	return f, verdict(bad)
}

// CheckSymptom returns s with code and names in form, or says what is wrong.
func CheckSymptom(s Symptom) (Symptom, error) {
	bad := ErrInvalid
	s.Code, bad = takeCode(bad, "/code", s.Code)
	s.Names, bad = takeNames(bad, s.Names)
	return s, verdict(bad)
}

// CheckFix returns f with code and names in form, or says what is wrong.
func CheckFix(f Fix) (Fix, error) {
	bad := ErrInvalid
	f.Code, bad = takeCode(bad, "/code", f.Code)
	f.Names, bad = takeNames(bad, f.Names)
	if f.Minutes < 0 || f.Minutes > maxMinutes {
		bad = bad.At("/minutes", "range")
	}
	return f, verdict(bad)
}

func takeCode(bad *fault.Fault, pointer, s string) (string, *fault.Fault) {
	code, ok := Code(s)
	if !ok {
		bad = bad.At(pointer, "shape")
	}
	return code, bad
}

func takeNames(bad *fault.Fault, n Names) (Names, *fault.Fault) {
	out, wrong := n.clean()
	if wrong != "" {
		bad = bad.At("/names", wrong)
	}
	return out, bad
}

func checkDay(bad *fault.Fault, pointer string, d, today Day) *fault.Fault {
	switch {
	case d == "":
	case !d.Valid():
		bad = bad.At(pointer, "shape")
	case d > today:
		bad = bad.At(pointer, "in_the_future")
	}
	return bad
}

// stateOf returns the unit's state, or the one that its days tell when it names
// none, and notes a state that does not fit the days.
func stateOf(u Unit, bad *fault.Fault) (UnitState, *fault.Fault) {
	told := Made
	switch {
	case u.InstalledOn != "":
		told = Installed
	case u.SoldOn != "":
		told = Sold
	}
	switch u.State {
	case "":
		return told, bad
	case Made:
		if told != Made {
			bad = bad.At("/state", "does_not_fit_days")
		}
	case Sold:
		if told == Installed {
			bad = bad.At("/state", "does_not_fit_days")
		}
	case Installed, Retired:
	default:
		bad = bad.At("/state", "unknown")
	}
	return u.State, bad
}
