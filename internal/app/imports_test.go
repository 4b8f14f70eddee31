package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "partychat"

// The layers of docs/ARCHITECTURE.md. A part is a package with everything below it.
//
//	cmd → app → { gateway, classic, httpapi, auth, store/*, broker/*, web } → chat
//	            gateway, classic, httpapi → wire → chat
//	            gateway, classic → socketio → engineio
//	            socketio/redisadapter → socketio
var (
	// siblings never import each other.
	siblings = []string{
		"internal/gateway", "internal/classic", "internal/httpapi", "internal/auth", "internal/ratelimit", "internal/jobs", "internal/push",
		"internal/store/sqlite", "internal/store/postgres", "internal/blob",
		"internal/broker/local", "internal/broker/redis", "web",
	}
	// allowed lists which parts each part may import. A part that neither allowed
	// nor composing names fails the test: a new package needs a rule first.
	allowed = map[string][]string{
		"engineio":                   {"engineio", "internal/crew"},
		"socketio":                   {"socketio", "engineio", "internal/crew"},
		"socketio/redisadapter":      {"socketio"},
		"internal/chat":              {"internal/chat"},
		"internal/gateway":           {"internal/chat", "internal/gather", "internal/live", "internal/wire", "socketio"},
		"internal/classic":           {"internal/chat", "internal/live", "internal/wire", "socketio"},
		"internal/live":              {"internal/chat", "internal/gather"},
		"internal/wire":              {"internal/chat"},
		"internal/mirror":            {"internal/chat", "internal/gateway", "internal/sioclient", "internal/wire"},
		"internal/httpapi":           {"internal/chat", "internal/wire"},
		"internal/auth":              {"internal/chat"},
		"internal/ratelimit":         {"internal/chat"},
		"internal/jobs":              {"internal/chat"},
		"internal/push":              {"internal/chat"},
		"internal/push/pushtest":     {},
		"internal/blob":              {"internal/chat", "internal/picture"},
		"internal/blob/blobtest":     {"internal/chat"},
		"internal/picture":           {"internal/chat"},
		"internal/store/sqlite":      {"internal/chat", "internal/naming", "internal/store/sqlstore", "internal/words"},
		"internal/store/postgres":    {"internal/chat", "internal/naming", "internal/store/sqlstore", "internal/words"},
		"internal/store/sqlstore":    {"internal/chat", "internal/naming", "internal/words"},
		"internal/store/storetest":   {"internal/chat", "internal/naming", "internal/words"},
		"internal/store/sqlitetest":  {"internal/store/sqlite", "internal/store/storetest"},
		"internal/store/transfer":    {"internal/chat"},
		"internal/broker/local":      {"internal/chat", "internal/crew"},
		"internal/broker/redis":      {"internal/chat"},
		"internal/broker/brokertest": {"internal/chat"},
		"internal/sioclient":         {},
		"internal/clock":             {},
		"internal/config":            {},
		"internal/crew":              {},
		"internal/gather":            {},
		"internal/naming":            {"internal/chat"},
		"internal/obs":               {},
		"internal/realserver":        {},
		"internal/words":             {},
		"web":                        {},
		"cmd":                        {"internal/app", "internal/config", "internal/obs"},
	}
	// composing are the parts that put the program or its tools together. They may
	// import every part of the program, but not each other.
	composing = []string{"internal/app", "bench", "test", "examples"}
	// testLibraries are the packages of others that only tests may import.
	testLibraries = []string{"testing", "net/http/httptest", "go.uber.org/goleak", "github.com/google/go-cmp/cmp"}
	// standardLibraryOnly are the parts without dependencies from elsewhere.
	standardLibraryOnly = []string{"internal/chat", "web"}
)

// listed is what go list says of a package.
type listed struct {
	ImportPath   string
	Imports      []string // of the program itself; tests may wire more
	TestImports  []string
	XTestImports []string
}

