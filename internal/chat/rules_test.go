package chat

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// ruleTest is an input with its stored form, or the code of its error.
type ruleTest struct {
	name  string
	input string
	want  string
	code  Code
}

func runRule(t *testing.T, field string, rule func(string) (string, error), tests []ruleTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := rule(test.input)
			if code := CodeOf(err); code != test.code {
				t.Fatalf("%q: got code %q (%v), want %q", test.input, code, err, test.code)
			}
			if err == nil {
				if got != test.want {
					t.Errorf("%q: got %q, want %q", test.input, got, test.want)
				}
				return
			}
			e := ErrorFrom(err)
			if e.Field != field {
				t.Errorf("field: got %q, want %q", e.Field, field)
			}
			if !strings.HasSuffix(e.Message, ".") {
				t.Errorf("message: got %q, want a sentence", e.Message)
			}
		})
	}
}

var defaultRules = rules{limits: Limits{}.withDefaults()}

func TestUsernames(t *testing.T) {
	runRule(t, "username", defaultRules.username, []ruleTest{
		{"plain", "ann", "ann", ""},
		{"shortest", "ab", "ab", ""},
		{"32 multi-byte characters", strings.Repeat("é", 32), strings.Repeat("é", 32), ""},
		{"with digits and punctuation", "a_b.c-9", "a_b.c-9", ""},
		{"of digits", "42", "42", ""},
		{"Arabic-Indic digits", "٤٢", "٤٢", ""},
		{"Chinese", "小明", "小明", ""},
		{"Devanagari with marks", "हिन्दी", "हिन्दी", ""},
		{"a letter and its combining accent", "Zoe\u0308", "Zoe\u0308", ""},
		{"empty", "", "", CodeInvalid},
		{"one character", "a", "", CodeInvalid},
		{"33 characters", strings.Repeat("a", 33), "", CodeTooLarge},
		{"a space within", "ann b", "", CodeInvalid},
		{"a space around", " ann", "", CodeInvalid},
		{"signs only", "_.-", "", CodeInvalid},
		{"an emoji", "ann🎉", "", CodeInvalid},
		{"an at sign", "a@b", "", CodeInvalid},
		{"markup", "<b>ann</b>", "", CodeInvalid},
		{"a line break", "an\nn", "", CodeInvalid},
		{"NUL", "an\x00n", "", CodeInvalid},
		{"invalid UTF-8", "an\xffn", "", CodeInvalid},
		{"a mark without a letter", "\u0308ann", "", CodeInvalid},
		{"a mark on punctuation", "a_\u0308n", "", CodeInvalid},
		{"a zero-width joiner", "an\u200dn", "", CodeInvalid},
		{"a variation selector", "an\ufe0fn", "", CodeInvalid},
		{"an invisible letter", "an\u3164n", "", CodeInvalid},
		{"a dot on a letter that has one", "admi\u0307n", "", CodeInvalid},
		{"a change of direction", "an\u202en", "", CodeInvalid},
		{"Persian with a non-joiner", "علی\u200cرضا", "علی\u200cرضا", ""},
		{"Persian with a non-joiner after a mark", "عَلیِ\u200cرضا", "عَلیِ\u200cرضا", ""},
		{"a non-joiner at the end", "علی\u200c", "", CodeInvalid},
		{"a non-joiner between Latin letters", "an\u200cn", "", CodeInvalid},
		{"Sinhala with a joiner", "ශ්\u200dරී", "ශ්\u200dරී", ""},
		{"Malayalam that ends in a joiner", "സുനില്\u200d", "സുനില്\u200d", ""},
		{"Bengali with a joiner before the virama", "র\u200d্যাব", "র\u200d্যাব", ""},
		{"two joiners", "ශ්\u200d\u200dරී", "", CodeInvalid},
		{"Japanese with a variant of a character", "葛\U000e0100城", "葛\U000e0100城", ""},
		{"four marks on a letter", "za\u0301\u0300\u0302\u0304", "za\u0301\u0300\u0302\u0304", ""},
		{"five marks on a letter", "za\u0301\u0300\u0302\u0304\u030c", "", CodeInvalid},
		{"Burmese", "မြွှေ့", "မြွှေ့", ""},
		{"Tibetan", "རྒྱལ་མཚན", "", CodeInvalid}, // the sign between syllables is punctuation
	})
}

