// Package report stores results and presents them: as JSON with every run, as
// Markdown tables, and as SVG plots.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/stats"
)

// Result is everything that one call of the benchmark has measured.
type Result struct {
	Name    string         `json:"name"`
	Date    time.Time      `json:"date"`
	Machine proc.Machine   `json:"machine"`
	Cores   *proc.Cores    `json:"cores"` // null if server and load shared all cores
	Timing  profile.Timing `json:"timing"`
	Entries []Entry        `json:"entries"`
}

// Entry is the result of one server under one profile.
type Entry struct {
	Profile   profile.Profile          `json:"profile"`
	Peer      string                   `json:"peer"`
	Title     string                   `json:"title"` // the peer's
	Summaries map[string]stats.Summary `json:"summaries"`
	Samples   []profile.Sample         `json:"samples"`
	// Void is why there is no result. One void run makes the entry void.
	Void string `json:"void,omitempty"`
}

// Add adds a run's sample, or the error that makes the entry void.
func (e *Entry) Add(sample profile.Sample, err error) {
	if err != nil {
		e.Void, e.Summaries = err.Error(), nil
		return
	}
	e.Samples = append(e.Samples, sample)
	if e.Void == "" {
		e.summarize()
	}
}

func (e *Entry) summarize() {
	e.Summaries = make(map[string]stats.Summary)
	for _, metric := range e.Profile.Kind.Metrics() {
		var values []float64
		for i := range e.Samples {
			if value, ok := e.Samples[i].Values[metric.Name]; ok {
				values = append(values, value)
			}
		}
		if len(values) > 0 {
			e.Summaries[metric.Name] = stats.Summarize(values)
		}
	}
}

// LoadLimited reports whether the load generator was the bottleneck in any run.
func (e *Entry) LoadLimited() bool {
	for i := range e.Samples {
		if e.Samples[i].LoadLimited() {
			return true
		}
	}
	return false
}

// OtherOrder reports whether clients received different orders in any run.
func (e *Entry) OtherOrder() bool {
	for i := range e.Samples {
		if e.Samples[i].OtherOrder {
			return true
		}
	}
	return false
}

// Write writes the result into a folder: DATE-NAME.json, DATE-NAME.md and
// DATE-NAME-FIGURE.svg. It returns the paths.
func (r *Result) Write(folder string) (paths []string, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // results are for everyone
		return nil, err
	}
	stem := r.Date.Format(time.DateOnly) + "-" + r.Name
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	files := map[string][]byte{stem + ".json": append(data, '\n')}
	var plots []plot
	for _, figure := range figures {
		chart, ok := r.chart(figure)
		if !ok {
			continue
		}
		name := stem + "-" + figure.name + ".svg"
		files[name] = chart.svg()
		plots = append(plots, plot{file: name, title: chart.title})
	}
	files[stem+".md"] = r.markdown(plots)
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // results are for everyone
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}
