package vroom_test

import "pgregory.net/rapid"

// problem draws a small problem: a day of 600 seconds with all that is supported.
func problem(r *rapid.T) object {
	n := rapid.IntRange(2, 6).Draw(r, "places")
	number := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(r, label) }
	metres, second := number("metres known", 0, 1) == 1, number("second profile", 0, 2) == 0
	matrices := object{"car": drawMatrices(r, n, metres, false)}
	if second {
		matrices["bike"] = drawMatrices(r, n, metres, true)
	}
	var jobs, shipments, vehicles []any
	for i := range number("jobs", 1, 7) {
		jobs = append(jobs, drawJob(r, i, n))
	}
	for i := range number("shipments", 0, 2) {
		shipments = append(shipments, drawShipment(r, i, n))
	}
	for i := range number("vehicles", 1, 3) {
		v := drawVehicle(r, i, n, metres)
		if second && number("by bike", 0, 1) == 0 {
			v["profile"] = "bike" // whose ways have costs of their own
			delete(v["costs"].(object), "per_hour")
			delete(v["costs"].(object), "per_km")
		}
		vehicles = append(vehicles, v)
	}
	if number("paid", 0, 3) == 0 {
		pay(r, jobs, shipments, vehicles)
	}
	out := object{"jobs": jobs, "shipments": shipments, "vehicles": vehicles, "matrices": matrices}
	if number("traffic", 0, 2) == 0 {
		out["traffic"] = object{"car": drawSpeeds(r), "ship": drawSpeeds(r)}
	}
	return out
}

// drawSpeeds draws slow and quick hours.
func drawSpeeds(r *rapid.T) []any {
	out, at := []any{}, rapid.IntRange(0, 100).Draw(r, "from")
	for range rapid.IntRange(0, 5).Draw(r, "speeds") {
		out = append(out, object{"from": at, "speed_factor": float64(rapid.IntRange(200, 2000).Draw(r, "speed")) / 1000})
		at += rapid.IntRange(1, 200).Draw(r, "hours")
	}
	return out
}

// drawMatrices draws the ways of one profile.
func drawMatrices(r *rapid.T, n int, metres, costs bool) object {
	number := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(r, label) }
	durations, distances, prices := make([][]any, n), make([][]int, n), make([][]int, n)
	for i := range n {
		for j := range n {
			leg := any(number("leg", 0, 60))
			if i != j && number("missing", 0, 15) == 0 {
				leg = nil
			} else if i == j {
				leg = 0
			}
			durations[i], distances[i], prices[i] = append(durations[i], leg), append(distances[i], number("metres", 0, 900)), append(prices[i], number("price", 0, 99))
		}
	}
	out := object{"durations": durations}
	if metres {
		out["distances"] = distances
	}
	if costs {
		out["costs"] = prices
	}
	return out
}

func drawJob(r *rapid.T, i, places int) object {
	number := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(r, label) }
	j := object{
		"id": 100 + i, "location_index": number("place", 0, places-1), "setup": number("setup", 0, 20), "service": number("service", 0, 60),
		"priority": number("priority", 0, 3) * 30, "delivery": []any{number("delivery", 0, 3), number("brought", 0, 3)}, "pickup": []any{0, number("pickup", 0, 3)},
	}
	if number("skilled", 0, 2) == 0 {
		j["skills"] = []any{number("skill", 0, 2)}
	}
	if number("typed", 0, 3) == 0 {
		j["service_per_type"], j["setup_per_type"] = object{"van": number("service of a van", 0, 60)}, object{"van": number("setup of a van", 0, 20), "ship": 1}
	}
	if number("equipped", 0, 2) == 0 {
		j["tools"], j["parts"] = []any{number("tool", 0, 3)}, []any{number("parts", 0, 2)}
	}
	var windows []any
	for range number("windows", 0, 3) {
		open := number("open", 0, 500)
		windows = append(windows, []any{open, open + number("width", 0, 100)})
	}
	if windows != nil {
		j["time_windows"] = windows
	}
	return j
}

// drawShipment takes place, time and work of its halves from jobs; ids may be those of jobs.
func drawShipment(r *rapid.T, i, places int) object {
	number := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(r, label) }
	s := object{"amount": []any{number("amount", 0, 3), number("amount", 0, 2)}, "priority": number("priority", 0, 3) * 30}
	for _, half := range []string{"pickup", "delivery"} {
		step := drawJob(r, i, places)
		for _, own := range []string{"skills", "priority", "delivery", "pickup"} {
			delete(step, own)
		}
		s[half] = step
	}
	if number("skilled", 0, 2) == 0 {
		s["skills"] = []any{number("skill", 0, 2)}
	}
	return s
}

