// Package deploy checks what operators read and copy: every option is documented,
// and everything mentioned exists and fits together.
package deploy

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"partychat/internal/config"
)

var update = flag.Bool("update", false, "rewrite the table of options in docs/OPERATIONS.md")

// root is the repository's root.
const root = "../../"

// option is an option of `partychat serve`.
type option struct {
	group, key, usage, env, fallback, help string
}

var name = regexp.MustCompile(`[a-z][a-z0-9-]*`)

// options reads the options from the flags and their help, as an operator does.
func options(t *testing.T) []option {
	t.Helper()
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	config.AddFlags(fs)
	var all []option
	group := ""
	for line := range strings.Lines(config.Help()) {
		switch text := strings.TrimSpace(line); {
		case line == text+"\n" && text != "" && !strings.Contains(text, " "):
			group = text
		case strings.HasPrefix(line, "  --"): // explanations that begin with a flag are indented further
			key := name.FindString(text)
			f := fs.Lookup(key)
			if f == nil {
				t.Fatalf("the help mentions --%s, which is not a flag", key)
			}
			all = append(all, option{group: group, key: key, usage: text, fallback: f.DefValue, help: f.Usage})
		case strings.HasPrefix(text, "Default: "):
			_, env, _ := strings.Cut(text, "Environment: ")
			all[len(all)-1].env = strings.TrimSuffix(env, ".")
		}
	}
	flags := 0
	fs.VisitAll(func(*pflag.Flag) { flags++ })
	if len(all) != flags-1 { // --config is not an option
		t.Fatalf("the help explains %d options, but there are %d flags", len(all), flags)
	}
	return all
}

// byEnv returns the options by the names of their environment variables.
func byEnv(t *testing.T) map[string]option {
	t.Helper()
	all := map[string]option{}
	for _, o := range options(t) {
		all[o.env] = o
	}
	return all
}

// fallback returns an option's default as a duration.
func fallback(t *testing.T, key string) time.Duration {
	t.Helper()
	for _, o := range options(t) {
		if o.key == key {
			return duration(t, o.fallback)
		}
	}
	t.Fatalf("there is no option %s", key)
	return 0
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var table = regexp.MustCompile(`(?s)<!-- The table is written by: go test \./test/deploy -update -->\n(.*?)<!-- end -->`)

func TestTheOperationsDocumentExplainsEveryOption(t *testing.T) {
	const path = "docs/OPERATIONS.md"
	var want strings.Builder
	group := ""
	for _, o := range options(t) {
		if o.group != group {
			group = o.group
			fmt.Fprintf(&want, "\n**%s**\n\n| flag | variable | default | |\n| --- | --- | --- | --- |\n", group)
		}
		value := o.fallback
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&want, "| `%s` | `%s` | %s | %s |\n", strings.ReplaceAll(o.usage, "|", `\|`), o.env, value, o.help)
	}
	want.WriteString("\n")
	text := read(t, path)
	found := table.FindStringSubmatchIndex(text)
	if found == nil {
		t.Fatalf("%s has no markers for the table", path)
	}
	if *update {
		text = text[:found[2]] + want.String() + text[found[3]:]
		if err := os.WriteFile(root+path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want.String(), text[found[2]:found[3]]); diff != "" {
		t.Errorf("the table in %s is stale; go test ./test/deploy -update rewrites it (-want +got):\n%s", path, diff)
	}
}
