// Command files compares the uploads and downloads of PartyChat with those of nginx, for
// the same bytes on the same core, in turns. It needs nginx with its WebDAV module, such
// as Debian's package, and a program built by make build. See ../README.md.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"partychat/internal/realserver"
)

const (
	fileSize = 48 << 20
	partSize = 16 << 20 // what the client sends at once on a fast line
)

func main() {
	binary := flag.String("binary", "bin/partychat", "`path` of the program")
	rounds := flag.Int("rounds", 7, "`number` of turns")
	flag.Parse()
	if err := run(*binary, *rounds); err != nil {
		log.Fatal(err)
	}
}

func run(binary string, rounds int) error {
	folder, err := os.MkdirTemp("", "partychat-files-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // nginx reads and writes below it
		return err
	}
	chat, err := startChat(binary, folder)
	if err != nil {
		return err
	}
	defer chat.stop()
	nginx, err := startNginx(folder)
	if err != nil {
		return err
	}
	defer nginx.stop()
	fmt.Println("| | PartyChat MB/s | nginx MB/s | ratio | PartyChat MB per CPU-second | nginx MB per CPU-second | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	content := make([]byte, fileSize)
	for _, work := range []struct {
		name string
		do   func(s *server, content []byte) error
	}{{"upload", (*server).upload}, {"download", (*server).download}} {
		var rate, efficiency [2][]float64
		for round := range rounds + 1 {
			if _, err := rand.Read(content); err != nil {
				return err
			}
			for i, s := range []*server{chat, nginx} {
				used, began := s.cpu(), time.Now()
				if err := work.do(s, content); err != nil {
					return fmt.Errorf("%s: %w", work.name, err)
				}
				if round > 0 { // the first one warms up
					rate[i] = append(rate[i], fileSize/1e6/time.Since(began).Seconds())
					efficiency[i] = append(efficiency[i], fileSize/1e6/max(0.01, (s.cpu()-used).Seconds()))
				}
			}
		}
		a, b, c, d := median(rate[0]), median(rate[1]), median(efficiency[0]), median(efficiency[1])
		fmt.Printf("| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %.2f |\n", work.name, a, b, a/b, c, d, c/d)
	}
	return nil
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// server is one of the two, on the first core.
type server struct {
	url, token string
	cmd        *exec.Cmd
	file       string // the address of the last upload
	isChat     bool
}

func start(args ...string) (*server, error) {
	cmd := exec.CommandContext(context.Background(), "taskset", append([]string{"-c", "0"}, args...)...) //nolint:gosec // our own arguments
	cmd.Stderr = os.Stderr
	return &server{cmd: cmd}, cmd.Start()
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}

// cpu is the time that the process has used.
func (s *server) cpu() time.Duration {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	var used time.Duration
	for _, field := range strings.Fields(rest)[11:13] {
		n, _ := strconv.Atoi(field)
		used += time.Duration(n) * time.Second / 100
	}
	return used
}

func startChat(binary, folder string) (*server, error) {
	port, err := realserver.FreePort()
	if err != nil {
		return nil, err
	}
	s, err := start(binary, "serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--data", filepath.Join(folder, "data"),
		"--write-rate", "100000", "--read-rate", "100000", "--files-user", "100000000000")
	if err != nil {
		return nil, err
	}
	s.url, s.isChat = fmt.Sprintf("http://127.0.0.1:%d/api/v1", port), true
	var answer struct {
		Token string `json:"token"`
	}
	for range 200 {
		if err = s.call(http.MethodPost, "/users", jsonHeader, strings.NewReader(`{"username":"ada","password":"a long password","token":true}`), &answer); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.token = answer.Token
	return s, err
}

func startNginx(folder string) (*server, error) {
	port, err := realserver.FreePort()
	if err != nil {
		return nil, err
	}
	root, name := filepath.Join(folder, "nginx"), filepath.Join(folder, "nginx.conf")
	config := fmt.Sprintf(`user root; daemon off; master_process off; pid %s/nginx.pid; error_log stderr;
events { worker_connections 64; }
http { access_log off; sendfile on; client_max_body_size 0; client_body_temp_path %s/temp;
server { listen 127.0.0.1:%d; root %s; location / { dav_methods PUT; } } }
`, folder, root, port, root)
	if err := errors.Join(os.Mkdir(root, 0o700), os.WriteFile(name, []byte(config), 0o600)); err != nil {
		return nil, err
	}
	s, err := start("nginx", "-c", name)
	if err != nil {
		return nil, err
	}
	s.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 200 {
		if err = s.call(http.MethodPut, "/warm", nil, strings.NewReader("x"), nil); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return s, err
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

func (s *server) call(method, path string, header http.Header, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(context.Background(), method, s.url+path, body)
	if err != nil {
		return err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%d %s", response.StatusCode, text)
	}
	if into == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(into)
}

func (s *server) upload(content []byte) error {
	if !s.isChat {
		s.file = "/" + uuid.NewString()
		return s.call(http.MethodPut, s.file, nil, bytes.NewReader(content), nil)
	}
	var answer struct {
		File struct {
			ID       int64
			Received int
		}
	}
	announced := fmt.Sprintf(`{"clientId":%q,"name":"data.bin","size":%d}`, uuid.NewString(), len(content))
	if err := s.call(http.MethodPost, "/files", jsonHeader, strings.NewReader(announced), &answer); err != nil {
		return err
	}
	s.file = fmt.Sprintf("/files/%d", answer.File.ID)
	for at := 0; at < len(content); at = answer.File.Received {
		header := http.Header{"Content-Type": {"application/offset+octet-stream"}, "Upload-Offset": {strconv.Itoa(at)}}
		part := bytes.NewReader(content[at:min(len(content), at+partSize)])
		if err := s.call(http.MethodPatch, s.file, header, part, &answer); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) download([]byte) error { return s.call(http.MethodGet, s.file, nil, nil, nil) }
