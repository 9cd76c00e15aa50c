// Package settlement is the language of money between the operator, its brands,
// its partners and its customers: prices, rated lines, a double-entry journal
// and statements.
//
// It is pure. Package settlementsvc keeps the books.
package settlement

// Party is the sort of company or person that a statement is for.
type Party string

// The parties.
const (
	ToBrand    Party = "brand"
	ToPartner  Party = "partner"
	ToCustomer Party = "customer"
)
