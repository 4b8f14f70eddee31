package obs

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func TestLogFollowsItsLevelAndFormat(t *testing.T) {
	tests := []struct {
		name, level, format string
		want                string
		wantErr             string
	}{
		{name: "info as text leaves out debug", level: "info", format: "text", want: "level=INFO msg=told user=7\n"},
		{name: "error leaves out info", level: "error", format: "text", want: ""},
		{name: "json is json", level: "debug", format: "json", want: `"msg":"told","user":7}`},
		{name: "an unknown level is refused", level: "loud", format: "text", wantErr: "debug, info, warn or error"},
		{name: "an unknown format is refused", level: "info", format: "xml", wantErr: "text or json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			log, err := NewLogger(&out, test.level, test.format)
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Fatalf("error: got %v, want one with %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			log.Info("told", "user", 7)
			if got := out.String(); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

func TestVersionIsTheTagOrTheCommit(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}
	tests := []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"a release", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{"a commit", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{commit}}, "0123456789ab"},
		{"a commit with changes", debug.BuildInfo{Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}}, "0123456789ab+changes"},
		{"neither", debug.BuildInfo{}, "development"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := versionOf(&test.info); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if Version() == "" {
		t.Error("Version() is empty")
	}
}
