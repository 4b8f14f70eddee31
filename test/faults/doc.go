// Package faults attacks the delivery promise (docs/PROTOCOL.md, section 5) and
// checks that it holds. It kills and stops the server, fills its disk and cuts its
// connections while clients write and read; package check judges what the clients
// received. The same attacks run on two and three nodes, and on the PostgreSQL and
// Redis that they share, which the tests start for themselves.
//
//	go test ./test/faults                       a short run: three minutes
//	go test ./test/faults -run Soak -soak 30m   one of them, for longer
//	make faults                                 all of it, with a report
//
// Mounting file systems needs root on Linux. Without it, the tests that need a
// mount fail and say so.
package faults
