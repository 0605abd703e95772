package when

import "time"

// A feast is a day of the year that people name.
type feast struct {
	words []string
	month time.Month
	day   int
}

var feasts = []feast{
	{[]string{"new", "year's", "eve"}, time.December, 31},
	{[]string{"new", "years", "eve"}, time.December, 31},
	{[]string{"new", "year's", "day"}, time.January, 1},
	{[]string{"new", "year's"}, time.January, 1},
	{[]string{"new", "year"}, time.January, 1},
	{[]string{"valentine's", "day"}, time.February, 14},
	{[]string{"valentine's"}, time.February, 14},
	{[]string{"st", "patrick's", "day"}, time.March, 17},
	{[]string{"halloween"}, time.October, 31},
	{[]string{"christmas", "eve"}, time.December, 24},
	{[]string{"christmas", "day"}, time.December, 25},
	{[]string{"christmas"}, time.December, 25},
	{[]string{"xmas"}, time.December, 25},
	{[]string{"boxing", "day"}, time.December, 26},
}

// holiday reads the name of a feast where a preposition says that the day is
// meant: "by Christmas", not "loves Christmas".
func (r reader) holiday(i int) (part, bool) {
	if r.lead(i) == "" && !r.is(i-1, "this") && !r.is(i-1, "next") && !r.is(i-1, "last") && i != 0 {
		return part{}, false
	}
	for _, f := range feasts {
		if r.is(i, f.words...) {
			p := part{spec{said: fieldName | fieldDay, month: f.month, day: f.day}, i + len(f.words)}
			p.which = whiches[r.at(i-1).text]
			return r.withYear(p), true
		}
	}
	return part{}, false
}
