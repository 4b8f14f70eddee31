package engineio

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestPollsAreCompressedOnRequest(t *testing.T) {
	long := strings.Repeat("hello ", 200)
	tests := []struct {
		name, message, accept string
		from                  int
		want                  bool
	}{
		{"a long answer", long, "gzip", 0, true},
		{"among others", long, "br;q=1.0, GZIP ;q=0.5, *", 0, true},
		{"a browser", long, "gzip, deflate, br, zstd", 0, true},
		{"not asked for", long, "", 0, false},
		{"asked for something else", long, "br", 0, false},
		{"declined", long, "gzip;q=0", 0, false},
		{"declined at length", long, "gzip; q=0.000", 0, false},
		{"a short answer", "hello", "gzip", 0, false},
		{"from a byte on, and larger that way", "x", "gzip", 1, false},
		{"from another length on", strings.Repeat("x", 200), "gzip", 100, true},
		{"never", long, "gzip", -1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{CompressPollsFrom: tt.from})
			sid, r := h.open()
			for range 2 { // the second round reuses a compressor
				if err := r.session.Send(NewText([]byte(tt.message))); err != nil {
					t.Fatal(err)
				}
				accept := tt.accept
				if accept == "" {
					accept = "identity" // or Go's client asks by itself
				}
				_, body, header := h.do("GET", h.url(sid), "", "Accept-Encoding", accept)
				if got := header.Get("Content-Encoding") == "gzip"; got != tt.want {
					t.Fatalf("compressed: got %t, want %t", got, tt.want)
				}
				if tt.want {
					z, err := gzip.NewReader(strings.NewReader(body))
					if err != nil {
						t.Fatal(err)
					}
					plain, err := io.ReadAll(z)
					if err != nil {
						t.Fatal(err)
					}
					if len(body) >= len(plain) {
						t.Errorf("%d bytes were made %d", len(plain), len(body))
					}
					body = string(plain)
				}
				wantText(t, body, "4"+tt.message)
			}
		})
	}
}
