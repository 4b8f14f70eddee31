package socketio_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"strings"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// client simulates an official client, such as a browser's.
type client struct {
	net.Conn
	in     io.Reader
	opened string   // the packet that admitted it
	heard  []string // events that arrived before an acknowledgement
}

// dial is io(url, {auth}) in JavaScript; auth is JSON.
func dial(url, auth string) *client {
	conn, br, _, err := ws.Dial(context.Background(), "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		log.Panic(err)
	}
	if br == nil {
		br = bufio.NewReader(conn)
	}
	c := &client{Conn: conn, in: br}
	c.read() // the transport's handshake
	c.write("0" + auth)
	c.opened = c.read() // the socket's id, or the refusal
	return c
}

func (c *client) write(packet string) {
	if err := wsutil.WriteClientText(c, []byte("4"+packet)); err != nil {
		log.Panic(err)
	}
}

// read returns the next packet; of a text packet it drops the first character.
func (c *client) read() string {
	data, op, err := wsutil.ReadServerData(struct {
		io.Reader
		io.Writer
	}{c.in, c.Conn})
	if err != nil {
		log.Panic(err)
	}
	if op == ws.OpBinary {
		return string(data)
	}
	return string(data[1:])
}

// emit is socket.emit(event, ...args).
func (c *client) emit(event string, args ...any) { c.send("", event, args) }

// ask is socket.emitWithAck(event, ...args); it returns the answers as JSON.
func (c *client) ask(event string, args ...any) string {
	c.send("1", event, args)
	for {
		packet := c.read()
		if answers, ok := strings.CutPrefix(packet, "31"); ok {
			return answers
		}
		c.heard = append(c.heard, packet[1:])
	}
}

// hear returns the next event's arguments as JSON, preceded by its id if the server requests an answer.
func (c *client) hear() string {
	if len(c.heard) == 0 {
		c.heard = append(c.heard, c.read()[1:])
	}
	event := c.heard[0]
	c.heard = c.heard[1:]
	return event
}

// answer acknowledges the server's event of that id.
func (c *client) answer(id string, args ...any) {
	text, _ := json.Marshal(args)
	c.write("3" + id + string(text))
}

// send sends an event; if the last argument is []byte, it becomes an attachment.
func (c *client) send(id, event string, args []any) {
	values := append([]any{event}, args...)
	last, binary := values[len(values)-1].([]byte)
	head := "2"
	if binary {
		head = "51-"
		values[len(values)-1] = map[string]any{"_placeholder": true, "num": 0}
	}
	text, err := json.Marshal(values)
	if err != nil {
		log.Panic(err)
	}
	c.write(head + id + string(text))
	if binary {
		if err := wsutil.WriteClientBinary(c, last); err != nil {
			log.Panic(err)
		}
	}
}
