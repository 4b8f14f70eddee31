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
func readerDSN(path string, busy time.Duration) string {
	return dsn(path, url.Values{
		"mode": {"ro"},
		"_pragma": {
			busyPragma(busy),
			"query_only(ON)",
			"cache_size(-65536)", // KiB: the indexes of years of use
		},
	})
}

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
