package config

import (
	"fmt"
	"strings"
)

// helpWidth is the maximum width of a line of the help, in characters.
const helpWidth = 80

// Help describes every option: what it does, its unit, its default and its
// environment variable.
func Help() string {
	var b strings.Builder
	writeWrapped(&b, "", "Set each option with a flag, with an environment variable, or in the YAML file "+
		"that --config FILE or "+fileEnv+" names, with lines such as \"port: 3000\". A flag overrides the "+
		"environment, which overrides the file, which overrides the default. Write a TIME like 90s, 15m or 2h.")
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

// writeWrapped writes the text in lines that begin with indent.
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
