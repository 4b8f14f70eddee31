package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources returns the contents of all test files by path, from the repository's
// root.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	isTest := regexp.MustCompile(`_test\.go$|storetest/.*\.go$|\.(spec|test)\.ts$`)
	for _, folder := range []string{"cmd", "engineio", "internal", "socketio", "test"} {
		err := filepath.WalkDir(root+folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if path = filepath.ToSlash(path); entry.Type().IsRegular() && isTest.MatchString(path) {
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				all[strings.TrimPrefix(path, root)] = string(text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// evidence is a test that a line of the checklist names: a Go function or a file.
// Title is the beginning of a test's title in the file, if the line quotes one.
type evidence struct{ name, title string }

var (
	ticked = regexp.MustCompile(`(?m)^- \[x\] ([A-Z]\d+) .* — (.*)$`)
	proof  = regexp.MustCompile("`([^`]+)`(?: \"([^\"]+)\")?")
)

// isProven reports whether the test exists.
func (e evidence) isProven(all map[string]string) bool {
	title := regexp.MustCompile("[\"'`]" + regexp.QuoteMeta(strings.TrimRight(e.title, " …")))
	for path, text := range all {
		isFile := strings.HasSuffix("/"+path, "/"+e.name)
		isFunction := strings.HasPrefix(e.name, "Test") && strings.Contains(text, "\nfunc "+e.name+"(")
		if (isFile || isFunction) && (e.title == "" || title.MatchString(text)) {
			return true
		}
	}
	if strings.Contains(e.name, "/") {
		_, err := os.Stat(root + e.name)
		return err == nil
	}
	return false
}

func TestG5_TheChecklistNamesTestsThatExist(t *testing.T) {
	all := sources(t)
	readme := read(t, "README.md")
	lines := ticked.FindAllStringSubmatch(readme, -1)
	if got := strings.Count(readme, "\n- [x] "); got != len(lines) || got == 0 {
		t.Errorf("%d lines are ticked and %d of them name what proves them", got, len(lines))
	}
	for _, line := range lines {
		named := proof.FindAllStringSubmatch(line[2], -1)
		if len(named) == 0 {
			t.Errorf("%s does not name a test", line[1])
		}
		for _, n := range named {
			if e := (evidence{n[1], n[2]}); !e.isProven(all) {
				t.Errorf("%s names %s %q, which does not exist", line[1], e.name, e.title)
			}
		}
	}
	if license := read(t, "LICENSE"); !strings.HasPrefix(license, "MIT License\n") {
		t.Error("LICENSE is not the MIT licence")
	}
}

func TestAChecklistLineNeedsATestThatExists(t *testing.T) {
	all := map[string]string{
		"internal/a/a_test.go": "\nfunc TestA1_It(t *testing.T) {\n\tt.Run(\"A1 works\", nil)",
		"test/e2e/a.spec.ts":   "test('A1 A2 it works', () => {});",
	}
	for _, test := range []struct {
		evidence
		want bool
	}{
		{evidence{"TestA1_It", ""}, true},
		{evidence{"TestA1_It", "A1 …"}, true},
		{evidence{"TestA1_It", "A2 …"}, false},
		{evidence{"TestA1", ""}, false},
		{evidence{"a.spec.ts", "A1 A2 …"}, true},
		{evidence{"a.spec.ts", "A2 …"}, false},
		{evidence{"b.spec.ts", ""}, false},
		{evidence{"test/deploy", ""}, true},
		{evidence{"test/nowhere", ""}, false},
	} {
		if got := test.isProven(all); got != test.want {
			t.Errorf("%s %q: got %v, want %v", test.name, test.title, got, test.want)
		}
	}
}
