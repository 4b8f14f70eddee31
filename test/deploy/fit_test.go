package deploy

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// composition has the parts of a compose file that these tests check.
type composition struct {
	Services map[string]struct {
		Image           string            `yaml:"image"`
		Build           map[string]string `yaml:"build"`
		Environment     map[string]string `yaml:"environment"`
		Volumes         []string          `yaml:"volumes"`
		StopGracePeriod string            `yaml:"stop_grace_period"`
		DependsOn       map[string]any    `yaml:"depends_on"`
	} `yaml:"services"`
	Volumes map[string]any `yaml:"volumes"`
}

func TestTheComposedProxysAddressIsReserved(t *testing.T) {
	var c struct {
		Services struct {
			Caddy struct {
				Networks struct {
					Front struct {
						Address netip.Addr `yaml:"ipv4_address"`
					} `yaml:"front"`
				} `yaml:"networks"`
			} `yaml:"caddy"`
			Node struct {
				Environment struct {
					Proxies netip.Addr `yaml:"PARTYCHAT_TRUSTED_PROXIES"`
				} `yaml:"environment"`
			} `yaml:"chat-1"`
		} `yaml:"services"`
		Networks struct {
			Front struct {
				IPAM struct {
					Config []struct {
						Subnet netip.Prefix `yaml:"subnet"`
						Range  netip.Prefix `yaml:"ip_range"`
					} `yaml:"config"`
				} `yaml:"ipam"`
			} `yaml:"front"`
		} `yaml:"networks"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/compose/two-nodes.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if got := len(c.Networks.Front.IPAM.Config); got != 1 {
		t.Fatalf("got %d address ranges, want 1", got)
	}
	proxy, addresses := c.Services.Caddy.Networks.Front.Address, c.Networks.Front.IPAM.Config[0]
	if !addresses.Subnet.Contains(proxy) || !addresses.Subnet.Contains(addresses.Range.Addr()) {
		t.Errorf("%s or %s is not in %s", proxy, addresses.Range, addresses.Subnet)
	}
	if !addresses.Range.IsValid() || addresses.Range.Contains(proxy) {
		t.Errorf("%s may be assigned to another container, because it is in %s", proxy, addresses.Range)
	}
	if got := c.Services.Node.Environment.Proxies; got != proxy {
		t.Errorf("the nodes trust %s, want %s", got, proxy)
	}
}

func TestComposeFilesFitTogether(t *testing.T) {
	known, patience := byEnv(t), fallback(t, "shutdown-timeout")
	const folder = "deploy/compose/"
	for _, name := range []string{"alone.yaml", "two-nodes.yaml"} {
		t.Run(name, func(t *testing.T) {
			var c composition
			if err := yaml.Unmarshal([]byte(read(t, folder+name)), &c); err != nil {
				t.Fatal(err)
			}
			nodes := 0
			for service, s := range c.Services {
				for _, volume := range s.Volumes {
					source, _, _ := strings.Cut(volume, ":")
					_, named := c.Volumes[source]
					if _, err := os.Stat(root + folder + source); !named && err != nil {
						t.Errorf("%s mounts %s, which is neither a volume nor a file", service, source)
					}
				}
				for other := range s.DependsOn {
					if _, ok := c.Services[other]; !ok {
						t.Errorf("%s depends on %s, which does not exist", service, other)
					}
				}
				if s.Image != "partychat" {
					continue
				}
				nodes++
				if _, err := os.Stat(filepath.Join(root+folder, s.Build["context"], s.Build["dockerfile"])); err != nil {
					t.Errorf("%s cannot be built: %v", service, err)
				}
				for env := range s.Environment {
					if _, ok := known[env]; !ok {
						t.Errorf("%s sets %s, which no option reads", service, env)
					}
				}
				if got := duration(t, s.StopGracePeriod); got <= patience {
					t.Errorf("%s may stop within %s, want more than %s", service, got, patience)
				}
			}
			if want := map[string]int{"alone.yaml": 1, "two-nodes.yaml": 2}[name]; nodes != want {
				t.Errorf("got %d nodes, want %d", nodes, want)
			}
		})
	}
}

// number returns the only number that matches the pattern's group.
func number(t *testing.T, path, pattern string) int {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(read(t, path))
	if found == nil {
		t.Fatalf("%s: nothing like %s", path, pattern)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestProxyTimeoutsAreLongerThanTheHeartbeats(t *testing.T) {
	silence := fallback(t, "ping-interval") + fallback(t, "ping-timeout")
	for _, test := range []struct{ name, path, pattern string }{
		{"nginx reading", "deploy/proxies/nginx.conf", `proxy_read_timeout (\d+)s;`},
		{"nginx writing", "deploy/proxies/nginx.conf", `proxy_send_timeout (\d+)s;`},
		{"HAProxy and its client", "deploy/proxies/haproxy.cfg", `timeout client (\d+)s`},
		{"HAProxy and a node", "deploy/proxies/haproxy.cfg", `timeout server (\d+)s`},
		{"HAProxy and a WebSocket", "deploy/proxies/haproxy.cfg", `timeout tunnel (\d+)s`},
		{"the nginx ingress", "deploy/helm/partychat/templates/_helpers.tpl", `proxy-read-timeout: "(\d+)"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := time.Duration(number(t, test.path, test.pattern)) * time.Second; got <= silence {
				t.Errorf("got %s, want more than %s", got, silence)
			}
		})
	}
}

