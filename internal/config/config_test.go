package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// load runs Load as a command with these arguments, environment and file would.
func load(t *testing.T, args, environ []string, file string) (Config, error) {
	t.Helper()
	fs := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	AddFlags(fs)
	if file != "" {
		path := filepath.Join(t.TempDir(), "partychat.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", path}, args...)
	}
	if err := fs.Parse(args); err != nil {
		t.Fatalf("parsing the flags %q: %v", args, err)
	}
	return Load(fs, environ)
}

func TestDefaultsMatchTheHelp(t *testing.T) {
	got, err := load(t, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		FileStorage: "auto", FileMax: 100 << 20, FilesMessage: 10, FilesUser: 2 << 30, UploadAge: 24 * time.Hour,
		ImagesAtOnce: 2, ImageMemory: 128 << 20, ImageTimeout: 10 * time.Second,
		Push: true, PushDelay: 3 * time.Second, PushKeep: 24 * time.Hour, PushTimeout: 10 * time.Second, PushAtOnce: 16, PushDevices: 10,
		Data: "./data", DatabaseConnections: 16, Port: 3000, HSTS: 365 * 24 * time.Hour,
		SessionIdle: 30 * time.Minute, SessionMaxAge: 90 * 24 * time.Hour, GuestSessionIdle: 30 * 24 * time.Hour, KeptSessionIdle: 30 * 24 * time.Hour,
		SignUp: "open", Guests: true,
		LoginAttempts: 5, LoginAttemptsName: 50, LoginAttemptsAddress: 100, LoginQueue: 64, SignupsAddress: 100, SendRate: 30, RoomBurst: 30, ReadRate: 50, ReadBytes: 8388608, ReadBytesTotal: 67108864, ClassicRelayMax: 4096, ClassicPeopleMax: 1000, NodeLease: 30 * time.Second, StreamLogMax: 1000, ClassicGreetAfter: 500 * time.Millisecond, WriteRate: 10, PageBytes: 262144,
		ReactionsMax: 20, ReactionUsers: 10, PinsMax: 100, BookmarksMax: 1000, DisplayNameMax: 64, StatusMax: 80, SearchCandidates: 2000, SearchTail: 5000, IndexShare: 50, IndexShareBusy: 3,
		MessageMax: 8000, MentionsMax: 50, RoomNameMax: 64, TopicMax: 256, PasswordMin: 8,
		PingInterval: 25 * time.Second, PingTimeout: 20 * time.Second, MaxPayload: 1_000_000, CompressPolls: 1024,
		JoinTimeout: 10 * time.Second, ReceiveTimeout: 30 * time.Second, WriteTimeout: 90 * time.Second, MaxHandshake: 16384,
		ConnectionsAddress: 5000, SocketsAddress: 10_000, StrangersAddress: 5000, GuestsAddress: 500,
		LogLevel: "info", LogFormat: "text", CompareInterval: 30 * time.Second, FarewellTimeout: 400 * time.Millisecond, ShutdownTimeout: 10 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestLaterSourcesOverrideEarlierOnes(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		environ []string
		file    string
		want    int
	}{
		{name: "nothing gives the default", want: 3000},
		{name: "the file overrides the default", file: "port: 1", want: 1},
		{name: "the environment overrides the file", file: "port: 1", environ: []string{"PORT=2"}, want: 2},
		{name: "a flag overrides the environment", file: "port: 1", environ: []string{"PORT=2"}, args: []string{"--port=3"}, want: 3},
		{name: "a flag overrides the file", file: "port: 1", args: []string{"--port", "3"}, want: 3},
		{name: "an empty variable counts as not set", file: "port: 1", environ: []string{"PORT="}, want: 1},
		{name: "a flag with the default's value still overrides", environ: []string{"PORT=2"}, args: []string{"--port=3000"}, want: 3000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := load(t, test.args, test.environ, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if got.Port != test.want {
				t.Errorf("port: got %d, want %d", got.Port, test.want)
			}
		})
	}
}

func TestBooleanFlagNeedsNoValue(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		environ []string
		want    bool
	}{
		{name: "left out, it has its default", want: false},
		{name: "its name alone switches it on", args: []string{"--classic"}, want: true},
		{name: "it may be written out", args: []string{"--classic=true"}, want: true},
		{name: "it overrides the environment", args: []string{"--classic=false"}, environ: []string{"PARTYCHAT_CLASSIC=true"}, want: false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := load(t, test.args, test.environ, "")
			if err != nil {
				t.Fatal(err)
			}
			if got.Classic != test.want {
				t.Errorf("classic: got %t, want %t", got.Classic, test.want)
			}
		})
	}
}

