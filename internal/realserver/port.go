//go:build unix

package realserver

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Free ports are searched below the range that most systems use for outgoing
// connections, so that a restarted server finds its port still free.
const firstPort, ports = 15000, 17000

var taken struct {
	sync.Mutex
	ports map[int]bool
}

// FreePort returns a TCP port of 127.0.0.1 that nobody listens on. It returns each
// port only once.
func FreePort() (int, error) {
	taken.Lock()
	defer taken.Unlock()
	first := rand.IntN(ports) //nolint:gosec // it keeps no secret
	for i := range ports {
		port := firstPort + (first+i)%ports
		if taken.ports[port] {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)) //nolint:noctx // it does not wait
		if err != nil {
			continue
		}
		if taken.ports == nil {
			taken.ports = make(map[int]bool)
		}
		taken.ports[port] = true
		return port, listener.Close()
	}
	return 0, errors.New("no free port found")
}
