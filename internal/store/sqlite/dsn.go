package sqlite

import (
	"fmt"
	"net/url"
	"path/filepath"
	"time"
)

// writerDSN opens for writing: with a WAL, so that readers aren't blocked, and a
// sync at each commit, so that a power failure loses nothing committed.
func writerDSN(path string, busy time.Duration) string {
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			busyPragma(busy), // first, because the other pragmas may have to wait
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"foreign_keys(ON)",
			"cache_size(-65536)",           // KiB
			"wal_autocheckpoint(4096)",     // pages: so that pages changed by many commits are copied once
			"journal_size_limit(67108864)", // bytes
		},
	})
}

// readerDSN opens for reading only.
func readerDSN(path string, busy time.Duration, pragmas ...string) string {
	return dsn(path, url.Values{
		"mode": {"ro"},
		"_pragma": append([]string{
			busyPragma(busy),
			"query_only(ON)",
			"cache_size(-16384)", // KiB
		}, pragmas...),
	})
}

// mappedPragma maps the first two gigabytes of the file, so that the server's
// readers don't copy pages: after years of use, most of what they read is not in
// their caches. Nothing shortens the file while a server runs.
const mappedPragma = "mmap_size(2147418112)"

func busyPragma(busy time.Duration) string {
	return fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds())
}

func dsn(path string, query url.Values) string {
	path = filepath.ToSlash(path)
	if path[0] != '/' {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}
