//go:build !linux

package engineio

import "net"

// poller is not to be had here.
type poller struct{}

func (p *poller) take(net.Conn, *wsConn) wire { return nil }
