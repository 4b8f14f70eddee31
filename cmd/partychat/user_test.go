package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tell runs a command within the test, with standard input.
func tell(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	root := newRoot(t.Context(), nil)
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	if err := root.Execute(); err != nil {
		code, errs = exitFailed, *bytes.NewBufferString(err.Error())
	}
	return code, out.String(), errs.String()
}

func TestL1_OperatorsManageAccountsOnTheCommandLine(t *testing.T) {
	data := fillFolder(t, 0) // with ada, an admin
	for _, test := range []struct {
		name, stdin string
		args        []string
		code        int
		want        string
	}{
		{"the list", "", []string{"user", "list"}, 0, `(?m)^ada +member +admin +\d{4}-\d\d-\d\d +100$`},
		{"a link while there is an admin", "", []string{"setup-link"}, exitFailed, "already has an admin"},
		{"who is one already", "", []string{"user", "promote", "ADA"}, 0, "ada is already an admin of the server"},
		{"the last admin", "", []string{"user", "demote", "ada"}, 0, "now an ordinary member.*\n.*no longer has an admin"},
		{"a link while there is none", "", []string{"setup-link", "--port", "8080"}, 0, `^http://localhost:8080/register#setup=[\w-]{24}\n`},
		{"an admin again", "", []string{"user", "promote", "ada"}, 0, "ada is now an admin of the server"},
		{"nobody", "", []string{"user", "promote", "nobody"}, exitFailed, "There is no such user"},
		{"a drawn password", "", []string{"user", "reset-password", "ada"}, 0, `The password is [A-Z2-7]{26}\.`},
		{"a password of one's own", "battery staple\n", []string{"user", "reset-password", "ada", "--stdin"}, 0, "ada has a new password"},
		{"a common one", "password1\n", []string{"user", "reset-password", "ada", "--stdin"}, exitFailed, "most common passwords"},
		{"none", "", []string{"user", "reset-password", "ada", "--stdin"}, exitFailed, "standard input has no password"},
	} {
		code, stdout, stderr := tell(t, test.stdin, append(test.args, "--data", data)...)
		if code != test.code || !regexp.MustCompile(test.want).MatchString(stdout+stderr) {
			t.Errorf("%s: got code %d with %q and %q, want %d with %q", test.name, code, stdout, stderr, test.code, test.want)
		}
	}
	code, _, stderr := tell(t, "", "user", "list", "--data", filepath.Join(t.TempDir(), "none"))
	if code != exitFailed || !strings.Contains(stderr, "start the server once") {
		t.Errorf("without a database: got code %d with %q, want to be told to start the server once", code, stderr)
	}
}
