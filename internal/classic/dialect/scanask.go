package dialect

import (
	"regexp"
	"slices"
	"strings"
)

// askMax is how many bytes of a call's code are searched for its end.
const askMax = 2000

// isList is a suffix that marks a member as a list; alone it marks an answer that is a list.
const isList = "[]"

var (
	asks     = regexp.MustCompile("(?:(?:const|let|var)\\s+([A-Za-z_$][\\w$]*|\\{[^}]{0,200}\\})\\s*=\\s*await\\s+[\\w$.]{0,100})?(\\.timeout\\([^)]{0,40}\\))?\\.emit(WithAck)?\\(\\s*['\"`]([^'\"`\\n]{1,64})['\"`]")
	callback = regexp.MustCompile(`(?:function\s*\w*\s*\(|\()\s*([A-Za-z_$][\w$]*|\{[^}]{0,200}\})?\s*(?:,\s*([A-Za-z_$][\w$]*|\{[^}]{0,200}\}))?\s*\)\s*(?:=>|\{)|([A-Za-z_$][\w$]*)\s*=>`)
	connects = regexp.MustCompile("\\b(?:io|connect)\\(\\s*['\"`](https?://[^'\"`\\s]{1,200})")
)

// ScanAnswers finds what the code of a page takes from the acknowledgements of the
// events that it sends: by the event's name, the members of the object that it
// expects, or isList alone.
func ScanAnswers(code string) map[string][]string {
	code = readable(code)
	answers := map[string][]string{}
	for _, at := range asks.FindAllStringSubmatchIndex(code, -1) {
		event := code[at[8]:at[9]]
		call, behind := untilClosed(code[at[9]:min(len(code), at[9]+askMax)])
		parameter, body := "", ""
		switch {
		case at[2] >= 0: // const answer = await socket.emitWithAck(…)
			parameter, body = code[at[2]:at[3]], behind[:min(len(behind), handlerMax)]
		case at[6] < 0:
			found := callback.FindStringSubmatchIndex(call)
			if found == nil {
				continue
			}
			which := 2
			if at[4] >= 0 && found[4] >= 0 { // .timeout(…) puts an error before the answer
				which = 4
			}
			if found[which] < 0 {
				which = 6
			}
			if found[which] >= 0 {
				parameter, body = call[found[which]:found[which+1]], call[found[1]:]
			}
		}
		if parameter == "" {
			continue
		}
		members := membersOf(parameter, body)
		if len(members) == 0 && goesThrough(parameter, body) {
			members = []string{isList}
		}
		for _, member := range members {
			if member != isList && goesThrough(member, body) {
				member += isList
			}
			if !slices.Contains(answers[event], member) {
				answers[event] = append(answers[event], member)
			}
		}
	}
	return answers
}

// untilClosed divides code after an opened parenthesis into what is before the one
// that closes it, and what follows. Texts may have any signs.
func untilClosed(code string) (inside, behind string) {
	depth, quote := 1, byte(0)
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case i > 0 && (c == '\'' || c == '"' || c == '`'): // the first one ends the event's name
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return code[:i], code[i+1:]
			}
		}
	}
	return code, ""
}

// ScanAddresses finds the servers that the code of a page connects to by an address.
func ScanAddresses(code string) []string {
	var addresses []string
	for _, found := range connects.FindAllStringSubmatch(readable(code), -1) {
		if !slices.Contains(addresses, found[1]) {
			addresses = append(addresses, found[1])
		}
	}
	return addresses
}

var (
	ofFailure  = regexp.MustCompile(`(?i)^(err|error|errors|why|reason|message|msg|problem|fault|cause)$`)
	ofStatus   = regexp.MustCompile(`(?i)^status$`)
	ofMessages = regexp.MustCompile(`(?i)^(messages|msgs|history|chat|log)$`)
)

// ackOf writes how an event is acknowledged whose sender reads members of the answer.
func ackOf(event string, members []string) string {
	const messages = "{$messages: {username: $name, text: $text, createdAt: $ms}}"
	if slices.Contains(members, isList) {
		if people.MatchString(event) {
			return "{ok: $names}"
		}
		return "{ok: " + messages + "}"
	}
	var ok, failed []string
	for _, member := range members {
		member, list := strings.CutSuffix(member, isList)
		template := templateFor(member, wordsOfAck)
		switch {
		case list && strings.HasPrefix(template, "{"):
			ok = append(ok, key(member)+": "+template)
		case list && people.MatchString(member):
			ok = append(ok, key(member)+": $names")
		case list:
			ok = append(ok, key(member)+": "+messages)
		case ofFailure.MatchString(member):
			failed = append(failed, key(member)+": $error")
		case ofStatus.MatchString(member):
			ok, failed = append(ok, key(member)+": ok"), append(failed, key(member)+": error")
		case ofMessages.MatchString(member):
			ok = append(ok, key(member)+": "+messages)
		default:
			if template != "" {
				ok = append(ok, key(member)+": "+template)
			} else {
				ok, failed = append(ok, key(member)+": true"), append(failed, key(member)+": false")
			}
		}
	}
	return "{ok: {" + strings.Join(ok, ", ") + "}, failed: {" + strings.Join(failed, ", ") + "}}"
}

// templateFor guesses the template of a member by its name, among those of the words;
// "" if there is none.
func templateFor(member string, words []string) string {
	for _, known := range wordFor {
		word, _, _ := strings.Cut(strings.TrimLeft(known.template, "{$"), ":")
		if slices.Contains(known.keys, member) && slices.Contains(words, word) {
			return known.template
		}
	}
	return ""
}

// GuessAnswer gives what an unknown page may take for a good answer to an event, of
// which its code reads the members: nothing if it reads none.
func GuessAnswer(members []string) []any {
	if len(members) == 0 {
		return nil
	}
	if slices.Contains(members, isList) {
		return []any{[]any{}}
	}
	answer := map[string]any{}
	for _, member := range members {
		member, list := strings.CutSuffix(member, isList)
		template := templateFor(member, wordsOfAck)
		switch {
		case list:
			answer[member] = []any{}
		case ofFailure.MatchString(member):
		case ofStatus.MatchString(member):
			answer[member] = "ok"
		case ofMessages.MatchString(member), strings.HasPrefix(template, "{"):
			answer[member] = []any{}
		case template == "$number":
			answer[member] = 1
		case template != "":
			answer[member] = member
		default:
			answer[member] = true
		}
	}
	return []any{answer}
}
