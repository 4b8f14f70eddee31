package auth

import (
	"strings"
	"unicode"

	"github.com/mileusna/useragent"
)

const (
	// longestAgent is how much of what a browser calls itself is looked at, in bytes.
	longestAgent = 512
	// longestDevice is how long a description gets, in characters.
	longestDevice = 64
)

// describeAgent says in a few plain words what a browser or program calls itself
// in its User-Agent header: "Firefox on Windows". "" if it says nothing.
func describeAgent(agent string) string {
	if len(agent) > longestAgent {
		agent = agent[:longestAgent]
	}
	agent = strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, agent)
	if strings.TrimSpace(agent) == "" {
		return ""
	}
	parsed := useragent.Parse(agent)
	name, system := parsed.Name, parsed.OS
	switch {
	case parsed.IsIOS() && strings.Contains(agent, "iPad"):
		system = "iPad"
	case parsed.IsIOS():
		system = "iPhone"
	case system == "":
		// No browser: a program, such as "curl/8.5.0" or "node".
		name, _, _ = strings.Cut(agent, " ")
		name, _, _ = strings.Cut(name, "/")
		return shorten("A program (" + name + ")")
	}
	if name == "" {
		return shorten("A browser on " + system)
	}
	return shorten(name + " on " + system)
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > longestDevice {
		return string(runes[:longestDevice-1]) + "…"
	}
	return text
}