func drawVehicle(r *rapid.T, i, places int, metres bool) object {
	number := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(r, label) }
	v := object{"id": 1 + i, "capacity": []any{number("room", 0, 8), number("room", 0, 8)}, "skills": []any{number("skill", 0, 2), 2}}
	ends := number("ends", 0, 4)
	if ends != 0 {
		v["start_index"] = number("start", 0, places-1)
	}
	if ends != 1 {
		v["end_index"] = number("end", 0, places-1)
	}
	if number("hours", 0, 3) > 0 {
		open := number("open", 0, 100)
		v["time_window"] = []any{open, open + number("hours long", 0, 500)}
	}
	costs := object{"fixed": number("fixed", 0, 50)}
	if number("priced", 0, 1) == 1 {
		costs["per_hour"] = number("per hour", 0, 9000)
	}
	if metres {
		costs["per_km"] = number("per km", 0, 90)
	}
	if number("paid by the task", 0, 2) == 0 {
		costs["per_task_hour"] = number("per task hour", 0, 9000)
	}
	v["costs"], v["type"] = costs, []string{"van", "bus"}[number("type", 0, 1)]
	if number("own speed", 0, 2) == 0 {
		v["speed_factor"] = float64(number("speed", 50, 200)) / 100
	}
	if number("limited", 0, 3) == 0 {
		v["max_tasks"] = number("tasks", 0, 4)
	}
	if number("short", 0, 3) == 0 {
		v["max_travel_time"] = number("travel", 0, 200)
	}
	if metres && number("near", 0, 3) == 0 {
		v["max_distance"] = number("distance", 0, 2000)
	}
	if number("refills", 0, 1) == 1 {
		v["refills"], v["tools"], v["parts"] = drawRefills(r, places), []any{number("tool", 0, 3)}, []any{number("parts", 0, 3)}
	}
	if number("rests", 0, 1) == 1 {
		v["breaks"] = drawBreaks(r)
	}
	return v
}

// pay pays by the hour who has no breaks: one that is not due on the way is not paid,
// and a setup that is saved is, which the steps do not tell.
func pay(r *rapid.T, jobs, shipments, vehicles []any) {
	for _, v := range vehicles {
		if v := v.(object); v["breaks"] == nil {
			v["costs"].(object)["per_work_hour"] = rapid.IntRange(0, 9000).Draw(r, "per work hour")
		}
	}
	for _, j := range jobs {
		j.(object)["setup"] = 0
		delete(j.(object), "setup_per_type")
	}
	for _, s := range shipments {
		for _, half := range []string{"pickup", "delivery"} {
			s.(object)[half].(object)["setup"] = 0
			delete(s.(object)[half].(object), "setup_per_type")
		}
	}
}

// drawRefills draws up to two stops where a vehicle may be restocked.
func drawRefills(r *rapid.T, places int) []any {
	var out []any
	for k := range rapid.IntRange(1, 2).Draw(r, "refills") {
		v := object{"id": k, "location_index": rapid.IntRange(0, places-1).Draw(r, "depot"), "service": rapid.IntRange(0, 20).Draw(r, "refilling")}
		if rapid.Bool().Draw(r, "some") {
			v["tools"], v["parts"] = []any{rapid.IntRange(0, 3).Draw(r, "tool")}, []any{rapid.IntRange(0, 4).Draw(r, "parts")}
		}
		out = append(out, v)
	}
	return out
}

// drawBreaks draws breaks whose windows may be several and overlap.
func drawBreaks(r *rapid.T) []any {
	var out []any
	for k := range rapid.IntRange(1, 3).Draw(r, "breaks") {
		var windows []any
		for range rapid.IntRange(1, 3).Draw(r, "break windows") {
			open := rapid.IntRange(0, 500).Draw(r, "break opens")
			windows = append(windows, []any{open, open + rapid.IntRange(0, 150).Draw(r, "break width")})
		}
		out = append(out, object{"id": k, "service": rapid.IntRange(0, 60).Draw(r, "break"), "time_windows": windows})
	}
	return out
}
