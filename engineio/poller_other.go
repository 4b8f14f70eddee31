//go:build !linux

package engineio

import "net"

// poller is not available on this system.
type poller struct{}

func (p *poller) take(net.Conn, *wsConn) wire { return nil }
