//go:build unix

// Package realserver starts PostgreSQL and Redis servers for tests and
// benchmarks, on free ports of 127.0.0.1 and in folders of their own; it never
// uses the machine's own servers. A test can kill, pause and restart them with
// their data. They end with the process that started them, however it ends.
//
// PostgreSQL refuses to run as root. If root starts it, it runs as the user
// postgres, or else nobody.
package realserver
