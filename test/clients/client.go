//go:build ignore

// A client of PartyChat with zishang520's Socket.IO client for Go; see the script run.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

var (
	mu    sync.Mutex
	start = time.Now()
)

func say(format string, args ...any) {
	mu.Lock()
	defer mu.Unlock()
	s := fmt.Sprintf(format, args...)
	fmt.Println(time.Since(start).Milliseconds(), s[:min(len(s), 120)])
}

func main() {
	o := socket.DefaultOptions()
	if os.Args[2] == "polling" {
		o.SetTransports(types.NewSet[transports.TransportCtor](transports.Polling))
	} else {
		o.SetTransports(types.NewSet[transports.TransportCtor](transports.WebSocket))
	}
	o.SetAuth(map[string]any{"protocol": "1", "token": os.Args[3]})
	s, err := socket.Connect(os.Args[1], o)
	if err != nil {
		panic(err)
	}
	for _, e := range []string{"connect", "connect_error", "disconnect", "ready", "message:put", "server:restart"} {
		s.On(types.EventName(e), func(a ...any) { say("%s %v", e, a) })
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		s.EmitWithAck("message:send", map[string]any{"room": 1, "clientId": in.Text(), "body": "hello"})(func(a []any, err error) { say("ack %v %v", a, err) })
	}
}
