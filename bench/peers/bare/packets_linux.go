package main

import (
	"bytes"
	"slices"

	"github.com/gobwas/ws"
)

var (
	openFrame = frame([]byte(`0{"sid":"bare","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`))
	joinFrame = frame([]byte(`40{"sid":"bare"}`))
	pingFrame = frame([]byte("2"))
)

func frame(text []byte) []byte {
	return ws.MustCompileFrame(ws.NewTextFrame(text))
}

// onPacket handles the packets of the load generator and ignores all others.
// Arguments are strings without escapes.
func (l *loop) onPacket(c *conn, packet []byte) {
	if string(packet) == "40" {
		l.send(c, joinFrame)
		return
	}
	event, ok := bytes.CutPrefix(packet, []byte("42"))
	if !ok {
		return
	}
	id, args, _ := bytes.Cut(event, []byte("["))
	fields := bytes.Split(args, []byte(`"`))
	if len(fields) < 5 {
		return
	}
	room := string(fields[3])
	switch string(fields[1]) {
	case "join":
		l.rooms[room] = append(l.rooms[room], c)
		c.rooms = append(c.rooms, room)
	case "bcast":
		m := frame(slices.Concat([]byte(`42["m",`), args[len(args)-len(fields[5])-3:]))
		for _, member := range l.rooms[room] {
			l.send(member, m)
		}
	}
	l.send(c, frame(slices.Concat([]byte("43"), id, []byte("[]"))))
}
