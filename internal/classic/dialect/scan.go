package dialect

import (
	"regexp"
	"slices"
	"strings"
)

// handlerMax is how many bytes of code after an event's name are examined.
const handlerMax = 800

var (
	listens    = regexp.MustCompile("\\.(?:on|once|addEventListener)\\(\\s*['\"`]([^'\"`\\n]{1,64})['\"`]\\s*,\\s*(?:async\\s*)?(?:function\\s*\\w*\\s*)?(?:\\(\\s*)?([A-Za-z_$][\\w$]*|\\{[^}]{0,200}\\})?((?:\\s*,\\s*[A-Za-z_$][\\w$]*){0,8})")
	identifier = regexp.MustCompile(`[A-Za-z_$][\w$]*`)
	// reserved are the events of the client library itself, and of pages.
	reserved = []string{
		"connect", "disconnect", "connect_error", "connect_timeout", "error", "reconnect", "reconnecting", "reconnect_attempt",
		"reconnect_error", "reconnect_failed", "ping", "pong", "connecting", "click", "submit", "input", "keyup", "keydown",
		"keypress", "change", "load", "DOMContentLoaded", "scroll", "focus", "blur", "resize", "unload", "beforeunload", "connection",
	}
)

// Scan finds the events that the code of a page listens for, and what it takes from
// them. It reads text and understands no JavaScript, so it finds what is written in
// the usual way.
func Scan(code string) []Wanted {
	code = readable(code)
	var wanted []Wanted
	all := listens.FindAllStringSubmatchIndex(code, -1)
	inserts := intoPage.MatchString(code)
	for i, at := range all {
		event := code[at[2]:at[3]]
		if slices.Contains(reserved, event) || slices.ContainsFunc(wanted, func(w Wanted) bool { return w.Event == event }) {
			continue
		}
		end := min(len(code), at[1]+handlerMax)
		if i+1 < len(all) {
			end = min(end, all[i+1][0])
		}
		w := Wanted{Event: event, Inserts: inserts}
		if at[4] >= 0 {
			parameter, body := code[at[4]:at[5]], code[at[1]:end]
			w.Members = membersOf(parameter, body)
			if names := argumentsOf(parameter, code[at[6]:at[7]]); len(names) > 1 {
				w.Members = nil
				for _, name := range names {
					w.Args = append(w.Args, Parameter{Name: name, Members: membersOf(name, body)})
				}
			}
			w.HTML = intoPage.MatchString(body)
			w.List = goesThrough(parameter, body) || plural.MatchString(parameter)
		}
		wanted = append(wanted, w)
	}
	return wanted
}

var (
	sends   = regexp.MustCompile("\\.emit(?:WithAck)?\\(\\s*['\"`]([^'\"`\\n]{1,64})['\"`]")
	servers = regexp.MustCompile(`(?:\brequire\(\s*|\bfrom\s+)['"](?:socket\.io|express|(?:node:)?http)['"]`)
)

// ScanSent finds the events that the code of a page can send, each once.
func ScanSent(code string) (events []string) {
	for _, found := range sends.FindAllStringSubmatch(readable(code), -1) {
		if !slices.Contains(events, found[1]) {
			events = append(events, found[1])
		}
	}
	return events
}

// readable replaces what is not UTF-8, such as the accents in a file in Latin 1: names in the code become
// part of patterns and of the draft.
func readable(code string) string { return strings.ToValidUTF8(code, "\uFFFD") }

// IsServer reports whether the code of a file is that of a server, which is often in the
// folder of its pages. It sends what they listen for, and listens for what they send.
func IsServer(code string) bool { return servers.MatchString(code) }

var (
	// plural matches the names of parameters that are lists of people.
	plural = regexp.MustCompile(`(?i)^(users|people|names|participants|members|list|\w+(users|list|names))$`)
	// answering matches the names of parameters that are acknowledgements.
	answering = regexp.MustCompile(`(?i)^(callback|cb|ack|acknowledge|fn|done|reply|respond)$`)
)

// argumentsOf returns the names of the arguments that a handler takes: its first parameter and
// those in the rest of the list, without an acknowledgement. A handler that is no function literal
// takes none.
func argumentsOf(parameter, rest string) []string {
	if parameter == "" || parameter == "function" || parameter[0] == '{' {
		return nil
	}
	args := append([]string{parameter}, identifier.FindAllString(rest, -1)...)
	if answering.MatchString(args[len(args)-1]) {
		args = args[:len(args)-1]
	}
	return args
}

// intoPage is how code puts HTML into a page.
var intoPage = regexp.MustCompile(`\.html\(|innerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|v-html`)

// goesThrough tells whether a handler's code goes through what it is sent.
func goesThrough(parameter, body string) bool {
	name := regexp.QuoteMeta(parameter)
	return regexp.MustCompile(`\b` + name + `\.(forEach|map|filter|join|reduce|length)\b|\b(of|in)\s+(?:[\w$]+\.)?` + name + `\b|each\(\s*` + name + `\b`).MatchString(body)
}

// membersOf finds the members of a handler's parameter that its code uses.
func membersOf(parameter, body string) []string {
	if parameter[0] == '{' { // ({ username: who, text = '' }) => …
		var members []string
		for part := range strings.SplitSeq(parameter, ",") {
			if member := identifier.FindString(part); member != "" && !slices.Contains(members, member) {
				members = append(members, member)
			}
		}
		return members
	}
	if parameter == "function" {
		return nil
	}
	used := regexp.MustCompile(regexp.QuoteMeta(parameter) + `\.([A-Za-z_$][\w$]*)`)
	var members []string
	for _, found := range used.FindAllStringSubmatch(body, -1) {
		member := found[1]
		ofText := []string{"length", "forEach", "map", "filter", "trim", "join", "toString", "split", "replace", "toLowerCase", "toUpperCase"}
		if !slices.Contains(members, member) && !slices.Contains(ofText, member) {
			members = append(members, member)
		}
	}
	return members
}
