package httpapi

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestA5_PagesRedirectByWhetherThereIsASession(t *testing.T) {
	s := newServer(t)
	stranger, anna := s.client(t), s.member(t, "anna")
	for _, c := range []struct {
		who      *client
		name     string
		path     string
		status   int
		location string
	}{
		{stranger, "a stranger", "/", 200, ""},
		{stranger, "a stranger", "/login", 200, ""},
		{stranger, "a stranger", "/register", 200, ""},
		{stranger, "a stranger", "/home", 303, "/"},
		{stranger, "a stranger", "/home/17", 303, "/?to=%2Fhome%2F17"},
		{stranger, "a stranger", "/home/17/205", 303, "/?to=%2Fhome%2F17%2F205"},
		{stranger, "a stranger", "/nowhere", 404, ""},
		{anna, "anna", "/", 303, "/home"},
		{anna, "anna", "/login", 303, "/home"},
		{anna, "anna", "/login?to=%2Fhome%2F17", 303, "/home/17"},
		{anna, "anna", "/login?to=%2Fhome%2F17%2F205", 303, "/home/17/205"},
		{anna, "anna", "/login?to=%2Fhome%2F17%2F..", 303, "/home"},
		{anna, "anna", "/home/17/205", 200, ""},
		{anna, "anna", "/?to=%2F%2Fevil.example%2Fhome%2F17", 303, "/home"},
		{anna, "anna", "/?to=%2Fjoin%2Fx", 303, "/home"},
		{anna, "anna", "/register", 303, "/home"},
		{anna, "anna", "/home", 200, ""},
		{anna, "anna", "/home/17", 200, ""},
		{anna, "anna", "/home/17/205/more", 404, ""},
		{anna, "anna", "/index.html", 404, ""},
	} {
		t.Run(c.name+" at "+c.path, func(t *testing.T) {
			a := c.who.send(http.MethodGet, c.path, nil)
			if a.status != c.status || a.header.Get("Location") != c.location {
				t.Errorf("got %d to %q, want %d to %q", a.status, a.header.Get("Location"), c.status, c.location)
			}
			if cache := a.header.Get("Cache-Control"); cache != "no-cache" && cache != "no-store" {
				t.Errorf("Cache-Control is %q, want the browser to ask each time", cache)
			}
			if c.location == "" && !bytes.Contains(a.body, []byte("<title>PartyChat</title>")) {
				t.Errorf("the body is %q, want the client", a.body)
			}
		})
	}
}

func TestPagesAcceptOnlyGetAndHead(t *testing.T) {
	c := newServer(t).client(t)
	for _, path := range []string{"/", "/login", "/nowhere"} {
		if a := c.send(http.MethodPost, path, nil); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" {
			t.Errorf("POST %s: got %d, Allow %q, want 405 with what is allowed", path, a.status, a.header.Get("Allow"))
		}
	}
}

func TestPageSaysHowToBuildTheClient(t *testing.T) {
	c := newServer(t, serving(fstest.MapFS{".placeholder": {}})).client(t)
	a := c.send(http.MethodGet, "/", nil)
	if a.status != http.StatusServiceUnavailable || !bytes.Contains(a.body, []byte("make build")) {
		t.Errorf("got %d %s, want 503 and the command", a.status, a.body)
	}
}

func TestFilesAreServedWithTypeAndCaching(t *testing.T) {
	c := newServer(t).client(t)
	for _, f := range []struct{ path, contentType, cache string }{
		{"/assets/app-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/tiny-3c4d.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/logo-5e6f.svg", "image/svg+xml", "public, max-age=31536000, immutable"},
		{"/assets/noise-7a8b.bin", "application/octet-stream", "public, max-age=31536000, immutable"},
		{"/favicon.ico", "image/x-icon", "no-cache"},
		{"/worker.js", "text/javascript; charset=utf-8", "no-cache"}, // browsers must see each new version
	} {
		a := c.send(http.MethodGet, f.path, nil)
		want := plainClient[strings.TrimPrefix(f.path, "/")].Data
		if a.status != http.StatusOK || !bytes.Equal(a.body, want) {
			t.Errorf("%s: got %d and %d bytes, want 200 and %d", f.path, a.status, len(a.body), len(want))
		}
		if got := a.header.Get("Content-Type"); got != f.contentType {
			t.Errorf("%s: Content-Type is %q, want %q", f.path, got, f.contentType)
		}
		if got := a.header.Get("Cache-Control"); got != f.cache {
			t.Errorf("%s: Cache-Control is %q, want %q", f.path, got, f.cache)
		}
		head := c.send(http.MethodHead, f.path, nil)
		if head.status != http.StatusOK || len(head.body) != 0 {
			t.Errorf("HEAD %s: got %d and %d bytes, want 200 and none", f.path, head.status, len(head.body))
		}
	}
	for _, path := range []string{"/assets/gone-0000.js", "/client/socket.io.js", "/.placeholder", "/assets/"} {
		if a := c.send(http.MethodGet, path, nil); a.status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, a.status)
		}
	}
	if a := c.send(http.MethodGet, "/assets/gone-0000.js", nil); bytes.Contains(a.body, []byte("<title>")) {
		t.Error("a missing asset is answered with the page, want a plain 404")
	}
}

