package config

import (
	"reflect"
	"strings"
)

// option is one row of the table: a field of Config with its tags.
type option struct {
	field int // index within Config
	typ   reflect.Type

	key, env, fallback    string
	group, arg, help      string
	min, max, oneof, each string
	form                  string
	schemes               []string // allowed in a URL that may hold a password
}

// options is the table, in the order of Config's fields.
var options = func() []option {
	t := reflect.TypeFor[Config]()
	table := make([]option, t.NumField())
	for i := range table {
		f := t.Field(i)
		table[i] = option{
			field: i, typ: f.Type,
			key: f.Tag.Get("key"), env: f.Tag.Get("env"), fallback: f.Tag.Get("envDefault"),
			group: f.Tag.Get("group"), arg: f.Tag.Get("arg"), help: f.Tag.Get("help"),
			min: f.Tag.Get("min"), max: f.Tag.Get("max"),
			oneof: f.Tag.Get("oneof"), each: f.Tag.Get("each"), form: f.Tag.Get("form"),
			schemes: strings.Fields(f.Tag.Get("url")),
		}
	}
	return table
}()

// optionOf returns the row of a key.
func optionOf(key string) (option, bool) {
	for _, o := range options {
		if o.key == key {
			return o, true
		}
	}
	return option{}, false
}

// usage shows how to write the flag.
func (o option) usage() string {
	if o.isSwitch() {
		return "--" + o.key + o.arg
	}
	return "--" + o.key + " " + o.arg
}

// isSwitch reports whether the flag needs no value.
func (o option) isSwitch() bool { return o.typ.Kind() == reflect.Bool }

// isList reports whether the option accepts several values.
func (o option) isList() bool { return o.typ.Kind() == reflect.Slice }

// mayBeEmpty reports whether an empty value is valid.
func (o option) mayBeEmpty() bool { return o.fallback == "" }

// keys lists all keys for error messages.
func keys() string {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.key
	}
	return strings.Join(names, ", ")
}
