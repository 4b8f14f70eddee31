// Package proc starts processes on a core of their own and counts what they
// use. It reads Linux's /proc.
package proc
