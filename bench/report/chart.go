package report

import (
	"bytes"
	"fmt"
	"html"
	"math"

	"partychat/bench/profile"
	"partychat/bench/stats"
)

// Dimensions of a chart, in pixels.
const (
	width     = 860
	barHeight = 18
	barGap    = 4
	groupGap  = 30
	labels    = 170 // room for the servers' names
	values    = 150 // room behind the longest bar
	top       = 48
	bottom    = 16
)

// chart is a bar chart: groups of bars, one bar per server.
type chart struct {
	title  string
	digits int
	groups []group
}

type group struct {
	title string
	bars  []bar
}

type bar struct {
	title  string
	series int // chooses the colour
	value  stats.Summary
	void   bool
}

// svg draws the chart. All bars share one scale that begins at zero. The thin line
// at a bar's end shows the range from the lowest to the highest value.
func (c *chart) svg() []byte {
	var b bytes.Buffer
	height := c.height()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(c.title))
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="paper" width="%d" height="%d"/>`+"\n", width, height)
	text(&b, 16, 26, "title", c.title)
	scale := c.scale()
	y := top
	for _, g := range c.groups {
		text(&b, 16, y+12, "group", g.title)
		y += barHeight + barGap
		for _, one := range g.bars {
			c.draw(&b, one, y, scale)
			y += barHeight + barGap
		}
		y += groupGap - barHeight
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func (c *chart) height() int {
	height := top + bottom
	for _, g := range c.groups {
		height += (len(g.bars)+1)*(barHeight+barGap) + groupGap - barHeight
	}
	return height
}

// scale returns the number of pixels per unit.
func (c *chart) scale() float64 {
	longest := 0.
	for _, g := range c.groups {
		for _, one := range g.bars {
			longest = max(longest, one.value.Max)
		}
	}
	if longest <= 0 {
		return 0
	}
	return (width - labels - values) / longest
}

func (c *chart) draw(b *bytes.Buffer, one bar, y int, scale float64) {
	fmt.Fprintf(b, `<text x="%d" y="%d" class="label" text-anchor="end">%s</text>`+"\n",
		labels-8, y+13, html.EscapeString(one.title))
	if one.void {
		text(b, labels+4, y+13, "value", "void")
		return
	}
	length := math.Max(1, one.value.Median*scale)
	fmt.Fprintf(b, `<rect class="s%d" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+"\n",
		one.series%seriesCount, labels, y, length, barHeight)
	end := max(length, one.value.Max*scale)
	if one.value.Runs > 1 {
		fmt.Fprintf(b, `<path class="spread" d="M%.1f %dH%.1f"/>`+"\n",
			labels+one.value.Min*scale, y+barHeight/2, labels+one.value.Max*scale)
	}
	text(b, labels+int(end)+6, y+13, "value", number(one.value.Median, c.digits))
}

func text(b *bytes.Buffer, x, y int, class, content string) {
	fmt.Fprintf(b, `<text x="%d" y="%d" class="%s">%s</text>`+"\n", x, y, class, html.EscapeString(content))
}

const seriesCount = 5

// style has the colours for light and dark pages.
const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.group { font-weight: 600; }
.paper { fill: #ffffff; }
.s0 { fill: #d6336c; }
.s1 { fill: #5c7cfa; }
.s2 { fill: #15aabf; }
.s3 { fill: #adb5bd; }
.s4 { fill: #f59f00; }
.spread { stroke: #1f2328; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; }
  .spread { stroke: #e6edf3; }
}
</style>
`

// figure is a chart of a result: one metric of all profiles of one kind.
type figure struct {
	name   string
	kind   profile.Kind
	metric profile.Metric
}

var figures = []figure{
	{"throughput", profile.Closed, profile.PerCPU},
	{"throughput-p99", profile.Closed, profile.P99},
	{"steady", profile.Open, profile.PerCPU},
	{"steady-p99", profile.Open, profile.P99},
	{"store", profile.Store, profile.MessagesPerSec},
	{"durable", profile.Durable, profile.MessagesPerSec},
	{"durable-p99", profile.Durable, profile.P99},
	{"complete", profile.Complete, profile.MessagesPerSec},
	{"complete-p99", profile.Complete, profile.P99},
	{"nodes", profile.Nodes, profile.PerCPU},
	{"memory", profile.Idle, profile.Bytes},
	{"connects", profile.Connect, profile.ConnectsPerCPU},
}

// chart creates the figure's chart; ok is false if nothing was measured.
func (r *Result) chart(f figure) (c chart, ok bool) {
	c = chart{title: f.metric.Title, digits: f.metric.Digits}
	series := make(map[string]int)
	for _, entries := range r.byProfile() {
		if entries[0].Profile.Kind != f.kind {
			continue
		}
		g := group{title: upperFirst(entries[0].Profile.Title)}
		for _, e := range entries {
			if _, known := series[e.Peer]; !known {
				series[e.Peer] = len(series)
			}
			value, measured := e.Summaries[f.metric.Name]
			if measured || e.Void != "" {
				g.bars = append(g.bars, bar{title: e.Title, series: series[e.Peer], value: value, void: e.Void != ""})
			}
			ok = ok || measured
		}
		if len(g.bars) > 0 {
			c.groups = append(c.groups, g)
		}
	}
	return c, ok
}
