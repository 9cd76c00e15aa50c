// Package parts is the language of stock: what lies where, whose it is, what is
// promised, and that it always balances.
//
// It is pure. Package partssvc keeps the stock.
package parts
