//go:build !linux

package main

import "log"

func main() { log.Fatal("the benchmark needs Linux: it pins processes to cores and reads /proc") }
