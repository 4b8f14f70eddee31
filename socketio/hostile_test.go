package socketio

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

func TestHostilePacketsCloseTheConnectionAndNothingElse(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	tests := []struct {
		name    string
		before  bool // before joining
		packets []string
	}{
		{"an unknown type", false, []string{"9"}},
		{"an empty packet", false, []string{""}},
		{"an event before the handshake", true, []string{`2["x"]`}},
		{"an acknowledgement before the handshake", true, []string{`30[]`}},
		{"a disconnect before the handshake", true, []string{"1"}},
		{"an event of another namespace", false, []string{`2/other,["x"]`}},
		{"an event while it is being let in", true, []string{"0/slow,", `2/slow,["x"]`}},
		{"an event after it has left while it was being let in", true, []string{"0/slow,", "1/slow,", `2/slow,["x"]`}},
		{"a CONNECT with an ack id", true, []string{"01"}},
		{"a CONNECT with a string", true, []string{`0"x"`}},
		{"a CONNECT with an array", true, []string{`0[]`}},
		{"a CONNECT with broken JSON", true, []string{`0{"a":`}},
		{"a CONNECT_ERROR", false, []string{`4{"message":"x"}`}},
		{"a DISCONNECT with a payload", false, []string{`1{"a":1}`}},
		{"an event without a payload", false, []string{"2"}},
		{"an event that is no array", false, []string{`2{"a":1}`}},
		{"an empty event", false, []string{"2[]"}},
		{"broken JSON", false, []string{`2["x",`}},
		{"surplus behind JSON", false, []string{`2["x"]]`}},
		{"an event named by an object", false, []string{`2[{"toString":"x"}]`}},
		{"an event named null", false, []string{`2[null]`}},
		{"an event named by an array", false, []string{`2[["x"]]`}},
		{"the event connect", false, []string{`2["connect"]`}},
		{"the event connect_error", false, []string{`2["connect_error"]`}},
		{"the event disconnect", false, []string{`2["disconnect"]`}},
		{"the event disconnecting", false, []string{`2["disconnecting"]`}},
		{"the event newListener", false, []string{`2["newListener"]`}},
		{"the event removeListener, escaped", false, []string{`2["\u0072emoveListener"]`}},
		{"an ack without an id", false, []string{"3[]"}},
		{"an ack id beyond all numbers", false, []string{"299999999999999999999999999[\"x\"]"}},
		{"an ack that is no array", false, []string{`30{"a":1}`}},
		{"a negative ack id", false, []string{`2-1["x"]`}},
		{"binary without a count", false, []string{`5["x"]`}},
		{"binary without a dash", false, []string{`51["x"]`}},
		{"a hundred thousand attachments", false, []string{`5100000-["x"]`}},
		{"attachments beyond all numbers", false, []string{`599999999999999999999-["x"]`}},
		{"text instead of an attachment", false, []string{`51-["x",{"_placeholder":true,"num":0}]`, `2["y"]`}},
		{"an attachment that was not announced", false, []string{"attach"}},
		{"a placeholder out of range", false, []string{`51-["x",{"_placeholder":true,"num":1}]`, "attach"}},
		{"a placeholder below range", false, []string{`51-["x",{"_placeholder":true,"num":-1}]`, "attach"}},
		{"a placeholder between", false, []string{`51-["x",{"_placeholder":true,"num":0.5}]`, "attach"}},
		{"a placeholder that is no number", false, []string{`51-["x",{"_placeholder":true,"num":"splice"}]`, "attach"}},
		{"a placeholder without a number", false, []string{`51-["x",{"_placeholder":true}]`, "attach"}},
		{"a binary event named by its attachment", false, []string{`51-[{"_placeholder":true,"num":0}]`, "attach"}},
		{"attachments before the handshake", true, []string{`51-["x",{"_placeholder":true,"num":0}]`}},
		{"deep JSON", false, []string{`2["x",` + deep + `]`}},
		{"deep auth", true, []string{`0{"a":` + deep + `}`}},
		{"a namespace without end", true, []string{"0/" + strings.Repeat("n", 100_000)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{})
			h.Of("/slow").Use(func(ctx context.Context, _ *Socket) error { <-ctx.Done(); return ctx.Err() })
			OnAck0(h.Of("/"), "alive", func(context.Context, *Socket) bool { return true })
			neighbour, _ := h.join("/")
			p := h.dial()
			if !tt.before {
				p.join("/", "")
			}
			for _, packet := range tt.packets {
				if packet == "attach" {
					p.attach("x")
					continue
				}
				p.send(packet)
			}
			p.wantClosed()
			neighbour.send(`20["alive"]`)
			neighbour.want("30[true]")
		})
	}
}

