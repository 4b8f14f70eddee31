package auth

import (
	"strings"
	"unicode"

	"github.com/mileusna/useragent"
)

const (
	// longestAgent is the number of bytes of a User-Agent header that are examined.
	longestAgent = 512
	// longestDevice is the maximum length of a description, in characters.
	longestDevice = 64
)

// describeAgent describes the browser or program of a User-Agent header in a few
// plain words: "Firefox on Windows". It returns "" if the header is empty.
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
		// Not a browser but a program, such as "curl/8.5.0" or "node".
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
