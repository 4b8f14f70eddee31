package engineio

import (
	"bytes"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

var gzippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}}

// gzipped compresses a payload. It returns nil if the result is not smaller.
func gzipped(payload []byte) []byte {
	z, _ := gzippers.Get().(*gzip.Writer)
	defer gzippers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	_, _ = z.Write(payload) // writing to a buffer cannot fail
	_ = z.Close()
	if out.Len() >= len(payload) {
		return nil
	}
	return out.Bytes()
}

// AcceptsGzip reports whether a client accepts gzip, by its Accept-Encoding header.
func AcceptsGzip(acceptEncoding string) bool {
	for coding := range strings.SplitSeq(acceptEncoding, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight, given := strings.CutPrefix(strings.TrimSpace(params), "q=")
			return !given || strings.Trim(weight, "0.") != ""
		}
	}
	return false
}
