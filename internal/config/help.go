package config

import (
	"fmt"
	"strings"
)

// helpWidth is how wide a line of the help gets, in characters.
const helpWidth = 80

// Help explains every option: what it does, its unit, its default and the name
// of its environment variable.
func Help() string {
	var b strings.Builder
	writeWrapped(&b, "", "Every option is a flag, an environment variable, and a key of the file "+
		"given with --config FILE or "+fileEnv+", in YAML lines such as \"port: 3000\". A flag overrides "+
		"the environment, the environment the file, the file the default. A TIME is written "+
		"like 90s, 15m or 2h.")
	group := ""
	for _, o := range options {
		if o.group != group {
			group = o.group
			fmt.Fprintf(&b, "\n%s\n", group)
		}
		fmt.Fprintf(&b, "  %s\n", o.usage())
		writeWrapped(&b, "      ", o.help+".")
		fallback := "none"
		if o.fallback != "" {
			fallback = o.fallback
		}
		fmt.Fprintf(&b, "      Default: %s. Environment: %s.\n", fallback, o.env)
	}
	return b.String()
}

// writeWrapped writes the words in lines that begin with indent.
func writeWrapped(b *strings.Builder, indent, text string) {
	line := indent
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > helpWidth:
			b.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	b.WriteString(line + "\n")
}