func TestSocketIO2ClientsMayConnectWhereClassicOnesMay(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		environ []string
		file    string
		want    bool
	}{
		{name: "not by default", want: false},
		{name: "if they are allowed", args: []string{"--allow-eio3"}, want: true},
		{name: "with classic events", args: []string{"--classic"}, want: true},
		{name: "with classic events in the file", file: "classic: true\n", want: true},
		{name: "unless they are refused", args: []string{"--classic", "--allow-eio3=false"}, want: false},
		{name: "unless the environment refuses them", args: []string{"--classic"}, environ: []string{"PARTYCHAT_ALLOW_EIO3=false"}, want: false},
		{name: "unless the file refuses them", args: []string{"--classic"}, file: "allow-eio3: false\n", want: false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := load(t, test.args, test.environ, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if got.AllowEIO3 != test.want {
				t.Errorf("got %t, want %t", got.AllowEIO3, test.want)
			}
		})
	}
}

func TestArgumentsThatAreNotFlagsAreRefusedWithAHint(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{args: []string{"false"}, want: `as in --guests=false`},
		{args: []string{"port=80"}, want: `"port=80" is not an option; options begin with --`},
	}
	for _, test := range tests {
		if err := NoArguments(test.args); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want an error with %q", test.args, err, test.want)
		}
	}
	if err := NoArguments(nil); err != nil {
		t.Errorf("no arguments: got %v, want none", err)
	}
}

// ofPlatforms are the variables that hosting platforms set.
var ofPlatforms = []string{"PORT", "DATABASE_URL", "REDIS_URL"}

func TestEveryOptionIsAFlagAVariableAndAKey(t *testing.T) {
	samples := map[string]string{
		"data": "/srv/chat", "host": "127.0.0.1", "allowed-origins": "https://a.example,http://b.example:8080",
		"trusted-proxies": "10.0.0.0/8,::1", "log-level": "debug", "sign-up": "invitation", "log-format": "json",
		"password-min": "12", "room-name-max": "99", "max-payload": "4096", "database-connections": "7", "reactions-max": "12", "pins-max": "12", "display-name-max": "99", "status-max": "99", "reaction-users": "12", "index-share": "12", "index-share-busy": "12",
		"file-storage": "off", "s3-url": "https://s3.example/files/chat", "files-message": "5", "upload-age": "7h", "images-at-once": "3",
		"image-memory": "2000000",
		"database-url": "postgres://chat:secret@db.example:5432/chat?sslmode=require", "redis-url": "rediss://:secret@cache.example:6380/2",
	}
	beside := map[string][]string{"redis-url": {"DATABASE_URL=postgresql:///chat"}}
	for _, o := range options {
		t.Run(o.key, func(t *testing.T) {
			text := samples[o.key]
			switch {
			case text != "":
			case o.typ.Kind() == reflect.Bool:
				text = strconv.FormatBool(o.fallback != "true")
			case o.typ == durationType:
				text = "7m"
			default:
				text = "1234"
			}
			byFlag, err := load(t, []string{"--" + o.key + "=" + text}, beside[o.key], "")
			if err != nil {
				t.Fatalf("by flag: %v", err)
			}
			byEnv, err := load(t, nil, append(beside[o.key], o.env+"="+text), "")
			if err != nil {
				t.Fatalf("by environment: %v", err)
			}
			byFile, err := load(t, nil, beside[o.key], o.key+": \""+text+"\"\n")
			if err != nil {
				t.Fatalf("by file: %v", err)
			}
			defaults, _ := load(t, nil, nil, "")
			if cmp.Equal(defaults, byFlag) {
				t.Errorf("--%s %s changes nothing", o.key, text)
			}
			if diff := cmp.Diff(byFlag, byEnv); diff != "" {
				t.Errorf("flag and environment differ (-flag +env):\n%s", diff)
			}
			if diff := cmp.Diff(byFlag, byFile); diff != "" {
				t.Errorf("flag and file differ (-flag +file):\n%s", diff)
			}
			if want := "PARTYCHAT_" + strings.ToUpper(strings.ReplaceAll(o.key, "-", "_")); o.env != want && !slices.Contains(ofPlatforms, o.env) {
				t.Errorf("environment variable: got %s, want %s", o.env, want)
			}
		})
	}
}