func TestFilesAreSentInTheEncodingThatTheClientPrefers(t *testing.T) {
	c := newServer(t).client(t)
	const path = "/assets/app-1a2b.js"
	want := plainClient["assets/app-1a2b.js"].Data
	etags := map[string]string{}
	for _, test := range []struct{ accept, coding string }{
		{"gzip, deflate, br, zstd", "br"},
		{"gzip, deflate, zstd", "zstd"},
		{"gzip, deflate", "gzip"},
		{"x-gzip", "gzip"},
		{"GZIP;q=0.5", "gzip"},
		{"br;q=0.5, gzip;q=0.8, zstd;q=0.1", "gzip"},
		{"br; q=0.9 , zstd;q=1.0", "zstd"},
		{"br;Q=0, gzip", "gzip"},
		{"*", "br"},
		{"br;q=0, *;q=0.1", "zstd"},
		{"gzip;q=0.5, *;q=0", "gzip"},
		{"identity, gzip;q=0.5", ""},
		{"identity;q=0.5, gzip;q=0.5", "gzip"},
		{"identity;q=0, gzip;q=0.1", "gzip"},
		{"identity;q=0", ""}, // RFC 9110: what the client does not take may be sent all the same
		{"gzip;q=0", ""},
		{"gzip; q=0.0", ""},
		{"gzip;q=high", ""},
		{"gzip;q=2", ""},
		{"gzip;q=NaN", ""},
		{"deflate", ""},
		{"identity", ""},
		{",;, ;q=1", ""},
	} {
		a := c.send(http.MethodGet, path, nil, header("Accept-Encoding", test.accept))
		if got := a.header.Get("Content-Encoding"); got != test.coding {
			t.Errorf("%q: got %q, want %q", test.accept, got, test.coding)
		}
		if got := unpacked(t, a); !bytes.Equal(got, want) {
			t.Errorf("%q: unpacked it is %d bytes, want the %d of the file", test.accept, len(got), len(want))
		}
		if got := a.header.Values("Vary"); !strings.Contains(strings.Join(got, ","), "Accept-Encoding") {
			t.Errorf("%q: Vary is %q, want Accept-Encoding in it", test.accept, got)
		}
		etag := a.header.Get("ETag")
		if was, known := etags[test.coding]; known && was != etag {
			t.Errorf("%q: the ETag is %s, and was %s", test.accept, etag, was)
		}
		etags[test.coding] = etag
	}
	if distinct := slices.Compact(slices.Sorted(maps.Values(etags))); len(distinct) != 4 || len(etags) != 4 {
		t.Errorf("the ETags are %v, want a different one for each coding", etags)
	}
	a := c.send(http.MethodGet, "/assets/tiny-3c4d.css", nil, header("Accept-Encoding", "gzip"))
	if a.header.Get("Content-Encoding") != "" {
		t.Error("a tiny file is compressed, want it as it is")
	}
}

func TestCompressedFilesHaveNoSeparateAddress(t *testing.T) {
	c := newServer(t).client(t)
	for _, ending := range []string{".gz", ".br", ".zst"} {
		if a := c.send(http.MethodGet, "/assets/app-1a2b.js"+ending, nil); a.status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", ending, a.status)
		}
	}
}

func TestSocketClientMayBeLoadedByEveryOrigin(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h, err := SocketClient(builtClient, next)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, path, accept string
		status               int
	}{
		{http.MethodGet, "/socket.io/socket.io.js", "br", http.StatusOK},
		{http.MethodGet, "/socket.io/socket.io.js", "identity", http.StatusOK},
		{http.MethodPost, "/socket.io/socket.io.js", "br", http.StatusMethodNotAllowed},
		{http.MethodGet, "/socket.io/socket.io.js.br", "br", http.StatusTeapot},
		{http.MethodGet, "/socket.io/", "br", http.StatusTeapot},
		{http.MethodPost, "/socket.io/", "br", http.StatusTeapot},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(test.method, test.path, nil)
		r.Header.Set("Accept-Encoding", test.accept)
		h.ServeHTTP(w, r)
		a := answerTo{w.Code, w.Header(), w.Body.Bytes()}
		if a.status != test.status {
			t.Errorf("%s %s: got %d, want %d", test.method, test.path, a.status, test.status)
		}
		if test.status != http.StatusOK {
			continue
		}
		if got := unpacked(t, a); !bytes.Equal(got, plainClient["client/socket.io.js"].Data) {
			t.Errorf("%s: got %q, want the script", test.accept, got)
		}
		for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=0", "Content-Type": "text/javascript; charset=utf-8"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	c := newServer(t).client(t)
	for _, path := range []string{"/", "/assets/app-1a2b.js"} {
		for _, accept := range []string{"br", "zstd", "gzip", "identity"} {
			first := c.send(http.MethodGet, path, nil, header("Accept-Encoding", accept))
			etag := first.header.Get("ETag")
			for _, sent := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
				a := c.send(http.MethodGet, path, nil, header("Accept-Encoding", accept), header("If-None-Match", sent))
				if a.status != http.StatusNotModified || len(a.body) != 0 || a.header.Get("ETag") != etag {
					t.Errorf("%s with If-None-Match %s: got %d and %d bytes, want 304 and none", path, sent, a.status, len(a.body))
				}
			}
			if a := c.send(http.MethodGet, path, nil, header("Accept-Encoding", accept), header("If-None-Match", `"other"`)); a.status != http.StatusOK {
				t.Errorf("%s with another ETag: got %d, want 200", path, a.status)
			}
		}
	}
	if a := c.send(http.MethodGet, "/nowhere", nil, header("If-None-Match", "*")); a.status != http.StatusNotFound {
		t.Errorf("an unknown page: got %d, want 404 whatever the browser has", a.status)
	}
}
