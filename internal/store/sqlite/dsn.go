package sqlite

import (
	"fmt"
	"net/url"
	"path/filepath"
	"time"
)

// writerDSN opens for writing: WAL, so that readers go on meanwhile, and a
// sync of the log at each commit, so that power loss takes nothing committed.
func writerDSN(path string, busy time.Duration) string {
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			busyPragma(busy), // first: the others may have to wait
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"foreign_keys(ON)",
			"cache_size(-65536)",           // KiB
			"wal_autocheckpoint(4096)",     // pages: pages that many commits touch are copied once
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

// mappedPragma lets the server's readers see the first two gigabytes of the file
// through the system's memory instead of copying page by page: after years of
// use most of what they read is not in their own caches. Nothing makes the file
// shorter while a server runs.
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
