package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/stats"
)

func sample(perCPU, p99, loadBusy float64) profile.Sample {
	return profile.Sample{Values: map[string]float64{
		profile.PerCPU.Name: perCPU, profile.P99.Name: p99,
		profile.LoadBusy.Name: loadBusy, profile.ServerBusy.Name: 50,
	}}
}

func testResult(t *testing.T) *Result {
	t.Helper()
	profiles, err := profile.Select("broadcast-100,broadcast-1000")
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{
		Name:    "test",
		Date:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Machine: proc.Machine{CPU: "Fast & Co", Cores: 2, Go: "go1"},
		Timing:  profile.Timing{Repeats: 2, Measure: time.Second},
	}
	for _, p := range profiles {
		fast := Entry{Profile: p, Peer: "fast", Title: "fast <one>"}
		fast.Add(sample(1_000_000, 1.25, 99), nil)
		fast.Add(sample(3_000_000, 2.25, 10), nil)
		slow := Entry{Profile: p, Peer: "slow", Title: "slow"}
		slow.Add(sample(500, 1, 10), nil)
		slow.Add(profile.Sample{}, errors.New("message 7 was lost"))
		r.Entries = append(r.Entries, fast, slow)
	}
	return r
}

func TestAnEntryIsReducedToMedians(t *testing.T) {
	e := testResult(t).Entries[0]
	want := stats.Summary{Median: 2_000_000, Min: 1_000_000, Max: 3_000_000, Runs: 2}
	if got := e.Summaries[profile.PerCPU.Name]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, ok := e.Summaries[profile.P50.Name]; ok {
		t.Error("got a summary of a metric that was not measured")
	}
}

func TestOneVoidRunVoidsTheEntry(t *testing.T) {
	e := testResult(t).Entries[1]
	if e.Void != "message 7 was lost" || e.Summaries != nil {
		t.Errorf("got %q and %v, want the error and nothing", e.Void, e.Summaries)
	}
	e.Add(sample(1, 1, 1), nil)
	if e.Summaries != nil {
		t.Errorf("after another run: got %v, want nothing", e.Summaries)
	}
}

func TestTheTableHasARowForEachServer(t *testing.T) {
	text := string(testResult(t).markdown([]plot{{file: "a.svg", title: "A"}}))
	for _, want := range []string{
		"# Benchmark test, 2026-03-04",
		"Fast & Co, 2 cores",
		"not pinned",
		"![A](a.svg)",
		"## broadcast-1000\n\n1,000 connections, one room, 64 senders",
		"| fast <one> | 2,000,000 (1,000,000–3,000,000) | – |",
		"| 1.75 (1.25–2.25) |",
		"| slow | void | void |",
		"- slow: void: message 7 was lost",
		"- fast <one>: the load's core was the limit",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("table lacks %q:\n%s", want, text)
		}
	}
}

func TestNumbersHaveCommas(t *testing.T) {
	tests := []struct {
		value  float64
		digits int
		want   string
	}{
		{0, 0, "0"},
		{999, 0, "999"},
		{1000, 0, "1,000"},
		{1234567.6, 0, "1,234,568"},
		{0.126, 2, "0.13"},
		{1234.5, 2, "1,234.50"},
		{-999, 0, "-999"},
		{-1000, 0, "-1,000"},
	}
	for _, test := range tests {
		if got := number(test.value, test.digits); got != test.want {
			t.Errorf("%v: got %q, want %q", test.value, got, test.want)
		}
	}
}

func TestAChartShowsEachServerToScale(t *testing.T) {
	c, ok := testResult(t).chart(figure{"throughput", profile.Closed, profile.PerCPU})
	if !ok {
		t.Fatal("there is no chart")
	}
	texts, widths := read(t, c.svg())
	for _, want := range []string{profile.PerCPU.Title, "100 connections, one room", "fast <one>", "2,000,000", "slow", "void"} {
		if !slices.Contains(texts, want) {
			t.Errorf("chart lacks %q: %q", want, texts)
		}
	}
	// The background, then one bar for each profile: two thirds of the maximum.
	want := []string{"860", "360.0", "360.0"}
	if !slices.Equal(widths, want) {
		t.Errorf("widths: got %v, want %v", widths, want)
	}
}

func TestThereIsNoChartWithoutMeasurements(t *testing.T) {
	if _, ok := testResult(t).chart(figure{"memory", profile.Idle, profile.Bytes}); ok {
		t.Error("got a chart, want none")
	}
}

func TestAResultIsWrittenUnderItsDate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "results")
	paths, err := testResult(t).Write(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	slices.Sort(names)
	want := []string{
		"2026-03-04-test-throughput-p99.svg", "2026-03-04-test-throughput.svg", "2026-03-04-test.json", "2026-03-04-test.md",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files: got %v, want %v", names, want)
	}
	data, err := os.ReadFile(filepath.Join(folder, "2026-03-04-test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var back Result
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Entries) != 4 || len(back.Entries[0].Samples) != 2 {
		t.Errorf("got %d entries, want 4 with all their samples", len(back.Entries))
	}
}

// read returns the texts of a picture and the widths of its rectangles.
func read(t *testing.T, svg []byte) (texts, widths []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts, widths
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch element.Name.Local {
		case "text":
			var content string
			if err := d.DecodeElement(&content, &element); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, content)
		case "rect":
			for _, attr := range element.Attr {
				if attr.Name.Local == "width" {
					widths = append(widths, attr.Value)
				}
			}
		}
	}
}