func TestImportsFollowTheDirectionOfTheDesign(t *testing.T) {
	packages := listPackages(t)
	for _, p := range packages {
		if part := partOf(p.ImportPath); !hasRule(part) {
			t.Errorf("%s has no rule: add %s to allowed", p.ImportPath, part)
		}
		for _, imported := range p.Imports {
			if why := forbiddenInProgram(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			if why := forbiddenInTests(p.ImportPath, imported); why != "" {
				t.Errorf("tests of %s import %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

func TestTheImportRulesRefuseWhatTheyShould(t *testing.T) {
	tests := []struct {
		from, to string
		want     string // part of the reason; "" if it is allowed
	}{
		{"partychat/cmd/partychat", "partychat/internal/app", ""},
		{"partychat/cmd/partychat", "partychat/internal/chat", "may import only"},
		{"partychat/internal/app", "partychat/internal/gateway", ""},
		{"partychat/internal/gateway", "partychat/internal/chat", ""},
		{"partychat/internal/gateway", "partychat/socketio", ""},
		{"partychat/internal/gateway", "partychat/engineio", "may import only"},
		{"partychat/internal/gateway", "partychat/internal/httpapi", "siblings"},
		{"partychat/internal/gateway", "partychat/internal/wire", ""},
		{"partychat/internal/httpapi", "partychat/internal/wire", ""},
		{"partychat/internal/wire", "partychat/internal/chat", ""},
		{"partychat/internal/wire", "partychat/socketio", "may import only"},
		{"partychat/internal/chat", "partychat/internal/wire", "may import only"},
		{"partychat/internal/live", "partychat/internal/wire", "may import only"},
		{"partychat/internal/broker/redis", "partychat/internal/wire", "may import only"},
		{"partychat/internal/store/sqlstore", "partychat/internal/wire", "may import only"},
		{"partychat/internal/httpapi", "partychat/internal/auth", "siblings"},
		{"partychat/internal/store/sqlite", "partychat/internal/store/postgres", "siblings"},
		{"partychat/internal/store/sqlite/migrations", "partychat/internal/store/sqlite", ""},
		{"partychat/internal/httpapi", "partychat/socketio", "may import only"},
		{"partychat/socketio", "partychat/engineio", ""},
		{"partychat/socketio", "partychat/internal/chat", "may import only"},
		{"partychat/socketio/redisadapter", "partychat/socketio/msgpack", ""},
		{"partychat/socketio/redisadapter", "partychat/internal/broker/redis", "may import only"},
		{"partychat/socketio", "partychat/socketio/redisadapter", "may import only"},
		{"partychat/engineio", "partychat/socketio", "may import only"},
		{"partychat/internal/chat", "golang.org/x/text/cases", "standard library"},
		{"partychat/internal/chat", "encoding/json", ""},
		{"partychat/internal/chat", "partychat/internal/app", "only cmd and tests"},
		{"partychat/internal/httpapi", "partychat/internal/app", "only cmd and tests"},
		{"partychat/engineio", "github.com/gobwas/ws", ""},
		{"partychat/internal/config", "partychat/internal/chat", "nothing of this module"},
		{"partychat/bench/cmd", "partychat/internal/app", ""},
		{"partychat/bench/cmd", "partychat/internal/realserver", ""},
		{"partychat/test/e2e/nodes", "partychat/internal/realserver", ""},
		{"partychat/internal/app", "partychat/internal/realserver", "only tests and bench"},
		{"partychat/internal/realserver", "partychat/internal/chat", "nothing of this module"},
		{"partychat/internal/app", "partychat/internal/sioclient", ""},
		{"partychat/internal/app", "partychat/internal/gateway/sockettest", "a test package"},
		{"partychat/internal/app", "partychat/internal/store/storetest", "a test package"},
		{"partychat/engineio", "partychat/engineio/enginetest", "a test package"},
		{"partychat/internal/chat", "testing", "a test package"},
		{"partychat/internal/app", "net/http/httptest", "a test package"},
		{"partychat/internal/store/storetest", "testing", ""},
		{"partychat/internal/store/storetest", "partychat/internal/broker/brokertest", "may import only"},
		{"partychat/bench/load", "testing", ""},
		{"partychat/internal/novel", "partychat/internal/chat", "has no rule"},
		{"partychat/internal/novel", "fmt", "has no rule"},
		{"partychat/internal/app", "partychat/internal/novel", "has no rule"},
		{"partychat/internal/app", "partychat/bench/load", "only tools"},
		{"partychat/test/faults", "partychat/bench/load", "only tools"},
	}
	for _, test := range tests {
		got := forbiddenInProgram(test.from, test.to)
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s → %s: got %q, want %q", test.from, test.to, got, test.want)
		}
	}
}

// forbiddenInProgram is forbidden for packages outside of their own tests. The program
// must contain no test package.
func forbiddenInProgram(from, to string) string {
	forTests := slices.Contains([]string{"bench", "test", "examples", "internal/realserver"}, partOf(from)) || isTest(from)
	if isTest(to) && !forTests {
		return to + " is a test package, which the program must not contain"
	}
	return forbidden(from, to)
}

// forbidden says why one package may not import another, or "".
func forbidden(from, to string) string {
	part, target := partOf(from), partOf(to)
	for _, p := range []string{part, target} {
		if p != "" && !hasRule(p) {
			return p + " has no rule: add it to allowed"
		}
	}
	if target == "" {
		if slices.Contains(standardLibraryOnly, part) && !isStandard(to) {
			return part + " imports the standard library only"
		}
		return ""
	}
	if part == target {
		return ""
	}
	if slices.Contains(siblings, part) && slices.Contains(siblings, target) {
		return "siblings never import each other; declare the interface that is needed and let internal/app wire it"
	}
	if target == "internal/realserver" && part != "bench" && part != "test" {
		return "only tests and bench start servers of other programs"
	}
	if slices.Contains(composing, target) && target != "internal/app" {
		return "only tools of the same kind import " + target
	}
	may, ruled := allowed[part]
	if target == "internal/app" && ruled && part != "cmd" {
		return "only cmd and tests build the program"
	}
	if !ruled || slices.Contains(may, target) {
		return ""
	}
	if len(may) == 0 {
		return part + " imports nothing of this module"
	}
	return part + " may import only " + strings.Join(may, " and ")
}

// isTest reports whether a package exists for tests: by its name, as that of
// net/http/httptest.
func isTest(path string) bool {
	return slices.Contains(testLibraries, path) || partOf(path) != "" && partOf(path) != "test" && strings.HasSuffix(path, "test")
}

// hasRule tells whether the law names the part.
func hasRule(part string) bool {
	_, ruled := allowed[part]
	return ruled || slices.Contains(composing, part)
}

// forbiddenInTests is looser: a test may stand on the real parts, but the public
// packages and the domain are tested without what is built on them.
func forbiddenInTests(from, to string) string {
	switch part := partOf(from); part {
	case "engineio", "socketio":
		return forbidden(from, to)
	case "internal/chat":
		if target := partOf(to); slices.Contains([]string{"internal/app", "internal/gateway", "internal/httpapi", "internal/wire"}, target) {
			return "the domain is tested without what is built on it"
		}
	}
	return ""
}

// partOf gives the part that a package belongs to, and "" if it is not ours.
func partOf(path string) string {
	rest, ours := strings.CutPrefix(path, module+"/")
	if !ours {
		return ""
	}
	best := ""
	for _, name := range slices.Concat(slices.Collect(maps.Keys(allowed)), composing) {
		if (rest == name || strings.HasPrefix(rest, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	if best == "" {
		return rest
	}
	return best
}

// isStandard tells paths of the standard library by their lack of a domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v\n%s", err, failed.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 5 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	return packages
}