func TestTheHelpExplainsEveryOption(t *testing.T) {
	help := Help()
	for _, o := range options {
		for _, part := range []string{"  --" + o.key, o.arg + "\n", "Environment: " + o.env + "."} {
			if !strings.Contains(help, part) {
				t.Errorf("the help lacks %q", part)
			}
		}
		if o.group == "" || o.arg == "" || o.help == "" {
			t.Errorf("%s: group, arg and help must be given", o.key)
		}
	}
	for line := range strings.Lines(help) {
		if len(line) > helpWidth+1 {
			t.Errorf("a line of the help is %d characters wide: %q", len(line), line)
		}
	}
}

func TestErrorIsOneLineThatSaysWhatIsAllowed(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		environ []string
		file    string
		want    string
	}{
		{name: "a port that is no number", args: []string{"--port", "http"}, want: `--port: must be a whole number from 0 to 65535, not "http"`},
		{name: "a port out of range", args: []string{"--port", "65536"}, want: `--port: must be a whole number from 0 to 65535, not "65536"`},
		{name: "an empty port", args: []string{"--port", ""}, want: `--port: must be a whole number from 0 to 65535, but is empty`},
		{name: "an empty data folder", args: []string{"--data", ""}, want: `--data: must be text, but is empty`},
		{name: "a time without a unit", environ: []string{"PARTYCHAT_SESSION_IDLE=30"}, want: `PARTYCHAT_SESSION_IDLE: must be a time from 1m to 8760h, such as "90s" or "15m", not "30"`},
		{name: "a time that is too short", environ: []string{"PARTYCHAT_SESSION_IDLE=1s"}, want: `PARTYCHAT_SESSION_IDLE: must be a time from 1m`},
		{name: "a level that does not exist", args: []string{"--log-level=loud"}, want: `--log-level: must be debug, info, warn or error, not "loud"`},
		{name: "an origin with a path", args: []string{"--allowed-origins=https://a.example/chat"}, want: `--allowed-origins: must be origins such as "https://chat.example"`},
		{name: "an address with a port", args: []string{"--host=127.0.0.1:80"}, want: `--host: must be an address or a host name such as "127.0.0.1", "::1" or "localhost", without a port, not "127.0.0.1:80"`},
		{name: "an address in brackets with a port", args: []string{"--host=[::1]:80"}, want: `--host: must be an address or a host name`},
		{name: "a bracket that stays open", args: []string{"--host=[::1"}, want: `--host: must be an address or a host name`},
		{name: "a bracket that was never open", args: []string{"--host=::1]"}, want: `--host: must be an address or a host name`},
		{name: "an IPv4 address in brackets", args: []string{"--host=[127.0.0.1]"}, want: `--host: must be an address or a host name`},
		{name: "a URL", environ: []string{"PARTYCHAT_HOST=http://chat"}, want: `PARTYCHAT_HOST: must be an address or a host name`},
		{name: "a proxy that is a host name", args: []string{"--trusted-proxies=10.0.0.1,proxy"}, want: `--trusted-proxies: must be addresses or networks`},
		{name: "an unknown key", file: "prot: 80", want: `partychat.yaml:1: unknown key "prot"; the keys are data, database-url, `},
		{name: "a key given twice", file: "port: 80\nport: 81", want: `partychat.yaml:2: port is set twice`},
		{name: "a list where one value is wanted", file: "\nport: [80, 81]", want: `partychat.yaml:2: port must be a whole number from 0 to 65535`},
		{name: "a key without a value", file: "port:", want: `port must be a whole number`},
		{name: "a wrong value in the file", file: "port: high", want: `partychat.yaml: must be a whole number from 0 to 65535, not "high"`},
		{name: "a file that is no mapping", file: "- port", want: `must consist of lines such as "port: 3000"`},
		{name: "a file that is not YAML", file: "port: [", want: `not valid YAML`},
		{name: "a file that is not there", args: []string{"--config", "/nonexistent/partychat.yaml"}, want: `cannot read the configuration file: open /nonexistent/partychat.yaml`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.args, test.environ, test.file)
			var mistake *Error
			if !errors.As(err, &mistake) {
				t.Fatalf("got %v, want a *config.Error", err)
			}
			if got := err.Error(); !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("got  %q\nwant one line with %q", got, test.want)
			}
		})
	}
}

