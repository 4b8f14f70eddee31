package socketio

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func TestClientFilesAreServed(t *testing.T) {
	script := strings.Repeat("io();", 1000)
	h := newHost(t, Options{ClientFiles: fstest.MapFS{
		"socket.io.js":         {Data: []byte(script)},
		"socket.io.js.map":     {Data: []byte("{}")},
		"socket.io.esm.min.js": {Data: []byte("export {}")},
		"secret.txt":           {Data: []byte("no")},
	}})
	get := func(method, name string, header ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+h.addr+"/socket.io/"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body io.Reader = resp.Body
		if resp.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(resp.Body); err != nil {
				t.Fatal(err)
			}
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(data)
	}

	plain, body := get("GET", "socket.io.js")
	wantEqual(t, plain.StatusCode, 200)
	wantEqual(t, body, script)
	wantEqual(t, plain.Header.Get("Content-Type"), "application/javascript; charset=utf-8")
	etag := plain.Header.Get("ETag")

	zipped, body := get("GET", "socket.io.js", "Accept-Encoding", "br, gzip")
	wantEqual(t, zipped.Header.Get("Content-Encoding"), "gzip")
	wantEqual(t, body, script)

	refused, _ := get("GET", "socket.io.js", "Accept-Encoding", "gzip;q=0")
	wantEqual(t, refused.Header.Get("Content-Encoding"), "")

	cached, body := get("GET", "socket.io.js", "If-None-Match", `"other", `+etag)
	wantEqual(t, cached.StatusCode, http.StatusNotModified)
	wantEqual(t, body, "")

	head, body := get("HEAD", "socket.io.js")
	wantEqual(t, head.StatusCode, 200)
	wantEqual(t, body, "")

	source, body := get("GET", "socket.io.js.map")
	wantEqual(t, source.Header.Get("Content-Type"), "application/json; charset=utf-8")
	wantEqual(t, body, "{}")

	module, body := get("GET", "socket.io.esm.min.js")
	wantEqual(t, module.Header.Get("Access-Control-Allow-Origin"), "*")
	wantEqual(t, body, "export {}")

	posted, _ := get("POST", "socket.io.js")
	wantEqual(t, posted.StatusCode, http.StatusMethodNotAllowed)
	for _, name := range []string{"secret.txt", "socket.io.min.js", "../socket.io.js"} {
		if resp, _ := get("GET", name); resp.StatusCode == http.StatusOK {
			t.Errorf("%s is served", name)
		}
	}
}
