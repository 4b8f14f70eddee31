package engineio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"partychat/engineio"
)

// echo answers every message with the same text.
type echo struct{ session *engineio.Session }

func (e echo) OnMessage(data []byte, _ bool) { _ = e.session.Send(engineio.NewText(data)) }

func (e echo) OnClose(reason engineio.CloseReason) {}

func Example() {
	server := engineio.NewServer(engineio.Options{}, func(s *engineio.Session, _ *http.Request) engineio.Receiver {
		return echo{s}
	})
	mux := http.NewServeMux()
	mux.Handle("/engine.io/", server)
	web := httptest.NewServer(mux)
	defer web.Close()

	resp, err := http.Get(web.URL + "/engine.io/?EIO=4&transport=polling")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, strings.HasPrefix(string(body), `0{"sid":`))
	// Output: 200 true
}
