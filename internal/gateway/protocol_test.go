package gateway

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partychat/socketio"
)

// described gives what the tables of docs/PROTOCOL.md have behind an arrow, each as
// often as it stands there: commands behind →, events behind ←.
func described(t *testing.T, arrow string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	_, tables, _ := strings.Cut(string(text), "\n## 2. ") // what comes before explains the notation
	for _, row := range regexp.MustCompile("(?m)^\\| "+arrow+" `([a-z:]+)` \\|").FindAllStringSubmatch(tables, -1) {
		names = append(names, row[1])
	}
	slices.Sort(names)
	return names
}

func TestTheProtocolDescribesEveryCommandOnce(t *testing.T) {
	g := &Gateway{sockets: socketio.NewServer(socketio.Options{}).Of("/"), commands: make(map[string]struct{})}
	g.registerCommands()
	if got, want := described(t, "→"), slices.Sorted(maps.Keys(g.commands)); !slices.Equal(got, want) {
		t.Errorf("docs/PROTOCOL.md describes %q, want %q", got, want)
	}
}

func TestTheProtocolDescribesEveryEventOnce(t *testing.T) {
	source, err := os.ReadFile("../wire/event.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, constant := range regexp.MustCompile(`(?m)^\tEvent\w+ += "([a-z:]+)"$`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, constant[1])
	}
	slices.Sort(want)
	if got := described(t, "←"); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("docs/PROTOCOL.md describes %q, want %q", got, want)
	}
}
