package travel

import "time"

// Profile is how fast one drives by weekday and hour of the local day, in permille
// of the speed that ways are measured by.
type Profile [7][24]int64

// Rush is the built-in profile: slow when people drive to work and home, on
// Saturdays around noon, faster at night. It is a convention, not a measurement:
// over the hours from eight to eighteen of a working day it comes to about the
// speed of the model, so that plans with and without it agree in the mean.
func Rush() Profile {
	var p Profile
	for day := range p {
		for hour := range p[day] {
			p[day][hour] = 1100
			switch weekday := time.Weekday(day); {
			case hour < 6 || hour >= 21:
				p[day][hour] = 1200
			case weekday == time.Sunday:
				p[day][hour] = 1150
			case weekday == time.Saturday && hour >= 10 && hour < 17:
				p[day][hour] = 950
			case weekday != time.Saturday && (hour == 7 || hour == 8):
				p[day][hour] = 800
			case weekday != time.Saturday && hour >= 16 && hour < 19:
				p[day][hour] = 800
			}
		}
	}
	return p
}

// At is the permille of speed at a local time.
func (p *Profile) At(local time.Time) int64 { return p[local.Weekday()][local.Hour()] }
