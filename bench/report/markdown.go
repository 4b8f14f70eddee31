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

// plot is an image next to the table.
type plot struct{ file, title string }

// markdown writes the tables. A profile that compares servers has its own table
// with a row per server. For other kinds of profile, each kind has a table with a
// row per profile.
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
		fmt.Fprint(b, ". **Server and load were not pinned to separate cores**")
	}
	fmt.Fprintf(b, ". Runs: %d of %v after %v of warm-up; memory after %v. Medians; in parentheses, the minimum and the maximum.\n\n",
		r.Timing.Repeats, r.Timing.Measure, r.Timing.Warmup, r.Timing.Settle)
}

// byProfile groups the entries by profile, in order.
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

// tables groups the entries by table, in order.
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

// byLoad reports whether a kind's table has a row per load, rather than a row per
// server.
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
		return fmt.Sprintf("Senders, each with one message of %d bytes in flight; latency until the acknowledgement.", p.Size)
	case profile.Complete:
		return fmt.Sprintf(
			"Readers of one room, %d of them senders, each with one message of %d bytes in flight; latency until the last reader has received it and it is acknowledged.",
			p.Senders, p.Size)
	case profile.Return:
		return "Users connect once, leave, and connect again, up to 64 at a time: first without naming the revs they know, then naming them. " +
			"Latency from before a client opens its connection until it is greeted."
	case profile.Store:
		return fmt.Sprintf("Senders of messages of %d bytes, without a server; latency until the commit is durable.", p.Size)
	case profile.Nodes:
		return fmt.Sprintf(
			"%d clients in %d rooms, each room spread over all nodes; %d senders, each with one message of %d bytes in flight; latency until the last client of the room has received it and it is acknowledged.",
			p.Clients, p.Rooms, p.Senders, p.Size)
	case profile.Crossing:
		return "One room with two clients at each of two nodes, one message every 20 ms: its delay on its sender's node, and on the other."
	case profile.Scale:
		return "How long an answer takes, without a server, at random positions: two databases, queried in turn."
	case profile.Closed:
		text += fmt.Sprintf(", %d senders, each with one message of %d bytes in flight", p.Senders, p.Size)
	case profile.Open:
		text += fmt.Sprintf(" of %d bytes, at equal intervals", p.Size)
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

// cell formats a figure, with its extremes if it was measured more than once.
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

// number formats a number with commas between thousands.
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

// Line formats a sample on one line.
func Line(kind profile.Kind, sample profile.Sample) string {
	var parts []string
	for _, m := range kind.Metrics() {
		if value, ok := sample.Values[m.Name]; ok {
			parts = append(parts, m.Title+" "+number(value, m.Digits))
		}
	}
	return strings.Join(parts, "; ")
}
