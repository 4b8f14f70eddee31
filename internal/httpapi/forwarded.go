package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
)

// hop is what a proxy reports about the connection that it forwards.
type hop struct {
	address netip.Addr // that connected to the proxy; invalid if unknown
	proto   string     // of that connection; empty if unknown
}

// xForwardedFor reads X-Forwarded-For. The hop nearest to the server is the last.
func xForwardedFor(h http.Header) []hop {
	var hops []hop
	for _, line := range h.Values("X-Forwarded-For") {
		for entry := range strings.SplitSeq(line, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				hops = append(hops, hop{address: parseNode(strings.Trim(entry, `"`))})
			}
		}
	}
	return hops
}

// forwarded reads Forwarded (RFC 7239). The hop nearest to the server is the
// last. A line that violates the grammar reveals nothing, and hides the lines
// before it: with an open quote a client could otherwise swallow what the proxy
// appends.
func forwarded(h http.Header) []hop {
	var hops []hop
	for _, line := range h.Values("Forwarded") {
		more, ok := parseForwarded(line)
		if !ok {
			more = []hop{{}}
		}
		hops = append(hops, more...)
	}
	return hops
}

// parseForwarded parses one line of Forwarded: elements separated by commas, of
// pairs separated by semicolons.
func parseForwarded(line string) (hops []hop, ok bool) {
	var (
		current hop
		some    bool // the element has a pair
	)
	for rest := line; ; rest = rest[1:] {
		rest = strings.TrimLeft(rest, " \t")
		if rest != "" && rest[0] != ',' && rest[0] != ';' {
			var name, value string
			if name, value, rest, ok = cutPair(rest); !ok {
				return nil, false
			}
			switch {
			case strings.EqualFold(name, "for"):
				current.address = parseNode(value)
			case strings.EqualFold(name, "proto"):
				current.proto = value
			}
			some = true
			rest = strings.TrimLeft(rest, " \t")
		}
		if rest == "" || rest[0] == ',' {
			if some { // RFC 9110 section 5.6.1: ignore empty elements
				hops = append(hops, current)
			}
			current, some = hop{}, false
		}
		if rest == "" {
			return hops, true
		}
		if rest[0] != ',' && rest[0] != ';' {
			return nil, false
		}
	}
}

// nameChars are the characters of a token (RFC 9110).
const nameChars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// looseChars are also accepted in a value without quotes. The grammar requires
// quotes around them, but some proxies write addresses with ports without.
const looseChars = nameChars + ":[]/"

// cutPair cuts one name=value off the beginning; the value may be a quoted
// string.
func cutPair(s string) (name, value, rest string, ok bool) {
	name, rest = cutRun(s, nameChars)
	if name == "" || rest == "" || rest[0] != '=' {
		return "", "", "", false
	}
	if rest = rest[1:]; rest == "" || rest[0] != '"' {
		value, rest = cutRun(rest, looseChars)
		return name, value, rest, value != ""
	}
	var text strings.Builder
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '"':
			return name, text.String(), rest[i+1:], true
		case '\\':
			if i++; i == len(rest) {
				return "", "", "", false
			}
		}
		text.WriteByte(rest[i])
	}
	return "", "", "", false
}

// cutRun cuts off the beginning that consists of these characters.
func cutRun(s, chars string) (run, rest string) {
	for i := range len(s) {
		if strings.IndexByte(chars, s[i]) < 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// parseNode parses an address as proxies write it: with or without a port; an
// IPv6 address in brackets or, without a port, bare. Other values (“unknown”, or
// a name that hides the address) give an invalid address.
func parseNode(s string) netip.Addr {
	if inner, found := strings.CutPrefix(s, "["); found {
		end := strings.IndexByte(inner, ']')
		if end < 0 || !isPort(inner[end+1:]) {
			return netip.Addr{}
		}
		s = inner[:end]
	} else if host, _, found := strings.Cut(s, ":"); found && isPort(s[len(host):]) {
		s = host
	}
	address, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return plain(address)
}

// isPort reports whether s is empty, or a colon and a port: digits or, in
// Forwarded, an underscore and a name that hides the port.
func isPort(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) == 1 {
		return false
	}
	chars := "0123456789"
	if s[1] == '_' {
		chars = nameChars
	}
	_, rest := cutRun(s[1:], chars)
	return rest == ""
}

// plain returns the form in which addresses are compared: IPv4 as IPv4, and
// without the zone of a link-local address, which no network contains.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }
