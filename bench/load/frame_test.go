package load

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

func TestFramesAreParsedWhereverTheDataIsSplit(t *testing.T) {
	var stream []byte
	var want []string
	for _, size := range []int{0, 1, 125, 126, 65_535, 65_536} {
		text := strings.Repeat("x", size)
		want = append(want, text)
		stream = append(stream, ws.MustCompileFrame(ws.NewTextFrame([]byte(text)))...)
	}
	for _, step := range []int{1, 2, 3, 1000, len(stream)} {
		var buf []byte
		var got []string
		for chunk := range slices.Chunk(stream, step) {
			buf = append(buf, chunk...)
			for {
				op, payload, rest, ok, err := cutFrame(buf)
				if err != nil || !ok {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if op != ws.OpText {
					t.Fatalf("opcode: got %d, want %d", op, ws.OpText)
				}
				got = append(got, string(payload))
				buf = rest
			}
		}
		if strings.Join(got, "|") != strings.Join(want, "|") || len(buf) > 0 {
			t.Errorf("in pieces of %d: got %d frames and %d bytes more, want %d and none", step, len(got), len(buf), len(want))
		}
	}
}

func TestFramesThatTheBenchmarkRefuses(t *testing.T) {
	tests := []struct {
		name  string
		frame []byte
		want  error
	}{
		{"a fragment", []byte{0x01, 0x01, 'x'}, errFragmented},
		{"a compressed one", []byte{0xc1, 0x01, 'x'}, errFragmented},
		{"a masked one", []byte{0x81, 0x81, 0, 0, 0, 0, 'x'}, errMasked},
		{"a large one", []byte{0x81, 0x7f, 0, 0, 0, 0, 0, 0xff, 0, 0}, errTooLarge},
		{"one with a negative size", []byte{0x81, 0x7f, 0xff, 0, 0, 0, 0, 0, 0, 0}, errTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, _, _, _, err := cutFrame(test.frame); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestTheLibraryCanReadAClientsFrame(t *testing.T) {
	for _, size := range []int{0, 125, 126, 65_535} {
		text := strings.Repeat("x", size)
		r := bytes.NewReader(appendFrame(nil, ws.OpText, []byte(text)))
		header, err := ws.ReadHeader(r)
		if err != nil {
			t.Fatal(err)
		}
		if !header.Masked || !header.Fin || header.OpCode != ws.OpText {
			t.Errorf("header: got %+v, want that of a masked text frame", header)
		}
		payload, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		ws.Cipher(payload, header.Mask, 0)
		if string(payload) != text {
			t.Errorf("payload of %d bytes: got %d others", size, len(payload))
		}
	}
}

func TestACloseFrameIsAnError(t *testing.T) {
	tests := []struct{ payload, want string }{
		{"\x03\xefbad", "load: server closed a connection: 1007 bad"},
		{"", "load: server closed a connection without a code"},
	}
	for _, test := range tests {
		if got := closeError([]byte(test.payload)).Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func FuzzCutFrame(f *testing.F) {
	f.Add(ws.MustCompileFrame(ws.NewTextFrame([]byte("2"))))
	f.Add([]byte{0x81, 0x7e, 0, 200})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, payload, rest, ok, err := cutFrame(data)
		if err != nil {
			return
		}
		if !ok && len(rest) != len(data) {
			t.Errorf("incomplete frame: %d bytes kept, want %d", len(rest), len(data))
		}
		if ok && len(payload)+len(rest) >= len(data) {
			t.Errorf("got %d + %d bytes of %d", len(payload), len(rest), len(data))
		}
	})
}
