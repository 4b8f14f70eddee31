//go:build unix

// Package realserver starts PostgreSQL and Redis servers for tests and benchmarks,
// on free ports of 127.0.0.1 and in folders of their own; it never uses the
// machine's own servers. A test can kill, pause and restart them with their data.
// They end when the process that started them ends, for whatever reason.
//
// PostgreSQL refuses to run as root. If the process runs as root, PostgreSQL runs
// as the user postgres, or else as nobody.
package realserver
