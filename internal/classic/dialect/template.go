package dialect

import (
	"maps"
	"slices"
	"strings"
)

// Values maps the words of a template, written $word, to their values. The value of a list word is
// a []Values, one for each item. A word without a value is left out, with the member whose value it
// is.
type Values map[string]any

// Template is a JSON value that contains words. A text that consists of a word becomes the word's
// value, with its type; inside a longer text the value is written out. An object whose only member
// is a list word becomes a list: the member's value, filled in for each item.
type Template struct {
	value any // nil, bool, int, float64, text, list, object, each or same
}

type (
	text   []segment
	list   []Template
	object map[string]Template
	// each is a list of one template filled in for each item of a word.
	each struct {
		word string
		item Template
	}
	// same is the object that the sender has sent, with members replaced.
	same struct{ over object }
)

// segment is a part of a text: a word or literal text.
type segment struct {
	word    string
	literal string
}

// scope looks words up: inside a list item, first among the item's words.
type scope struct {
	values Values
	outer  *scope
}

func (s *scope) find(word string) any {
	for ; s != nil; s = s.outer {
		if value, ok := s.values[word]; ok {
			return value
		}
	}
	return nil
}

// Fill returns the template with the values filled in, or false if nothing is left.
func (t Template) Fill(values Values) (filled any, ok bool) {
	return t.fill(&scope{values: values})
}

func (t Template) fill(s *scope) (any, bool) {
	switch v := t.value.(type) {
	case text:
		return v.fill(s)
	case list:
		return v.fill(s), true
	case object:
		return v.fill(s), true
	case each:
		items, ok := s.find(v.word).([]Values)
		if !ok {
			return nil, false
		}
		filled := make([]any, 0, len(items))
		for _, item := range items {
			if value, ok := v.item.fill(&scope{values: item, outer: s}); ok {
				filled = append(filled, value)
			}
		}
		return filled, true
	case same:
		return v.fill(s), true
	default:
		return v, true
	}
}

func (t text) fill(s *scope) (any, bool) {
	if len(t) == 1 && t[0].word != "" {
		value := s.find(t[0].word)
		return value, value != nil
	}
	var b strings.Builder
	for _, segment := range t {
		if segment.word == "" {
			b.WriteString(segment.literal)
			continue
		}
		value := s.find(segment.word)
		if value == nil {
			return nil, false
		}
		b.WriteString(written(value))
	}
	return b.String(), true
}

func (l list) fill(s *scope) []any {
	filled := make([]any, 0, len(l))
	for _, item := range l {
		if value, ok := item.fill(s); ok {
			filled = append(filled, value)
		}
	}
	return filled
}

func (o object) fill(s *scope) map[string]any {
	filled := make(map[string]any, len(o))
	for name, member := range o {
		if value, ok := member.fill(s); ok {
			filled[name] = value
		}
	}
	return filled
}

func (o same) fill(s *scope) map[string]any {
	sent, _ := s.find(wordSame).(map[string]any)
	kept, _ := s.find(wordKept).([]string)
	filled := make(map[string]any, len(sent)+len(o.over))
	maps.Copy(filled, sent)
	for name, value := range o.over.fill(s) {
		if _, there := sent[name]; !there || !slices.Contains(kept, name) {
			filled[name] = value
		}
	}
	return filled
}

// names reports whether the template mentions the person that the event is about, outside list
// items.
func (t Template) names() bool {
	switch v := t.value.(type) {
	case text:
		return slices.ContainsFunc(v, func(s segment) bool { return slices.Contains(person, s.word) })
	case list:
		return slices.ContainsFunc(v, Template.names)
	case object:
		for _, member := range v {
			if member.names() {
				return true
			}
		}
	case same:
		return Template{value: v.over}.names()
	}
	return false
}

// HasMessages reports whether the acknowledgement lists messages.
func (a *Ack) HasMessages() bool { return a != nil && slices.ContainsFunc(a.OK, Template.hasMessages) }

func (t Template) hasMessages() bool {
	switch v := t.value.(type) {
	case list:
		return slices.ContainsFunc(v, Template.hasMessages)
	case object:
		for _, member := range v {
			if member.hasMessages() {
				return true
			}
		}
	case each:
		return v.word == "messages" || v.word == "newest"
	}
	return false
}

// Fill returns the arguments of the event. It returns false if one of them has no value: then the
// event does not apply to this recipient.
func (e Emission) Fill(values Values) (args []any, ok bool) {
	return fillAll(e.Args, values)
}

func fillAll(templates []Template, values Values) (args []any, ok bool) {
	args = make([]any, 0, len(templates))
	for _, template := range templates {
		value, ok := template.Fill(values)
		if !ok {
			return nil, false
		}
		args = append(args, value)
	}
	return args, true
}

// Answer returns the arguments of an acknowledgement, without those that have no value.
func (a *Ack) Answer(failed bool, values Values) []any {
	if a == nil {
		return nil
	}
	templates := a.OK
	if failed {
		templates = a.Failed
	}
	var args []any
	for _, template := range templates {
		if value, ok := template.Fill(values); ok {
			args = append(args, value)
		}
	}
	return args
}
