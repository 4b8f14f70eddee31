package dialect

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Error says what is wrong in a file, where, and what to write instead.
type Error struct {
	File    string
	Line    int // 0: the file as a whole
	Problem string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Problem
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
}

// reader reads one file. The first thing that is wrong ends it: fail panics with a
// *Error, which Read recovers, so that each step need not pass it on.
type reader struct{ file string }

func (r *reader) fail(line int, format string, args ...any) {
	panic(&Error{File: r.file, Line: line, Problem: fmt.Sprintf(format, args...)})
}

// entry is a member of a mapping.
type entry struct {
	key   string
	line  int
	value *yaml.Node
}

// mapping gives the members of a mapping, whose keys must be among the known ones
// unless those are nil. What names the mapping in errors.
func (r *reader) mapping(node *yaml.Node, what string, known []string) []entry {
	if node.Kind != yaml.MappingNode {
		r.fail(node.Line, "%s must be a list of keys with values, such as {%s: …}", what, first(known))
	}
	entries := make([]entry, 0, len(node.Content)/2)
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			r.fail(key.Line, "%s: a key must be a word; put it into quotation marks if it has signs", what)
		}
		if known != nil && !slices.Contains(known, key.Value) {
			r.fail(key.Line, "%s has no %q%s; its keys are %s", what, key.Value, guess(key.Value, known), strings.Join(known, ", "))
		}
		if slices.ContainsFunc(entries, func(e entry) bool { return e.key == key.Value }) {
			r.fail(key.Line, "%s has %q twice; remove one", what, key.Value)
		}
		if value.Kind == yaml.AliasNode {
			r.fail(value.Line, "%s: write the value out instead of *%s", key.Value, value.Value)
		}
		entries = append(entries, entry{key.Value, key.Line, value})
	}
	return entries
}

func first(known []string) string {
	if len(known) == 0 {
		return "key"
	}
	return known[0]
}

// items gives the items of a list; a single value is a list of one.
func (r *reader) items(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}

func (r *reader) text(e entry) string {
	if e.value.Kind != yaml.ScalarNode || e.value.Tag == "!!null" {
		r.fail(e.value.Line, "%s must be a text", e.key)
	}
	return e.value.Value
}

// texts reads a text or a list of them.
func (r *reader) texts(e entry) []string {
	var all []string
	for _, item := range r.items(e.value) {
		all = append(all, r.text(entry{e.key, e.line, item}))
	}
	return all
}

func (r *reader) flag(e entry) (yes bool) {
	if e.value.Tag != "!!bool" || e.value.Decode(&yes) != nil {
		r.fail(e.value.Line, "%s must be true or false", e.key)
	}
	return yes
}

func (r *reader) number(e entry, most int) (n int) {
	if e.value.Tag != "!!int" || e.value.Decode(&n) != nil || n < 0 || n > most {
		r.fail(e.value.Line, "%s must be a whole number from 0 to %d", e.key, most)
	}
	return n
}

// oneOf reads a word that must be among the known ones.
func (r *reader) oneOf(e entry, known []string) string {
	word := r.text(e)
	if !slices.Contains(known, word) {
		r.fail(e.value.Line, "%s must be %s, not %q%s", e.key, strings.Join(known, ", "), word, guess(word, known))
	}
	return word
}

// guess names the known word that a mistyped one is close to.
func guess(word string, known []string) string {
	for _, k := range known {
		if distance(word, k) <= 2 && len(k) > 2 {
			return fmt.Sprintf(" (did you mean %q?)", k)
		}
	}
	return ""
}

// distance is how many letters must be changed, added or removed between two words.
func distance(a, b string) int {
	if len(a) > 32 || len(b) > 32 {
		return 32
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
