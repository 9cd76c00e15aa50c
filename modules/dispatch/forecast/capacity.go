package forecast

// leanHours is how many pieces of work the ordinary day counts for when hours are
// learnt, and ordinaryFrom to ordinaryUntil its hours.
const (
	leanHours     = 24
	ordinaryFrom  = 7
	ordinaryUntil = 20
)

// Hours are the shares of the hours in a day's work, which come to 1, from what came
// in by hour.
func Hours(counts [24]int64) (out [24]float64) {
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	for h, n := range counts {
		prior := 0.0
		if h >= ordinaryFrom && h < ordinaryUntil {
			prior = leanHours / float64(ordinaryUntil-ordinaryFrom)
		}
		out[h] = (prior + float64(n)) / (leanHours + float64(total))
	}
	return out
}

// Sure is on how many days of ten what is kept free for urgent work is enough.
const Sure = 0.9

// mostFree bounds what is kept free, in permille of a day: a network that hardly
// has anything but urgent work promises all the same.
const mostFree = 500

// Limit is how many minutes of a day may be promised ahead, so that its urgent work
// still fits on nine days of ten: visits of so many minutes, each in its way.
func Limit(capacity int64, urgent Expected, minutes int64) int64 {
	if capacity <= 0 {
		return 0
	}
	return capacity - min(urgent.Quantile(Sure)*minutes, capacity*mostFree/1000)
}

// leanTravel is for how many minutes of work and ways the usual share of ways counts,
// and usualTravel that share in permille.
const (
	leanTravel  = 2_400
	usualTravel = 200
)

// TravelShare is the part of working time that goes into ways, in permille, from
// minutes as they were.
func TravelShare(travel, work int64) int64 {
	travel, work = max(0, travel), max(0, work)
	return (travel*1000 + leanTravel*usualTravel) / (travel + work + leanTravel)
}
