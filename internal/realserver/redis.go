//go:build unix

package realserver

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const redisInstall = "install Redis 7 or Valkey (Debian: apt-get install redis-server), or run scripts/need redis"

// RedisOptions configure NewRedis.
type RedisOptions struct {
	// Dir is the server's folder. Default: a temporary folder that Close removes.
	Dir string
	// Cluster makes the server a cluster with a single node that has all slots.
	Cluster bool
	// Args are more arguments, such as "--maxmemory", "64mb". By default, the
	// server answers a write once it is durable.
	Args []string
}

// Redis is a Redis or Valkey server. Its methods are safe for concurrent use.
type Redis struct {
	process
	temporary bool
	port      int
	cluster   bool
}

// NewRedis creates an empty server. Start starts it; Close ends it.
func NewRedis(o RedisOptions) (*Redis, error) {
	path, err := program(redisInstall, nil, "redis-server", "valkey-server")
	if err != nil {
		return nil, err
	}
	r := &Redis{cluster: o.Cluster}
	if r.port, err = FreePort(); err != nil {
		return nil, err
	}
	dir, temporary, err := folder(o.Dir, "partychat-redis-")
	if err != nil {
		return nil, err
	}
	r.temporary = temporary
	r.process = process{
		name: "Redis", path: path, dir: dir, log: filepath.Join(dir, "log"), orphaned: syscall.SIGKILL,
		args: []string{
			"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--dir", dir,
			"--save", "", "--appendonly", "yes", "--appendfsync", "always",
		},
	}
	if o.Cluster {
		bus, err := FreePort()
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.args = append(r.args, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus))
	}
	r.args = append(r.args, o.Args...)
	return r, nil
}

// Start starts the server and returns once it has loaded its data and accepts
// commands.
func (r *Redis) Start(ctx context.Context) error {
	return r.start(ctx, r.ready)
}

func (r *Redis) ready(ctx context.Context) error {
	if answer, err := r.Do(ctx, "PING"); err != nil || answer != "+PONG" {
		return cmp.Or(err, errors.New(answer))
	}
	if !r.cluster {
		return nil
	}
	info, err := r.Do(ctx, "CLUSTER", "INFO")
	switch {
	case err != nil:
		return err
	case strings.Contains(info, "cluster_slots_assigned:0\r\n"):
		_, err = r.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
		return cmp.Or(err, errors.New("its slots were assigned just now"))
	case !strings.Contains(info, "cluster_state:ok\r\n"):
		return errors.New(info)
	}
	return nil
}

// Stop ends the server, which keeps its data.
func (r *Redis) Stop() error { return r.stop(syscall.SIGTERM) }

// Close ends the server and removes its temporary folder.
func (r *Redis) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil {
		r.kill()
	}
	if r.temporary {
		return os.RemoveAll(r.dir)
	}
	return nil
}

// Address is the server's host:port.
func (r *Redis) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// URL is the URL for clients.
func (r *Redis) URL() string { return "redis://" + r.Address() }

// Do runs one command on a new connection. It returns the answer as it is on the
// wire: a line with its type prefix, or the text of a bulk string. It returns an
// error answer as an error.
func (r *Redis) Do(ctx context.Context, command ...string) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.Address())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(command))
	for _, word := range command {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := conn.Write([]byte(request.String())); err != nil {
		return "", err
	}
	return readReply(bufio.NewReader(conn))
}

func readReply(from *bufio.Reader) (string, error) {
	line, err := from.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimSuffix(line, "\r\n")
	switch {
	case strings.HasPrefix(line, "-"):
		return "", errors.New(line[1:])
	case strings.HasPrefix(line, "$") && line != "$-1":
		size, err := strconv.Atoi(line[1:])
		if err != nil {
			return "", err
		}
		text := make([]byte, size)
		for n := 0; n < size; {
			more, err := from.Read(text[n:])
			if err != nil {
				return "", err
			}
			n += more
		}
		return string(text), nil
	}
	return line, nil
}
