// Package faults attacks the delivery promise (docs/PROTOCOL.md, section 5) and
// looks whether it still holds: the server is killed, stopped, starved of disk
// and cut off while clients write and read, and package check judges what they
// were told. The same befalls two and three nodes, and the PostgreSQL and Redis
// that they share, which are started for that and are nobody else's.
//
//	go test ./test/faults                       in short: two minutes and a half
//	go test ./test/faults -run Soak -soak 30m   one of them, for longer
//	make faults                                 all of it, with a report
//
// Mounting file systems takes root on Linux. Where that is not to be had, the
// tests that need it fail and say so.
package faults
