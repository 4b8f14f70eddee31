package auth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDeviceOfASessionIsDescribedInPlainWords(t *testing.T) {
	for _, test := range []struct{ name, agent, want string }{
		{"a browser on a desk", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"},
		{"another", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows"},
		{"one built on another", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge on Windows"},
		{"a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari on macOS"},
		{"a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"},
		{"another phone", "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome on Android"},
		{"a program", "curl/8.5.0", "A program (curl)"},
		{"another program", "node", "A program (node)"},
		{"nothing", "", ""},
		{"white space", "  ", ""},
	} {
		if got := describeAgent(test.agent); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzDescribeAgent(f *testing.F) {
	f.Add("curl/8.5.0")
	f.Add("a\x00\xff\u202e" + strings.Repeat("(", 600))
	f.Fuzz(func(t *testing.T, agent string) {
		got := describeAgent(agent)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > longestDevice || strings.ContainsAny(got, "\x00\n\u202e") {
			t.Errorf("describeAgent(%q) = %q, want a short line without control characters", agent, got)
		}
	})
}
