package socketio

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"partychat/engineio"
)

func TestBroadcastCanBeSentUncompressed(t *testing.T) {
	h := newHost(t, Options{Engine: engineio.Options{CompressFrom: 400}})
	d := ws.Dialer{Extensions: []httphead.Option{wsflate.DefaultParameters.Option()}}
	conn, early, _, err := d.Dial(t.Context(), "ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if early == nil {
		early = bufio.NewReader(conn)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	p := &peer{Conn: conn, t: t, r: early}
	p.engine() // the transport's handshake
	p.join("/", "")
	for _, on := range []bool{true, false} {
		emit(t, h.Of("/").To().Compress(on), "e", strings.Repeat("long ", 100))
		header, err := ws.ReadHeader(p.r)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, header.Rsv1(), on)
		wantEqual(t, header.Length < 100, on)
		if _, err := p.r.Discard(int(header.Length)); err != nil {
			t.Fatal(err)
		}
	}
}
