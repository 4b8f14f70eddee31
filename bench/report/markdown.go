package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"partychat/bench/profile"
	"partychat/bench/stats"
)

// plot is a picture beside the table.
type plot struct{ file, title string }

// markdown writes the tables: one for each profile that compares servers, with
// a row for each of them, and one for each kind of profile that does not, with
// a row for each profile.
func (r *Result) markdown(plots []plot) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Benchmark %s, %s\n\n", r.Name, r.Date.Format(time.DateOnly))
	r.writeFacts(&b)
	for _, p := range plots {
		fmt.Fprintf(&b, "![%s](%s)\n\n", p.title, p.file)
	}
	for _, group := range r.tables() {
		writeTable(&b, group)
	}
	return b.Bytes()
}

func (r *Result) writeFacts(b *bytes.Buffer) {
	m := r.Machine
	fmt.Fprintf(b, "%s, %d cores, %.0f GiB; %s; %s", m.CPU, m.Cores, float64(m.Memory)/(1<<30), m.Kernel, m.Go)
	if m.Node != "" {
		fmt.Fprintf(b, "; Node %s", m.Node)
	}
	if r.Cores != nil {
		fmt.Fprintf(b, ". Server on core %d, load on core %d", r.Cores.Server, r.Cores.Load)
	} else {
		fmt.Fprint(b, ". **Server and load were not pinned to cores of their own**")
	}
	fmt.Fprintf(b, ". Runs: %d of %v after %v of warm-up; memory after %v. Medians, in parentheses the least and the most.\n\n",
		r.Timing.Repeats, r.Timing.Measure, r.Timing.Warmup, r.Timing.Settle)
}

// byProfile returns the entries in groups of one profile, in order.
func (r *Result) byProfile() [][]Entry {
	var groups [][]Entry
	for _, e := range r.Entries {
		last := len(groups) - 1
		if last < 0 || groups[last][0].Profile.Name != e.Profile.Name {
			groups = append(groups, nil)
			last++
		}
		groups[last] = append(groups[last], e)
	}
	return groups
}

// tables returns the entries in groups of one table, in order.
func (r *Result) tables() [][]Entry {
	var groups [][]Entry
	for _, group := range r.byProfile() {
		last := len(groups) - 1
		if kind := group[0].Profile.Kind; last >= 0 && byLoad(kind) && groups[last][0].Profile.Kind == kind {
			groups[last] = append(groups[last], group...)
			continue
		}
		groups = append(groups, group)
	}
	return groups
}

func writeTable(b *bytes.Buffer, entries []Entry) {
	p := entries[0].Profile
	metrics := p.Kind.Metrics()
	switch {
	case p.Kind == profile.Nodes:
		fmt.Fprintf(b, "## %s\n\n%s\n\n| |", p.Kind, describe(p))
	case byLoad(p.Kind):
		fmt.Fprintf(b, "## %s, %s\n\n%s\n\n| |", entries[0].Title, p.Kind, describe(p))
	default:
		fmt.Fprintf(b, "## %s\n\n%s\n\n| server |", p.Name, describe(p))
	}
	for _, m := range metrics {
		fmt.Fprintf(b, " %s |", m.Title)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(metrics)) + "\n")
	for i := range entries {
		writeRow(b, &entries[i], metrics)
	}
	b.WriteString("\n")
	for i := range entries {
		writeNotes(b, &entries[i])
	}
}

// byLoad says whether a kind's table has a row for each load, not for each
// server under one load.
func byLoad(kind profile.Kind) bool {
	return kind.Suite() != profile.Sockets && kind != profile.Crossing
}

// rowTitle names an entry within its table.
func rowTitle(e *Entry) string {
	switch {
	case e.Profile.Kind == profile.Nodes:
		return e.Title + ", " + e.Profile.Title
	case byLoad(e.Profile.Kind):
		return e.Profile.Title
	default:
		return e.Title
	}
}

func describe(p profile.Profile) string {
	text := upperFirst(p.Title)
	switch p.Kind {
	case profile.Durable:
		return fmt.Sprintf("Senders, each with one message of %d bytes under way; latency until the acknowledgement.", p.Size)
	case profile.Complete:
		return fmt.Sprintf(
			"Readers of one room, %d of them senders, each with one message of %d bytes under way; latency until the last reader has it and its sender knows.",
			p.Senders, p.Size)
	case profile.Store:
		return fmt.Sprintf("Senders of messages of %d bytes, without a server; latency until the commit is durable.", p.Size)
	case profile.Nodes:
		return fmt.Sprintf(
			"%d clients in %d rooms, each room spread over all nodes; %d senders, each with one message of %d bytes under way; latency until the last client of the room has it and its sender knows.",
			p.Clients, p.Rooms, p.Senders, p.Size)
	case profile.Crossing:
		return "One room with two clients at each of two nodes, one message every 20 ms: how late it is at its sender's node, and at the other."
	case profile.Scale:
		return "How long an answer takes, without a server, at places drawn at random: two databases, asked in turns."
	case profile.Closed:
		text += fmt.Sprintf(", %d senders, each with one message of %d bytes under way", p.Senders, p.Size)
	case profile.Open:
		text += fmt.Sprintf(" of %d bytes, at even distances", p.Size)
	case profile.Idle:
		text += ", heartbeats on"
	case profile.Connect:
		text += fmt.Sprintf(": %d clients, up to 64 at a time", p.Clients)
	}
	return text + "."
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func writeRow(b *bytes.Buffer, e *Entry, metrics []profile.Metric) {
	fmt.Fprintf(b, "| %s |", rowTitle(e))
	for _, m := range metrics {
		switch s, ok := e.Summaries[m.Name]; {
		case e.Void != "":
			b.WriteString(" void |")
		case !ok:
			b.WriteString(" – |")
		default:
			fmt.Fprintf(b, " %s |", cell(m, s))
		}
	}
	b.WriteString("\n")
}

// cell shows a figure with its extremes, if it was measured more than once.
func cell(m profile.Metric, s stats.Summary) string {
	text := number(s.Median, m.Digits)
	if s.Runs > 1 {
		text += " (" + number(s.Min, m.Digits) + "–" + number(s.Max, m.Digits) + ")"
	}
	return text
}

func writeNotes(b *bytes.Buffer, e *Entry) {
	who := rowTitle(e)
	if e.Void != "" {
		fmt.Fprintf(b, "- %s: void: %s\n\n", who, e.Void)
	}
	if e.LoadLimited() {
		fmt.Fprintf(b, "- %s: the load's core was the limit; throughput and latency are not the server's.\n\n", who)
	}
	if e.OtherOrder() {
		fmt.Fprintf(b, "- %s: messages of different senders were seen in different orders.\n\n", who)
	}
}

// number writes a number with commas between thousands.
func number(v float64, digits int) string {
	text := strconv.FormatFloat(v, 'f', digits, 64)
	whole, fraction, found := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}

// Line shows a sample in one line.
func Line(kind profile.Kind, sample profile.Sample) string {
	var parts []string
	for _, m := range kind.Metrics() {
		if value, ok := sample.Values[m.Name]; ok {
			parts = append(parts, m.Title+" "+number(value, m.Digits))
		}
	}
	return strings.Join(parts, "; ")
}
