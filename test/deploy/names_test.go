package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partychat/internal/auth"
)

// others are flags in these texts that belong to other programs, by program.
var others = map[string]string{
	"partychat":      "config help reindex",
	"docker":         "build chmod chown detach file from interval no-deps publish start-period tag timeout volume",
	"install":        "mode",
	"kubectl, helm":  "from-literal namespace set",
	"npm":            "no-audit no-fund",
	"pg_dump":        "format",
	"pg_isready":     "host username",
	"python3":        "directory",
	"kubectl logs":   "selector tail",
	"partychat user": "stdin",
	"systemctl":      "now",
	"valkey-server":  "appendfsync appendonly maxmemory-policy",
}

// texts returns the files that operators read and copy, by their paths.
func texts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	add := func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(filepath.ToSlash(path), root)] = string(text)
	}
	for _, path := range []string{"README.md", "CHANGELOG.md", "Procfile", "app.json"} {
		add(root + path)
	}
	for _, folder := range []string{"docs", "deploy"} {
		err := filepath.WalkDir(root+folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() && filepath.Ext(path) != ".png" {
				add(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestEveryVariableInTheTextsExists(t *testing.T) {
	known := byEnv(t)
	name := regexp.MustCompile(`PARTYCHAT_[A-Z0-9]+(_[A-Z0-9]+)*`)
	for path, text := range texts(t) {
		for _, env := range name.FindAllString(text, -1) {
			if _, ok := known[env]; !ok && env != "PARTYCHAT_CONFIG" {
				t.Errorf("%s mentions %s, which no option reads", path, env)
			}
		}
	}
}

func TestEveryFlagInTheTextsExists(t *testing.T) {
	var known []string
	for _, o := range options(t) {
		known = append(known, o.key)
	}
	for _, flags := range others {
		known = append(known, strings.Fields(flags)...)
	}
	name := regexp.MustCompile(`(?:^|[^-\w])--([a-z][a-z0-9-]*[a-z0-9])`)
	for path, text := range texts(t) {
		for _, found := range name.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, found[1]) {
				t.Errorf("%s mentions --%s, which is not an option", path, found[1])
			}
		}
	}
}

func TestProxiesRouteByTheSessionCookie(t *testing.T) {
	all := texts(t)
	overTLS := auth.CookieNameFor("chat.example", true)
	for _, c := range []struct {
		path, pattern string // pattern contains the regular expression's position in the file
		header, want  string
	}{
		{"deploy/proxies/Caddyfile", `(?m)^\t\t~(.+) \$\{1\}$`, overTLS + "=abc", "abc"},
		{"deploy/proxies/Caddyfile", `(?m)^\t\t~(.+) \$\{1\}$`, "a=b; " + overTLS + "=abc; c=d", "abc"},
		{"deploy/proxies/Caddyfile", `(?m)^\t\t~(.+) \$\{1\}$`, auth.CookieNameFor("chat.example:8080", false) + "=abc", "abc"},
		{"deploy/proxies/Caddyfile", `(?m)^\t\t~(.+) \$\{1\}$`, "x" + overTLS + "=abc", ""},
		{"deploy/proxies/nginx.conf", `(?m)^    "~(.+)" \$partychat_session;$`, overTLS + "=abc", "abc"},
		{"deploy/proxies/nginx.conf", `(?m)^    "~(.+)" \$partychat_session;$`, "a=b; " + overTLS + "=abc; c=d", "abc"},
		{"deploy/proxies/nginx.conf", `(?m)^    "~(.+)" \$partychat_session;$`, "x" + overTLS + "=abc", ""},
	} {
		found := regexp.MustCompile(c.pattern).FindStringSubmatch(all[c.path])
		if found == nil {
			t.Errorf("%s: no line matches %s", c.path, c.pattern)
			continue
		}
		got := ""
		if match := regexp.MustCompile(found[1]).FindStringSubmatch(c.header); match != nil {
			got = match[1]
		}
		if got != c.want {
			t.Errorf("%s: for the cookies %q got %q, want %q", c.path, c.header, got, c.want)
		}
	}
	if path := "deploy/proxies/haproxy.cfg"; strings.Count(all[path], "req.cook("+overTLS+")") != 2 {
		t.Errorf("%s does not use the cookie %s", path, overTLS)
	}
}
