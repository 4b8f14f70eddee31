package engineio_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"partychat/engineio"
)

// discard is a receiver that ignores everything.
type discard struct{}

func (discard) OnMessage([]byte, bool)              {}
func (discard) OnClose(reason engineio.CloseReason) {}

// A server that refuses some clients, logs why, and helps a load balancer.
func ExampleOptions() {
	server := engineio.NewServer(engineio.Options{
		AllowRequest: func(r *http.Request) error {
			if r.Header.Get("User-Agent") == "robot" {
				return errors.New("no robots")
			}
			return nil
		},
		OnConnectionError: func(e engineio.ConnectionError) { fmt.Println("refused:", e.Code, e.Message, e.Context) },
		OnHeaders: func(h http.Header, _ *http.Request, initial bool) {
			if initial {
				h.Set("X-Node", "7")
			}
		},
		Cookie:         &http.Cookie{Name: "io"}, // the session's id, for a balancer that goes by it
		AllowedOrigins: []string{"https://chat.example"},
		CORS:           engineio.CORS{Headers: []string{"X-Token"}, MaxAge: time.Hour},
	}, func(*engineio.Session, *http.Request) engineio.Receiver { return discard{} })
	web := httptest.NewServer(server)
	defer web.Close()

	ask := func(method, agent, origin string) http.Header {
		req, err := http.NewRequest(method, web.URL+"/engine.io/?EIO=4&transport=polling", http.NoBody)
		if err != nil {
			fmt.Println(err)
			return nil
		}
		req.Header.Set("User-Agent", agent)
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		resp, err := web.Client().Do(req)
		if err != nil {
			fmt.Println(err)
			return nil
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body) // so that the next request reuses the connection
		return resp.Header
	}
	ask("GET", "robot", "")
	ask("GET", "browser", "https://other.example")
	h := ask("GET", "browser", "https://chat.example")
	fmt.Println(h.Get("X-Node"), h.Get("Set-Cookie")[:3], h.Get("Access-Control-Allow-Origin"))
	fmt.Println(ask("OPTIONS", "browser", "https://chat.example").Get("Access-Control-Allow-Headers"))
	// Output:
	// refused: 4 no robots map[message:no robots]
	// refused: 4 Forbidden map[name:FOREIGN_ORIGIN origin:https://other.example]
	// 7 io= https://chat.example
	// X-Token
}
