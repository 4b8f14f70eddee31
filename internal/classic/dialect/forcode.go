package dialect

import "slices"

// ForCode returns the dialects that pages with this code most likely speak, by the events that it can
// send: for each event, that of the dialects knowing it whose other events the code sends, too. A dialect
// must begin with one of the events.
func (s *Set) ForCode(code string) (likely []*Table) {
	sent := ScanSent(code)
	begun := slices.DeleteFunc(slices.Clone(s.tables), func(t *Table) bool {
		return !slices.ContainsFunc(t.settling(), func(event string) bool { return slices.Contains(sent, event) })
	})
	for _, event := range sent {
		var fitting []*Table
		best := 0
		for _, t := range begun {
			if !t.Knows(event) {
				continue
			}
			score := t.score(sent)
			switch {
			case len(fitting) == 0 || score > best:
				fitting, best = []*Table{t}, score
			case score == best:
				fitting = append(fitting, t)
			}
		}
		for _, t := range fitting {
			if !slices.Contains(likely, t) {
				likely = append(likely, t)
			}
		}
	}
	return likely
}

// score counts the table's events that are sent, minus those that are not.
func (t *Table) score(sent []string) (score int) {
	for event := range t.In {
		if slices.Contains(sent, event) {
			score++
		} else {
			score--
		}
	}
	return score
}

// Listens reports whether pages of the dialect receive something before they have sent an event.
func (t *Table) Listens() bool { return t.Open() || len(t.Out[Greeting]) > 0 }
