//go:build !linux

package main

import "log"

func main() { log.Fatal("this benchmark needs Linux") }
