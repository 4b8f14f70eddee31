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

// fileFlag and fileEnv name the file. Only this setting cannot be in the file itself.
const (
	fileFlag = "config"
	fileEnv  = "PARTYCHAT_CONFIG"
)

// Error is a mistake in the operator's settings. Its text is one line that says
// where the mistake is and what is allowed.
type Error struct{ text string }

func (e *Error) Error() string { return e.text }

func errorf(format string, args ...any) *Error { return &Error{fmt.Sprintf(format, args...)} }

// values holds the settings of one source: text by the option's environment name,
// as the parser expects it.
type values map[string]string

// AddFlags defines --config, and a flag for each of the named options, or for all
// options if none is named.
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

// NoArguments refuses arguments that are neither flags nor values of flags, and
// explains the likely mistake.
func NoArguments(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := strconv.ParseBool(args[0]); err == nil {
		return errorf("%q is not an option; write the value of such a flag after =, as in --guests=%s", args[0], args[0])
	}
	return errorf("%q is not an option; options begin with --", args[0])
}

// Load merges the options: flags override the environment, the environment
// overrides the file, and the file overrides the defaults. The environment is a
// list of NAME=value, as in os.Environ. Errors are of type *Error.
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

// fromEnvironment returns the variables that are options. An empty variable counts
// as not set, as is usual.
func fromEnvironment(environment map[string]string) values {
	set := values{}
	for _, o := range options {
		if text := environment[o.env]; text != "" {
			set[o.env] = text
		}
	}
	return set
}

// fromFlags returns the flags that were given.
func fromFlags(fs *pflag.FlagSet) (values, error) {
	set := values{}
	for _, o := range options {
		f := fs.Lookup(o.key)
		if f == nil || !f.Changed {
			continue
		}
		text := f.Value.String()
		if text == "" && !o.mayBeEmpty() {
			return nil, errorf("--%s: must be %s, but is empty", o.key, o.allowed())
		}
		set[o.env] = text
	}
	return set, nil
}

// parse converts the text into a Config and checks every value.
func parse(merged values, sources map[string]string) (Config, error) {
	var c Config
	wrong := func(o option) error {
		if len(o.schemes) > 0 {
			return errorf("%s: must be %s; the value is not shown here because it may contain a password", sources[o.env], o.allowed())
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
	if _, set := sources["PARTYCHAT_ALLOW_EIO3"]; !set {
		c.AllowEIO3 = c.Classic // because classic clients often use Socket.IO 2.x
	}
	c.Host, _ = bareHost(c.Host)
	if c.RedisURL != "" && c.DatabaseURL == "" {
		return Config{}, errorf("%s: also needs database-url (DATABASE_URL): nodes that share a Redis must share a PostgreSQL; "+
			"a single node with its own data folder needs neither", sources["REDIS_URL"])
	}
	return c, nil
}

// trimEntries allows spaces after the commas of a list.
func trimEntries(v reflect.Value) {
	if v.Kind() != reflect.Slice {
		return
	}
	for i := range v.Len() {
		v.Index(i).SetString(strings.TrimSpace(v.Index(i).String()))
	}
}

// readFile reads options from a YAML file.
func readFile(path string) (values, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errorf("cannot read the configuration file: %v", err)
	}
	return parseFile(path, text)
}