func TestListsMayBeWrittenInSeveralWays(t *testing.T) {
	want := []string{"https://a.example", "https://b.example"}
	for name, file := range map[string]string{
		"as a list":            "allowed-origins:\n  - https://a.example\n  - https://b.example\n",
		"in one line":          "allowed-origins: [https://a.example, https://b.example]",
		"separated by commas":  "allowed-origins: https://a.example,https://b.example",
		"with spaces in there": "allowed-origins: https://a.example, https://b.example",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, nil, nil, file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.AllowedOrigins); diff != "" {
				t.Errorf("origins (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProxiesReturnsSingleAddressesAsNetworks(t *testing.T) {
	c := Config{TrustedProxies: []string{"10.0.0.0/8", "192.0.2.1", "::1"}}
	var got []string
	for _, network := range c.Proxies() {
		got = append(got, network.String())
	}
	if diff := cmp.Diff([]string{"10.0.0.0/8", "192.0.2.1/32", "::1/128"}, got); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
}

func TestAddressIsTheListenAddress(t *testing.T) {
	for want, c := range map[string]Config{
		":3000": {Port: 3000}, "127.0.0.1:0": {Host: "127.0.0.1"}, "[::1]:80": {Host: "::1", Port: 80},
	} {
		if got := c.Address(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPagesPortFollowsTheServersPortByDefault(t *testing.T) {
	for want, c := range map[string]Config{
		":3001": {Port: 3000}, "127.0.0.1:0": {Host: "127.0.0.1"}, "[::1]:8080": {Host: "::1", Port: 80, PagesPort: 8080}, ":8081": {PagesPort: 8081},
	} {
		if got := c.PagesAddress(); got != want {
			t.Errorf("%+v: got %q, want %q", c, got, want)
		}
	}
}

func TestURLWithAPasswordIsNeverShown(t *testing.T) {
	for _, text := range []string{"mysql://chat:s3cret@db.example/chat", "s3cret", "postgres://chat:s3cret@db.example:port/chat", "redis//:s3cret@cache.example"} {
		for _, key := range []string{"database-url", "redis-url"} {
			_, err := load(t, []string{"--" + key, text}, nil, "")
			var mistake *Error
			if !errors.As(err, &mistake) || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "--"+key+": must be a URL such as") {
				t.Errorf("--%s %s: got %v, want it refused without the password", key, text, err)
			}
		}
	}
}

func TestRedisWithoutPostgreSQLIsRefused(t *testing.T) {
	_, err := load(t, nil, []string{"REDIS_URL=redis://:s3cret@cache.example"}, "")
	if err == nil || !strings.HasPrefix(err.Error(), "REDIS_URL: also needs database-url (DATABASE_URL)") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v, want a sentence that says what is missing", err)
	}
	if _, err := load(t, nil, []string{"REDIS_URL=redis://:s3cret@cache.example", "DATABASE_URL=postgres://db.example/chat"}, ""); err != nil {
		t.Errorf("with both: got %v", err)
	}
}

func TestHostMayBeInBrackets(t *testing.T) {
	for text, want := range map[string]string{
		"[::1]": "[::1]:80", "[::]": "[::]:80", "::1": "[::1]:80", "[fe80::1%eth0]": "[fe80::1%eth0]:80",
		"127.0.0.1": "127.0.0.1:80", "localhost": "localhost:80", "": ":80",
	} {
		c, err := load(t, []string{"--port=80", "--host=" + text}, nil, "")
		if err != nil {
			t.Errorf("--host %s: %v", text, err)
		} else if got := c.Address(); got != want {
			t.Errorf("--host %s: listens on %q, want %q", text, got, want)
		}
	}
}