func TestPasswords(t *testing.T) {
	rules := rules{limits: Limits{}.withDefaults(), fold: strings.ToLower, common: func(password string) bool { return password == "letmein99" }}
	rule := func(password string) (string, error) { return password, rules.password("Grandmother", password) }
	long := strings.Repeat("é", 256)
	runRule(t, "password", rule, []ruleTest{
		{"shortest", "12345678", "12345678", ""},
		{"with spaces", "  a  b  ", "  a  b  ", ""},
		{"longest, of several bytes", long, long, ""},
		{"the username within a longer one", "grandmother's pie", "grandmother's pie", ""},
		{"the username", "Grandmother", "", CodeInvalid},
		{"the username in another case", "GRANDMOTHER", "", CodeInvalid},
		{"a common one", "letmein99", "", CodeInvalid},
		{"empty", "", "", CodeInvalid},
		{"short", "1234567", "", CodeInvalid},
		{"few characters in many bytes", "éééé", "", CodeInvalid},
		{"long", long + "x", "", CodeTooLarge},
		{"invalid UTF-8", "1234567\xff", "", CodeInvalid},
	})
}

func TestRoomNames(t *testing.T) {
	runRule(t, "name", defaultRules.roomName, []ruleTest{
		{"plain", "Room 1", "Room 1", ""},
		{"trimmed", " \t den \n", "den", ""},
		{"an emoji with a joiner", "👩‍💻 talk", "👩‍💻 talk", ""},
		{"longest", strings.Repeat("é", 64), strings.Repeat("é", 64), ""},
		{"longest, trimmed", " " + strings.Repeat("é", 64) + " ", strings.Repeat("é", 64), ""},
		{"empty", "", "", CodeInvalid},
		{"white space", " \u00a0\t", "", CodeInvalid},
		{"invisible", "\u200b\u3164", "", CodeInvalid},
		{"too long", strings.Repeat("é", 65), "", CodeTooLarge},
		{"of two lines", "a\nb", "", CodeInvalid},
		{"a Unicode line separator", "a\u2028b", "", CodeInvalid},
		{"a control character", "a\x07b", "", CodeInvalid},
		{"invalid UTF-8", "a\xff", "", CodeInvalid},
		{"an emoji as a picture", "❤\ufe0f", "❤\ufe0f", ""},
		{"a key", "1\ufe0f\u20e3", "1\ufe0f\u20e3", ""},
		{"people with a skin tone", "👩🏽\u200d🚀 👁\ufe0f\u200d🗨\ufe0f", "👩🏽\u200d🚀 👁\ufe0f\u200d🗨\ufe0f", ""},
		{"a flag of a region", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", ""},
		{"tags alone", "a\U000e0067", "", CodeInvalid},
		{"Persian with a non-joiner", "می\u200cخواهم", "می\u200cخواهم", ""},
		{"Hindi with a joiner", "क्\u200dष", "क्\u200dष", ""},
		{"a year in Arabic", "\u0601٢٠٢٦", "\u0601٢٠٢٦", ""},
		{"Tibetan", "རྒྱལ་མཚན", "རྒྱལ་མཚན", ""},
		{"a zero-width space", "ha\u200bll", "", CodeInvalid},
		{"a joiner at the end", "hall\u200d", "", CodeInvalid},
		{"a word joiner", "hall\u2060 x", "", CodeInvalid},
		{"a soft hyphen", "ha\u00adll", "", CodeInvalid},
		{"an isolate", "\u2066hall\u2069", "", CodeInvalid},
		{"a grapheme joiner", "ha\u034fll", "", CodeInvalid},
		{"an override", "abc\u202etxt.exe", "", CodeInvalid},
		{"a mark of direction", "\u200fשלום", "", CodeInvalid},
		{"a byte order mark", "\ufeffhall", "", CodeInvalid},
		{"an invisible letter", "ha\u3164ll", "", CodeInvalid},
		{"blank Braille alone", "\u2800 \u2800", "", CodeInvalid},
		{"Braille", "⠓⠊\u2800⠓⠊", "⠓⠊\u2800⠓⠊", ""},
		{"a dot on a letter that has one", "adm\u0069\u0307n", "", CodeInvalid},
		{"a dot on a letter of another script that has one", "m\u0456\u0307r", "", CodeInvalid},
		{"a dot on a letter without its dot", "\u0131\u0307ris", "", CodeInvalid},
		{"a dot on a letter that has one, behind a mark below", "adi\u0323\u0307n", "", CodeInvalid},
		{"Lithuanian, where the dot shows", "li\u0307\u0301pa", "li\u0307\u0301pa", ""},
		{"Turkish", "İstanbul ısı", "İstanbul ısı", ""},
		{"a dot on a letter without one", "ȯz\u0307", "ȯz\u0307", ""},
		{"a variation selector on a letter", "a\ufe0fb", "", CodeInvalid},
		{"twenty marks on a letter", "a" + strings.Repeat("\u0301", 20), "", CodeInvalid},
	})
}

func TestTopics(t *testing.T) {
	runRule(t, "topic", defaultRules.topic, []ruleTest{
		{"none", "", "", ""},
		{"trimmed", "  what we do ", "what we do", ""},
		{"longest", strings.Repeat("é", 256), strings.Repeat("é", 256), ""},
		{"too long", strings.Repeat("é", 257), "", CodeTooLarge},
		{"of two lines", "a\r\nb", "", CodeInvalid},
		{"invalid UTF-8", "a\xff", "", CodeInvalid},
		{"an emoji with a joiner", "👩\u200d💻", "👩\u200d💻", ""},
		{"an override", "abc\u202etxt.exe", "", CodeInvalid},
		{"a zero-width space", "a\u200bb", "", CodeInvalid},
		{"twenty marks on a letter", "a" + strings.Repeat("\u0301", 20), "", CodeInvalid},
	})
}

func TestBodies(t *testing.T) {
	runRule(t, "body", defaultRules.body, []ruleTest{
		{"plain", "hello", "hello", ""},
		{"trimmed outside, line breaks kept within", "\n a\n\n  b\r\nc \n", "a\n\n  b\r\nc", ""},
		{"one emoji", "🎉", "🎉", ""},
		{"longest", strings.Repeat("é", 8000), strings.Repeat("é", 8000), ""},
		{"longest, trimmed", strings.Repeat("é", 8000) + "\n", strings.Repeat("é", 8000), ""},
		{"empty", "", "", CodeInvalid},
		{"white space", " \n\t\u2003", "", CodeInvalid},
		{"invisible", "\u200b\ufe0f", "", CodeInvalid},
		{"blank", "\u2800\U0001d159", "", CodeInvalid},
		{"too long", strings.Repeat("é", 8001), "", CodeTooLarge},
		{"NUL", "a\x00b", "", CodeInvalid},
		{"invalid UTF-8", "a\xc3", "", CodeInvalid},
	})
}

func TestClientIDs(t *testing.T) {
	const id = "0190b3a4-5b6c-7d8e-9f00-112233445566"
	runRule(t, "clientId", defaultRules.clientID, []ruleTest{
		{"a UUID", id, id, ""},
		{"in capitals", strings.ToUpper(id), id, ""},
		{"empty", "", "", CodeInvalid},
		{"without hyphens", strings.ReplaceAll(id, "-", ""), "", CodeInvalid},
		{"in braces", "{" + id + "}", "", CodeInvalid},
		{"a hyphen elsewhere", "0190b3a45-b6c-7d8e-9f00-112233445566", "", CodeInvalid},
		{"a letter that is not a hexadecimal digit", "g190b3a4-5b6c-7d8e-9f00-112233445566", "", CodeInvalid},
		{"one digit short", id[1:], "", CodeInvalid},
	})
}

func TestKinds(t *testing.T) {
	runRule(t, "kind", func(kind string) (string, error) {
		got, err := defaultRules.roomKind(RoomKind(kind))
		return string(got), err
	}, []ruleTest{
		{"a room is public by default", "", "public", ""},
		{"public", "public", "public", ""},
		{"private", "private", "private", ""},
		{"users cannot create conversations as rooms", "direct", "", CodeInvalid},
		{"unknown kind of room", "Public", "", CodeInvalid},
	})
	runRule(t, "kind", func(kind string) (string, error) {
		got, _, err := defaultRules.content(SendInput{Kind: MessageKind(kind), Body: "hello"}, time.Now())
		return string(got), err
	}, []ruleTest{
		{"a message is text by default", "", "text", ""},
		{"text", "text", "text", ""},
		{"a kind that only the server writes", "notice", "", CodeInvalid},
		{"unknown kind of message", "Text", "", CodeInvalid},
	})
}

func TestNameParts(t *testing.T) {
	for _, test := range []struct {
		name string
		want []NameMatch
	}{
		{"", []NameMatch{{0, ""}}},
		{"tea", []NameMatch{{0, "tea"}, {2, "ea"}, {2, "a"}}},
		{"a tea", []NameMatch{{0, "a tea"}, {1, "tea"}, {2, "ea"}, {2, "a"}}},
		{"a_b", []NameMatch{{0, "a_b"}, {2, "_b"}, {1, "b"}}},
		{"#go", []NameMatch{{0, "#go"}, {1, "go"}, {2, "o"}}},
		{"a .b", []NameMatch{{0, "a .b"}, {2, ".b"}, {1, "b"}}},
		{"日本語", []NameMatch{{0, "日本語"}, {2, "本語"}, {2, "語"}}},
		{"หี", []NameMatch{{0, "หี"}}},
	} {
		if got := NameParts(test.name); !slices.Equal(got, test.want) {
			t.Errorf("NameParts(%q): got %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestMatchName(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       NameMatch
		ok         bool
	}{
		{"chess", "ch", NameMatch{0, "chess"}, true},
		{"chess", "", NameMatch{0, "chess"}, true},
		{"chat chat", "ch", NameMatch{0, "chat chat"}, true},
		{"my chess chat", "ch", NameMatch{1, "chat"}, true},
		{"my chess", "hess", NameMatch{2, "hess"}, true},
		{"beach chess", "ch", NameMatch{1, "chess"}, true},
		{"banana", "an", NameMatch{2, "ana"}, true},
		{"photography", "graph", NameMatch{2, "graphy"}, true},
		{"my chess", "chess club", NameMatch{}, false},
	} {
		got, ok := MatchName(test.name, test.text)
		if got != test.want || ok != test.ok {
			t.Errorf("MatchName(%q, %q): got %+v, %v, want %+v, %v", test.name, test.text, got, ok, test.want, test.ok)
		}
	}
}

func TestIDsFitAJavaScriptNumberAndDiffer(t *testing.T) {
	seen := map[int64]bool{}
	for range 10_000 {
		id := newID()
		if id <= int64(MainRoom) || id >= 1<<53 || seen[id] {
			t.Fatalf("got id %d, want a new id between %d and 2^53", id, MainRoom)
		}
		seen[id] = true
	}
}

func TestLimits(t *testing.T) {
	got := Limits{Message: 5}.withDefaults()
	if got.Message != 5 || got.Topic != 256 || got.ChangesMax != 2000 {
		t.Errorf("withDefaults: got %+v, want the values set and defaults for the rest", got)
	}
	for _, test := range []struct {
		ask, want int
		code      Code
	}{{0, 50, ""}, {1, 1, ""}, {200, 200, ""}, {201, 200, ""}, {-1, 0, CodeInvalid}} {
		size, err := got.pageSize(test.ask, got.EntriesPerPage)
		if size != test.want || CodeOf(err) != test.code {
			t.Errorf("pageSize(%d): got %d, %v, want %d, %q", test.ask, size, err, test.want, test.code)
		}
	}
}
