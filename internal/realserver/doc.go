//go:build unix

// Package realserver starts real PostgreSQL and Redis servers for tests and
// measurements: on free ports of 127.0.0.1, in folders of their own, never those
// of the machine. They can be killed, paused and started again with their data,
// and they end with the process that has started them, however that ends.
//
// PostgreSQL refuses to run as root. Started by root, it runs as the user
// postgres, or else nobody.
package realserver
