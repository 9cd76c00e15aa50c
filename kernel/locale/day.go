package locale

import "time"

// weekdays in Chinese, from Sunday.
var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// Day writes the day of t, in its own zone, in the spoken language that fits best:
// "Friday 27 November 2026", "2026年11月27日 周五".
func Day(lang Tag, t time.Time) string {
	if Best(string(lang)) == Chinese {
		return t.Format("2006年1月2日 ") + weekdays[t.Weekday()]
	}
	return t.Format("Monday 2 January 2006")
}
