package routing

import "slices"

const (
	strainUnit = 1024            // what the least urgent class counts in the search
	strainMost = 64 * strainUnit // and what is pinned
	grades     = 4               // into which jobs are divided by their worth
)

// weighClasses gives a job of one class one more than all of the classes below
// together.
func (p *Problem) weighClasses() {
	var count, weight [classes]int64
	for i := range p.jobs {
		if p.jobs[i].role != delivery && !p.jobs[i].retired {
			count[p.jobs[i].class]++
		}
	}
	for c, w := 1, int64(1); c < classes; c++ {
		weight[c] = w
		w *= count[c] + 1
	}
	for i := range p.jobs {
		j := &p.jobs[i]
		if j.role == delivery {
			j.rank = p.jobs[j.mate].class
			continue
		}
		j.lost, j.rank = weight[j.class], j.class
		if j.class > 0 {
			j.strain = strainUnit << (2 * (j.class - 1))
		}
	}
}

// weighWorth gives a job its worth, and what is pinned more than all others
// together. In the search a job strains by its worth against the average, so that
// two jobs may give way to one of more worth than both.
func (p *Problem) weighWorth() {
	var sum int64
	var worths []int64
	for i := range p.jobs {
		if w := p.spec.Jobs[i].Worth; w > 0 && !p.jobs[i].retired && p.jobs[i].class < classes-1 && p.jobs[i].role != delivery {
			sum += w
			worths = append(worths, w)
		}
	}
	slices.Sort(worths)
	mean := float64(sum) / float64(max(1, len(worths)))
	for i := range p.jobs {
		j, w := &p.jobs[i], p.spec.Jobs[i].Worth
		switch {
		case j.role == delivery: // the pickup speaks for both
		case j.class == classes-1:
			j.lost, j.rank, j.strain = sum+1, grades+1, strainMost
		case w > 0 && !j.retired:
			below, _ := slices.BinarySearch(worths, w)
			j.lost, j.rank = w, int8(1+below*grades/len(worths))
			j.strain = max(1, int32(min(strainMost/2, strainUnit*float64(w)/mean)))
		}
	}
}
