package deploy

import (
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// documents are the files whose links are checked, from the repository's root.
var documents = []string{
	"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md",
	"docs/ARCHITECTURE.md", "docs/CLASSIC.md", "docs/OPERATIONS.md", "docs/PROTOCOL.md",
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	fenced  = regexp.MustCompile("(?ms)^```.*?^```$")
)

// anchors returns the anchors that GitHub generates for a document's headings.
func anchors(text string) map[string]bool {
	all, seen := map[string]bool{}, map[string]int{}
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		anchor := strings.Map(func(c rune) rune {
			switch {
			case unicode.IsLetter(c), unicode.IsDigit(c), c == '-', c == '_':
				return unicode.ToLower(c)
			case c == ' ':
				return '-'
			default:
				return -1
			}
		}, h[1])
		if n := seen[anchor]; n > 0 {
			all[anchor+"-"+strconv.Itoa(n)] = true
		}
		seen[anchor]++
		all[anchor] = true
	}
	return all
}

func TestLinksHaveTargets(t *testing.T) {
	for _, document := range documents {
		text := read(t, document)
		for _, found := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			target, anchor, _ := strings.Cut(found[1], "#")
			in := text
			if target != "" {
				target = path.Join(path.Dir(document), target)
				info, err := os.Stat(root + target)
				if err != nil {
					t.Errorf("%s links to %s, which does not exist", document, found[1])
					continue
				}
				if !info.IsDir() && anchor != "" {
					in = read(t, target)
				}
			}
			if anchor != "" && !anchors(in)[anchor] {
				t.Errorf("%s links to %s, but there is no such heading", document, found[1])
			}
		}
	}
}

func TestAnchorsAreThoseOfGitHub(t *testing.T) {
	got := anchors("# 6. Rooms and people\n## “Limits”, of one address\n```\n# no heading\n```\n## Check\n## Check\n")
	for _, want := range []string{"6-rooms-and-people", "limits-of-one-address", "check", "check-1"} {
		if !got[want] {
			t.Errorf("%q is missing among %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("got %v, want four", got)
	}
}
