//go:build unix

package realserver

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Free ports are looked for below those that most systems take for outgoing
// connections: a server that is started again finds its port still free.
const firstPort, ports = 15000, 17000

var taken struct {
	sync.Mutex
	ports map[int]bool
}

// FreePort finds a TCP port of 127.0.0.1 that nobody listens on. It gives each
// one out once.
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
	return 0, errors.New("there is no free port")
}
