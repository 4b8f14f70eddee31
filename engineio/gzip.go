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

// gzipped compresses a payload. It gives nil if that makes it no smaller.
func gzipped(payload []byte) []byte {
	z, _ := gzippers.Get().(*gzip.Writer)
	defer gzippers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	_, _ = z.Write(payload) // a buffer takes everything
	_ = z.Close()
	if out.Len() >= len(payload) {
		return nil
	}
	return out.Bytes()
}

// AcceptsGzip says whether a client takes answers in gzip, by its Accept-Encoding.
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
