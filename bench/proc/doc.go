// Package proc starts processes on a core of their own and measures the CPU time
// and memory that they use. It reads Linux's /proc.
package proc
