//go:build unix

package realserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	postgresInstall = "install PostgreSQL 14 or newer (Debian: apt-get install postgresql), or run scripts/need postgres"
	superuser       = "partychat"
)

// postgresFolders are where systems install PostgreSQL programs that are not in
// PATH.
var postgresFolders = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"}

// PostgresOptions configure NewPostgres.
type PostgresOptions struct {
	// Dir is the server's folder. If this process runs as root, another user must
	// be able to reach it, which rules out the folders of testing.T. Default: a
	// temporary folder that Close removes.
	Dir string
	// NoFsync makes the server faster, but it can lose committed data if the
	// machine crashes (not if the server does). By default, no committed data is
	// lost.
	NoFsync bool
	// Settings are lines of postgresql.conf, such as "max_connections=20".
	Settings []string
}

// Postgres is a PostgreSQL server. Its methods are safe for concurrent use.
type Postgres struct {
	process
	folder    string
	temporary bool
	port      int
	password  string
	psql      string
}

// NewPostgres creates a server with empty databases. Start starts it; Close ends
// it.
func NewPostgres(o PostgresOptions) (*Postgres, error) {
	postgres, err := program(postgresInstall, postgresFolders, "postgres")
	if err != nil {
		return nil, err
	}
	// The link in PATH may lead to another version, or to a wrapper that selects
	// one.
	if postgres, err = filepath.EvalSymlinks(postgres); err != nil {
		return nil, err
	}
	beside := []string{filepath.Dir(postgres)}
	initdb, err := program(postgresInstall, beside, "initdb")
	if err != nil {
		return nil, err
	}
	psql, err := program(postgresInstall, beside, "psql")
	if err != nil {
		return nil, err
	}
	p := &Postgres{password: rand.Text(), psql: psql}
	if p.port, err = FreePort(); err != nil {
		return nil, err
	}
	if p.folder, p.temporary, err = folder(o.Dir, "partychat-postgres-"); err == nil {
		p.process = process{
			name: "PostgreSQL", path: postgres, dir: filepath.Join(p.folder, "data"),
			log: filepath.Join(p.folder, "log"), orphaned: syscall.SIGQUIT,
		}
		err = p.initialise(initdb)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("creating a PostgreSQL server: %w", err), p.Close())
	}
	settings := append([]string{
		"port=" + strconv.Itoa(p.port), "listen_addresses=127.0.0.1", "unix_socket_directories=",
		"max_connections=200", "log_min_messages=warning",
	}, o.Settings...)
	if o.NoFsync {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	p.args = []string{"-D", p.dir}
	for _, s := range settings {
		p.args = append(p.args, "-c", s)
	}
	return p, nil
}

// initialise creates the data folder.
func (p *Postgres) initialise(initdb string) error {
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		uid, gid, err := unprivileged()
		if err != nil {
			return err
		}
		if err := os.Chown(p.dir, uid, gid); err != nil {
			return err
		}
		p.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	secret := filepath.Join(p.folder, "password")
	if err := os.WriteFile(secret, []byte(p.password), 0o600); err != nil {
		return err
	}
	defer func() { _ = os.Remove(secret) }()
	if c := p.credential; c != nil {
		if err := os.Chown(secret, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	// initdb needs no sync, because the server syncs everything at its first
	// checkpoint.
	cmd := exec.Command(initdb, "--pgdata", p.dir, "--username", superuser, "--pwfile", secret, //nolint:noctx,gosec // it ends by itself; program has found it
		"--auth", "password", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	cmd.Dir, cmd.SysProcAttr = p.folder, attributes(p.credential, syscall.SIGKILL)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// unprivileged returns the user that a server runs as if this process runs as root.
func unprivileged() (uid, gid int, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err = strconv.Atoi(u.Uid)
		if err != nil {
			return 0, 0, err
		}
		gid, err = strconv.Atoi(u.Gid)
		return uid, gid, err
	}
	return 0, 0, errors.New("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// Start starts the server and returns once it accepts connections. A server that
// was killed recovers first.
func (p *Postgres) Start(ctx context.Context) error {
	return p.start(ctx, p.ready)
}

// ready reads the server's lock file: line 1 is the process, line 8 its state.
func (p *Postgres) ready(context.Context) error {
	raw, err := os.ReadFile(filepath.Join(p.dir, "postmaster.pid"))
	if err != nil {
		return err
	}
	lines := append(strings.Split(string(raw), "\n"), make([]string, 8)...)
	if state := strings.TrimSpace(lines[7]); lines[0] != strconv.Itoa(p.cmd.Process.Pid) || state != "ready" {
		return fmt.Errorf("it is %q", state)
	}
	return nil
}

// Stop ends the server. It closes connections, but lets commits in progress finish.
func (p *Postgres) Stop() error { return p.stop(syscall.SIGINT) }

// Close ends the server and removes its temporary folder.
func (p *Postgres) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		p.signal(syscall.SIGCONT)
		p.kill()
	}
	if p.temporary {
		return os.RemoveAll(p.folder)
	}
	return nil
}

// Address is the server's host:port.
func (p *Postgres) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// URL is the URL of the named database, as superuser.
func (p *Postgres) URL(database string) string { return p.url(p.Address(), database) }

// URLThrough is URL by way of a proxy at the address.
func (p *Postgres) URLThrough(address, database string) string { return p.url(address, database) }

func (p *Postgres) url(address, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, p.password),
		Host: address, Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// CreateDatabase creates an empty database.
func (p *Postgres) CreateDatabase(ctx context.Context, name string) error {
	return p.run(ctx, "CREATE DATABASE "+quoted(name))
}

// CopyDatabase creates a database with the content of another one, which nobody may
// be connected to.
func (p *Postgres) CopyDatabase(ctx context.Context, name, from string) error {
	return p.run(ctx, "CREATE DATABASE "+quoted(name)+" TEMPLATE "+quoted(from))
}

// DropDatabase removes a database, even if clients are connected to it.
func (p *Postgres) DropDatabase(ctx context.Context, name string) error {
	return p.run(ctx, "DROP DATABASE "+quoted(name)+" WITH (FORCE)")
}

// run runs one statement with psql, so that this package needs no driver.
func (p *Postgres) run(ctx context.Context, statement string) error {
	cmd := exec.CommandContext(ctx, p.psql, "--no-psqlrc", "--quiet", "--output", os.DevNull, "--command", statement) //nolint:gosec // program has found it
	cmd.Env = []string{
		"LC_ALL=C", "PGHOST=127.0.0.1", "PGPORT=" + strconv.Itoa(p.port), "PGUSER=" + superuser,
		"PGPASSWORD=" + p.password, "PGDATABASE=postgres", "PGCONNECT_TIMEOUT=5",
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", statement, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// quoted quotes a name as an identifier.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