func TestOddPacketsThatAreAllowed(t *testing.T) {
	h := newHost(t, Options{})
	OnAck0(h.Of("/"), "alive", func(context.Context, *Socket) bool { return true })
	p, _ := h.join("/")
	p.send(`2["error"]`)
	p.send(`2[""]`)
	p.send(`2["__proto__",{"__proto__":1}]`)
	p.send(`3999["nobody waits for this"]`)
	p.send(`50-["no attachments"]`)
	p.send(`2["x",{"_placeholder":true,"num":7}]`) // only binary packets have placeholders
	p.send(`20["alive"]`)
	p.want("30[true]")
}

func TestASocketsIDOpensNoSession(t *testing.T) {
	h := newHost(t, Options{})
	_, id := h.join("/") // which others may be told
	for _, transport := range []string{"polling", "websocket"} {
		resp, err := http.Get("http://" + h.addr + "/socket.io/?EIO=4&transport=" + transport + "&sid=" + id)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		wantEqual(t, resp.StatusCode, http.StatusBadRequest)
	}
}

func TestMissingAttachmentsHoldNoMemory(t *testing.T) {
	h := newHost(t, Options{MaxAttachments: 3})
	p, _ := h.join("/")
	p.send(`53-["x"]`)
	p.frame(ws.NewTextFrame([]byte("1")))
	p.wantClosed()
	p, _ = h.join("/")
	p.send(`54-["x"]`)
	p.wantClosed()
}

func TestTotalSizeOfAttachmentsIsLimited(t *testing.T) {
	h := newHost(t, Options{MaxPacket: 1000})
	OnAck(h.Of("/"), "sizes", func(_ context.Context, _ *Socket, parts [][]byte) (sizes []int) {
		for _, part := range parts {
			sizes = append(sizes, len(part))
		}
		return sizes
	})
	const sizes = `52-0["sizes",[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]]`
	p, _ := h.join("/")
	p.send(sizes)
	p.attach(strings.Repeat("x", 500))
	p.attach(strings.Repeat("x", 400))
	p.want("30[[500,400]]")
	p.send(sizes)
	p.attach(strings.Repeat("x", 500))
	p.attach(strings.Repeat("x", 500))
	p.wantClosed()
}

func TestJoiningAThousandNamespacesIsRefused(t *testing.T) {
	h := newHost(t, Options{MaxNamespaces: 10})
	h.OfPattern(regexp.MustCompile(`^/n\d+$`))
	p := h.dial()
	for i := range 10 {
		p.join(fmt.Sprintf("/n%d", i), "")
	}
	for i := range 1000 {
		p.send(fmt.Sprintf("0/unknown%d,", i))
		p.want(fmt.Sprintf(`4/unknown%d,{"message":"Invalid namespace"}`, i))
	}
	for i := range 1000 {
		p.send(fmt.Sprintf("0/n%d,", 10+i))
		p.want(fmt.Sprintf(`4/n%d,{"message":"Too many namespaces"}`, 10+i))
	}
	p.send("1/n0,")
	p.join("/n10", "")
	wantEqual(t, len(h.parents[0].Sockets()), 10)
	p.Close()
	waitFor(t, "the namespaces to go", func() bool { return len(h.parents[0].Sockets()) == 0 })
}
