package dialect

import (
	"regexp"
	"slices"
)

// askMax is how much of a call's code is looked through for its end, in bytes.
const askMax = 2000

var (
	asks     = regexp.MustCompile("(?:(?:const|let|var)\\s+([A-Za-z_$][\\w$]*|\\{[^}]{0,200}\\})\\s*=\\s*await\\s+[\\w$.]{0,100})?(\\.timeout\\([^)]{0,40}\\))?\\.emit(WithAck)?\\(\\s*['\"`]([^'\"`\\n]{1,64})['\"`]")
	callback = regexp.MustCompile(`(?:function\s*\w*\s*\(|\()\s*([A-Za-z_$][\w$]*|\{[^}]{0,200}\})?\s*(?:,\s*([A-Za-z_$][\w$]*|\{[^}]{0,200}\}))?\s*\)\s*(?:=>|\{)|([A-Za-z_$][\w$]*)\s*=>`)
	connects = regexp.MustCompile("\\b(?:io|connect)\\(\\s*['\"`](https?://[^'\"`\\s]{1,200})")
)

// ScanAnswers finds what the code of a page takes from the acknowledgements of the
// events that it sends: by the event's name, the members of the object that it
// expects.
func ScanAnswers(code string) map[string][]string {
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
		for _, member := range membersOf(parameter, body) {
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
	for _, found := range connects.FindAllStringSubmatch(code, -1) {
		if !slices.Contains(addresses, found[1]) {
			addresses = append(addresses, found[1])
		}
	}
	return addresses
}

var (
	ofFailure = regexp.MustCompile(`(?i)^(err|error|errors|why|reason|message|msg|problem|fault|cause)$`)
	ofStatus  = regexp.MustCompile(`(?i)^status$`)
)

// ackOf writes how an event is acknowledged whose sender reads members of the answer.
func ackOf(members []string) string {
	ok, failed := "", ""
	add := func(member, good, bad string) {
		for side, template := range map[*string]string{&ok: good, &failed: bad} {
			if template != "" {
				if *side != "" {
					*side += ", "
				}
				*side += key(member) + ": " + template
			}
		}
	}
	for _, member := range members {
		switch {
		case ofFailure.MatchString(member):
			add(member, "", "$error")
		case ofStatus.MatchString(member):
			add(member, "ok", "error")
		default:
			good := "true"
			for _, known := range wordFor {
				if slices.Contains(known.keys, member) && slices.Contains(wordsOfAck, known.template[1:]) {
					good = known.template
				}
			}
			if good == "true" {
				add(member, "true", "false")
			} else {
				add(member, good, "")
			}
		}
	}
	return "{ok: {" + ok + "}, failed: {" + failed + "}}"
}

// GuessAnswer gives what an unknown page may take for a good answer to an event, of
// which its code reads the members: nothing if it reads none.
func GuessAnswer(members []string) []any {
	answer := map[string]any{}
	for _, member := range members {
		switch {
		case ofFailure.MatchString(member):
		case ofStatus.MatchString(member):
			answer[member] = "ok"
		default:
			answer[member] = true
		}
	}
	if len(members) == 0 {
		return nil
	}
	return []any{answer}
}
