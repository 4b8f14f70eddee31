package dialect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Error says what is wrong in a file, where, and how to correct it.
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

// reader reads one file. The first error ends it: fail panics with a *Error, which Read recovers,
// so that no step has to pass it on.
type reader struct{ file string }

func (r *reader) fail(line int, format string, args ...any) {
	panic(&Error{File: r.file, Line: line, Problem: fmt.Sprintf(format, args...)})
}

var yamlError = regexp.MustCompile(`(?s)^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// failYAML reports an error of the YAML parser.
func (r *reader) failYAML(err error, content []byte) {
	parts := yamlError.FindStringSubmatch(err.Error())
	line, problem := 0, parts[2]
	if parts[1] != "" {
		line, _ = strconv.Atoi(parts[1]) // digits; 0 (no line) if it overflows
	}
	switch {
	case strings.HasPrefix(problem, "did not find expected"):
		// The library counts the lines of these errors from 0, and the end as one more.
		line = min(line+1, 1+bytes.Count(bytes.TrimRight(content, "\n"), []byte("\n")))
	case strings.Contains(problem, "cannot start any token"):
		problem += "; indent with spaces instead of tabs, and put texts that begin with a sign into quotation marks"
	case line == 0 && !utf8.Valid(content):
		problem += "; save the file as UTF-8"
	}
	r.fail(line, "not valid YAML: %s", problem)
}

// entry is a member of a mapping.
type entry struct {
	key   string
	line  int
	value *yaml.Node
}

// mapping returns the members of a mapping. Its keys must be among the known ones unless known is
// nil. what names the mapping in errors.
func (r *reader) mapping(node *yaml.Node, what string, known []string) []entry {
	r.noAlias(node, what)
	if node.Kind != yaml.MappingNode {
		r.fail(node.Line, "%s must be a list of keys with values, such as {%s: …}", what, first(known))
	}
	entries := make([]entry, 0, len(node.Content)/2)
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			r.fail(key.Line, "%s: a key must be a word; put it into quotation marks if it contains special characters", what)
		}
		if known != nil && !slices.Contains(known, key.Value) {
			r.fail(key.Line, "%s has no %q%s; its keys are %s", what, key.Value, guess(key.Value, known), strings.Join(known, ", "))
		}
		if slices.ContainsFunc(entries, func(e entry) bool { return e.key == key.Value }) {
			r.fail(key.Line, "%s has %q twice; remove one", what, key.Value)
		}
		r.noAlias(value, key.Value)
		entries = append(entries, entry{key.Value, key.Line, value})
	}
	return entries
}

// noAlias refuses YAML aliases.
func (r *reader) noAlias(node *yaml.Node, what string) {
	if node.Kind == yaml.AliasNode {
		r.fail(node.Line, "%s: write the value out instead of *%s", what, node.Value)
	}
}

func first(known []string) string {
	if len(known) == 0 {
		return "key"
	}
	return known[0]
}

// itemsOf returns the items of a list; a single value is a list of one.
func itemsOf(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}

func (r *reader) text(e entry) string {
	r.noAlias(e.value, e.key)
	if e.value.Kind != yaml.ScalarNode || e.value.Tag == "!!null" {
		r.fail(e.value.Line, "%s must be a text", e.key)
	}
	return e.value.Value
}

// texts reads a text or a list of them.
func (r *reader) texts(e entry) []string {
	var all []string
	for _, item := range itemsOf(e.value) {
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

// oneOf reads one of the known words.
func (r *reader) oneOf(e entry, known []string) string {
	word := r.text(e)
	if !slices.Contains(known, word) {
		r.fail(e.value.Line, "%s must be %s, not %q%s", e.key, strings.Join(known, ", "), word, guess(word, known))
	}
	return word
}

// plain reads a JSON value.
func (r *reader) plain(node *yaml.Node, depth int) any {
	if depth > depthMax {
		r.fail(node.Line, "this is nested more than %d deep", depthMax)
	}
	switch node.Kind {
	case yaml.ScalarNode:
		return r.scalar(node)
	case yaml.SequenceNode:
		items := make([]any, len(node.Content))
		for i, item := range node.Content {
			items[i] = r.plain(item, depth+1)
		}
		return items
	default:
		members := map[string]any{}
		for _, e := range r.mapping(node, "an object", nil) {
			members[e.key] = r.plain(e.value, depth+1)
		}
		return members
	}
}

// scalar reads a text, a number, true, false or null.
func (r *reader) scalar(node *yaml.Node) any {
	if node.Tag == "!!str" || node.Tag == "!!timestamp" { // a date without quotation marks stays as it is written
		return node.Value
	}
	var value any
	if err := node.Decode(&value); err != nil || !isJSON(value) {
		r.fail(node.Line, "%q is not a value; put it into quotation marks", node.Value)
	}
	return value
}

// isJSON reports whether a value can be sent: YAML has numbers that JSON lacks.
func isJSON(value any) bool {
	_, err := json.Marshal(value)
	return err == nil
}

// guess returns a hint naming the known word that is closest to a mistyped one.
func guess(word string, known []string) string {
	for _, k := range known {
		if distance(word, k) <= 2 && len(k) > 2 {
			return fmt.Sprintf(" (did you mean %q?)", k)
		}
	}
	return ""
}

// distance returns how many letters must be changed, added or removed to turn one word into the
// other.
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
