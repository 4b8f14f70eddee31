// Package proc starts processes on cores of their own and measures their CPU time
// and memory. It reads Linux's /proc.
package proc
