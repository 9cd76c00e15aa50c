// Package routing is the mathematics of dispatch: numbers in, routes out.
//
// It promises that a plan keeps every hard rule (windows, shifts, skills,
// certificates, exclusions, pins, frozen starts, working time, load, visits and
// ways), that its cost is the one Cost computes from scratch, that more urgent
// work is never given up for money, and that the same problem, seed and number of
// iterations give the same plan, byte for byte. It knows no clock, no disk and no chance
// of its own: instants, limits and the random source are arguments.
//
// The layers, each built only on those before it: data (Spec, Problem), solution
// (Plan, Schedule, Cost), search (a mutable copy), operators (one move each),
// driver (Solve). Insert and Why answer single questions about a plan.
//
// Units: instants and durations are whole seconds, distances metres, prices minor
// units of one currency, costs Grains.
package routing
