//go:build !unix

package engineio

import "net"

// rawConn is not to be had here: each connection reads with a buffer of its
// own and is written to by a goroutine while it has something to send.
type rawConn struct{}

func newRawConn(net.Conn) *rawConn { return nil }

type attempt struct{}

func newAttempt() *attempt { return &attempt{} }

func (a *attempt) write(*rawConn, []byte) (int, error) { return 0, nil }

func (c *rawConn) read() (*[]byte, int, error) { return nil, 0, nil }

func isErrno(error) bool { return false }
