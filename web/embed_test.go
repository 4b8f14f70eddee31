package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// read gives the whole of a file, unpacked.
func read(t *testing.T, name string, unpack func(io.Reader) (io.Reader, error)) []byte {
	t.Helper()
	packed, err := Dist().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	reader, err := unpack(packed)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plain
}

func TestTheBuildLeavesLargeFilesInEveryCodingAndOnlyThere(t *testing.T) {
	scripts := 0
	err := fs.WalkDir(Dist(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		base, zipped := strings.CutSuffix(name, ".gz")
		if !zipped {
			return nil
		}
		if strings.HasSuffix(base, ".js") {
			scripts++
		}
		want := read(t, name, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
		for ending, unpack := range map[string]func(io.Reader) (io.Reader, error){
			".br":  func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			".zst": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		} {
			if got := read(t, base+ending, unpack); !bytes.Equal(got, want) {
				t.Errorf("%s%s: unpacked it is another file than %s", base, ending, name)
			}
		}
		if _, err := fs.Stat(Dist(), base); err == nil {
			t.Errorf("%s is there plain too, which makes the program larger for nobody", base)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if scripts == 0 {
		t.Error("no script is compressed: build the client first (make web/dist/index.html)")
	}
}
