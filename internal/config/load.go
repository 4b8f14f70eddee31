package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/pflag"
)

// fileFlag and fileEnv name the file; it is the one thing that cannot be set in it.
const (
	fileFlag = "config"
	fileEnv  = "PARTYCHAT_CONFIG"
)

// Error is a mistake in what the operator has set. Its text is one line that
// says where the mistake is and what is allowed.
type Error struct{ text string }

func (e *Error) Error() string { return e.text }

func errorf(format string, args ...any) *Error { return &Error{fmt.Sprintf(format, args...)} }

// values is what one source sets: text by the option's environment name, which
// is how the parser below wants it.
type values map[string]string

// AddFlags defines a flag for each option that is named, or for every one if
// none is, and --config.
func AddFlags(fs *pflag.FlagSet, keys ...string) {
	fs.String(fileFlag, "", "YAML file with options")
	for _, o := range options {
		if len(keys) > 0 && !slices.Contains(keys, o.key) {
			continue
		}
		fs.String(o.key, o.fallback, o.help)
		if o.isSwitch() {
			fs.Lookup(o.key).NoOptDefVal = "true"
		}
	}
}

// NoArguments refuses what is neither a flag nor a flag's value, with a word on
// what it may have been meant for.
func NoArguments(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := strconv.ParseBool(args[0]); err == nil {
		return errorf("%q belongs to nothing: a value of true or false follows its flag with =, as in --guests=%s", args[0], args[0])
	}
	return errorf("%q is no option; options begin with --", args[0])
}

// Load puts the options together: flags that were given override the
// environment, the environment overrides the file, and the file overrides the
// defaults. The environment is a list of NAME=value, as of os.Environ. Errors
// are of type *Error.
func Load(fs *pflag.FlagSet, environ []string) (Config, error) {
	environment := env.ToMap(environ)
	path := environment[fileEnv]
	if f := fs.Lookup(fileFlag); f != nil && f.Changed {
		path = f.Value.String()
	}

	merged, sources := values{}, map[string]string{}
	overlay := func(set values, name func(option) string) {
		maps.Copy(merged, set)
		for _, o := range options {
			if _, ok := set[o.env]; ok {
				sources[o.env] = name(o)
			}
		}
	}
	if path != "" {
		set, err := readFile(path)
		if err != nil {
			return Config{}, err
		}
		overlay(set, func(o option) string { return fmt.Sprintf("%s in %s", o.key, path) })
	}
	overlay(fromEnvironment(environment), func(o option) string { return o.env })
	set, err := fromFlags(fs)
	if err != nil {
		return Config{}, err
	}
	overlay(set, func(o option) string { return "--" + o.key })
	return parse(merged, sources)
}

// fromEnvironment takes the variables that are options. An empty one counts as
// not set, as is usual for environment variables.
func fromEnvironment(environment map[string]string) values {
	set := values{}
	for _, o := range options {
		if text := environment[o.env]; text != "" {
			set[o.env] = text
		}
	}
	return set
}

// fromFlags takes the flags that were given.
func fromFlags(fs *pflag.FlagSet) (values, error) {
	set := values{}
	for _, o := range options {
		f := fs.Lookup(o.key)
		if f == nil || !f.Changed {
			continue
		}
		text := f.Value.String()
		if text == "" && !o.mayBeEmpty() {
			return nil, errorf("--%s: must be %s, and is empty", o.key, o.allowed())
		}
		set[o.env] = text
	}
	return set, nil
}

// parse turns the text into a Config and checks every value.
func parse(merged values, sources map[string]string) (Config, error) {
	var c Config
	wrong := func(o option) error {
		if len(o.schemes) > 0 {
			return errorf("%s: must be %s; what is there is not shown, because of the password in it", sources[o.env], o.allowed())
		}
		return errorf("%s: must be %s, not %q", sources[o.env], o.allowed(), merged[o.env])
	}
	if err := env.ParseWithOptions(&c, env.Options{Environment: merged}); err != nil {
		var failed env.ParseError
		if errors.As(err, &failed) {
			if f, ok := reflect.TypeFor[Config]().FieldByName(failed.Name); ok {
				return Config{}, wrong(options[f.Index[0]])
			}
		}
		return Config{}, errorf("%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	fields := reflect.ValueOf(&c).Elem()
	for _, o := range options {
		trimEntries(fields.Field(o.field))
		if !o.holds(fields.Field(o.field)) {
			return Config{}, wrong(o)
		}
	}
	c.Host, _ = bareHost(c.Host)
	if c.RedisURL != "" && c.DatabaseURL == "" {
		return Config{}, errorf("%s: needs a database-url (DATABASE_URL) beside it: nodes that share a Redis share a PostgreSQL; "+
			"one node with its own data folder needs neither", sources["REDIS_URL"])
	}
	return c, nil
}

// trimEntries lets a list be written with spaces behind its commas.
func trimEntries(v reflect.Value) {
	if v.Kind() != reflect.Slice {
		return
	}
	for i := range v.Len() {
		v.Index(i).SetString(strings.TrimSpace(v.Index(i).String()))
	}
}

// readFile reads the options from a YAML file.
func readFile(path string) (values, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errorf("cannot read the configuration file: %v", err)
	}
	return parseFile(path, text)
}