func TestStopTimeoutsLetTheServerFinish(t *testing.T) {
	patience := fallback(t, "shutdown-timeout")
	if got := time.Duration(number(t, "deploy/systemd/partychat.service", `TimeoutStopSec=(\d+)s`)) * time.Second; got <= patience {
		t.Errorf("systemd waits %s, want more than %s", got, patience)
	}
	var values struct {
		Options map[string]string `yaml:"options"`
		Delay   int               `yaml:"stopDelaySeconds"`
		Grace   int               `yaml:"terminationGracePeriodSeconds"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/helm/partychat/values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	needed := time.Duration(values.Delay)*time.Second + duration(t, values.Options["shutdown-timeout"])
	if got := time.Duration(values.Grace) * time.Second; got <= needed {
		t.Errorf("Kubernetes waits %s, want more than %s", got, needed)
	}
	known := byEnv(t)
	for key := range values.Options {
		if env := "PARTYCHAT_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_")); known[env].key != key {
			t.Errorf("the chart sets %s, which is no option with a variable of that name", key)
		}
	}
}

func TestPlatformsSetVariablesThatTheProgramReads(t *testing.T) {
	var app struct {
		Env map[string]struct{ Value string } `json:"env"`
	}
	if err := json.Unmarshal([]byte(read(t, "app.json")), &app); err != nil {
		t.Fatal(err)
	}
	known := byEnv(t)
	for env := range app.Env {
		if _, ok := known[env]; !ok && env != "GO_INSTALL_PACKAGE_SPEC" {
			t.Errorf("app.json sets %s, which no option reads", env)
		}
	}
	for _, env := range []string{"PORT", "DATABASE_URL", "REDIS_URL"} {
		if _, ok := known[env]; !ok {
			t.Errorf("no option reads %s, which platforms set", env)
		}
	}
	if _, err := os.Stat(root + app.Env["GO_INSTALL_PACKAGE_SPEC"].Value); err != nil {
		t.Errorf("the package that the Go buildpack builds: %v", err)
	}
}

func TestSupervisorsKeepRetryingWhileTheDatabaseIsDownOrMigrating(t *testing.T) {
	const unit, chart = "deploy/systemd/partychat.service", "deploy/helm/partychat/templates/deployment.yaml"
	if got := number(t, unit, `(?m)^StartLimitIntervalSec=(\d+)$`); got != 0 {
		t.Errorf("systemd counts failed starts for %d s, want 0: any number is allowed", got)
	}
	probe := number(t, chart, `startupProbe:\n.*\n\s+periodSeconds: (\d+)`) *
		number(t, chart, `startupProbe:\n.*\n.*\n\s+failureThreshold: (\d+)`)
	if wait := number(t, "internal/store/postgres/migrate.go", `migratePatience = (\d+)`); probe < 2*wait {
		t.Errorf("Kubernetes lets a node start for %d s, want twice the %d s that it may wait for another node", probe, wait)
	}
}

func TestImagesAreBuiltWithTheGoOfTheModule(t *testing.T) {
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))[1]
	if want := "FROM golang:" + version + "-"; !strings.Contains(read(t, "deploy/Dockerfile"), want) {
		t.Errorf("the Dockerfile lacks %q", want)
	}
}
