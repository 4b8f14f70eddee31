//go:build unix

package realserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

const s3Install = "run scripts/need s3, which builds the S3 server of the tests"

// s3Folders are where scripts/need s3 puts the program, from the folders of packages.
var s3Folders = []string{"bin", "../bin", "../../bin", "../../../bin"}

// S3Bucket is the bucket that every S3 server has.
const S3Bucket = "files"

// S3 is a server that speaks S3 and keeps objects in a folder. Its methods are safe for
// concurrent use.
type S3 struct {
	process
	port int
	// Key and Secret are what clients identify themselves with.
	Key, Secret string
}

// NewS3 creates an empty server in the folder. Start starts it; Stop ends it.
func NewS3(dir string) (*S3, error) {
	path, err := program(s3Install, s3Folders, "versitygw")
	if err != nil {
		return nil, err
	}
	s := &S3{Key: "partychat", Secret: "a secret for tests"}
	if s.port, err = FreePort(); err != nil {
		return nil, err
	}
	objects, about := filepath.Join(dir, "objects"), filepath.Join(dir, "about")
	for _, folder := range []string{filepath.Join(objects, S3Bucket), about} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	s.process = process{
		name: "the S3 server", path: path, dir: dir, log: filepath.Join(dir, "log"), orphaned: syscall.SIGKILL,
		args: []string{
			"--access", s.Key, "--secret", s.Secret, "--port", s.Address(),
			"posix", "--sidecar", about, objects,
		},
	}
	return s, nil
}

// Address is the server's host:port.
func (s *S3) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is the address of the bucket.
func (s *S3) URL() string { return "http://" + s.Address() + "/" + S3Bucket }

// Start starts the server and returns once it answers.
func (s *S3) Start(ctx context.Context) error {
	return s.start(ctx, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Address(), nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close() // it has asked for a signature
		if answer.StatusCode != http.StatusForbidden {
			return fmt.Errorf("it answers %s", answer.Status)
		}
		return nil
	})
}

// Stop ends the server, which keeps its data.
func (s *S3) Stop() error { return s.stop(syscall.SIGTERM) }

// S3Server starts an S3 server for this test only. It ends with the test.
func S3Server(tb testing.TB) *S3 {
	tb.Helper()
	s, err := NewS3(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closed(tb, s.Log, s.Stop) })
	if err := s.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}
