package msgpack_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"partychat/socketio"
	"partychat/socketio/msgpack"
)

// All clients of this server use socket.io-msgpack-parser.
func Example() {
	server := socketio.NewServer(socketio.Options{Parser: msgpack.Parser{}})
	socketio.OnAck(server.Of("/"), "reverse", func(_ context.Context, _ *socketio.Socket, data []byte) []byte {
		for i, j := 0, len(data)-1; i < j; i, j = i+1, j-1 {
			data[i], data[j] = data[j], data[i]
		}
		return data
	})
	web := httptest.NewServer(server)
	defer web.Close()

	conn, early, _, err := ws.Dial(context.Background(), strings.Replace(web.URL, "http", "ws", 1)+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	var in io.Reader = conn
	if early != nil {
		in = early
	}
	read := func() []byte {
		data, _, err := wsutil.ReadServerData(struct {
			io.Reader
			io.Writer
		}{in, conn})
		if err != nil {
			fmt.Println(err)
		}
		return data
	}
	write := func(p socketio.ParsedPacket) {
		data, err := msgpack.Parser{}.Encode(p)
		if err != nil {
			fmt.Println(err)
		}
		if err := wsutil.WriteClientBinary(conn, data); err != nil {
			fmt.Println(err)
		}
	}
	read() // the transport's handshake
	write(socketio.ParsedPacket{Namespace: "/"})
	read() // the socket's id

	id := uint64(1)
	args, err := socketio.NewArgs("reverse", []byte("olleh"))
	if err != nil {
		fmt.Println(err)
	}
	write(socketio.ParsedPacket{Type: 2, Namespace: "/", ID: &id, Args: args})
	p, err := msgpack.Parser{}.Decode(read(), 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	var reply []byte
	if err := p.Args.Decode(0, &reply); err != nil {
		fmt.Println(err)
	}
	fmt.Println(p.Type, *p.ID, string(reply))
	// Output: 3 1 hello
}
