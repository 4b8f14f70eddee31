package socketio

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"partychat/engineio"
)

// request makes a request of a polling session and returns its status and body.
func (h *host) request(method, sid, body string) (int, string) {
	h.t.Helper()
	url := "http://" + h.addr + "/socket.io/?EIO=4&transport=polling"
	if sid != "" {
		url += "&sid=" + sid
	}
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestClientThatMissesARefusedPostIsNotifiedByItsPoll(t *testing.T) {
	h, reasons, joined := watched(t, Options{Engine: engineio.Options{MaxPayload: 1000}})
	h.oversizeGrace = time.Millisecond
	_, open := h.request("GET", "", "")
	sid, _, _ := strings.Cut(strings.TrimPrefix(open, `0{"sid":"`), `"`)
	for _, nsp := range []string{"", "/other,"} {
		h.request("POST", sid, "40"+nsp)
		receive(t, joined)
		if _, body := h.request("GET", sid, ""); !strings.HasPrefix(body, "40"+nsp+`{"sid":`) {
			t.Fatalf("joining: got %q", body)
		}
	}
	status, body := h.request("POST", sid, `42["x","`+strings.Repeat("x", 1000)+`"]`)
	if status != 413 || !strings.Contains(body, "1000 bytes") {
		t.Errorf("got %d %q, want 413 and the limit", status, body)
	}
	refusal := `{"message":"The connection was closed: a packet was larger than 1000 bytes"}`
	if _, body := h.request("GET", sid, ""); body != "44"+refusal+"\x1e44/other,"+refusal {
		t.Errorf("got %q, want both namespaces to be told", body)
	}
	for range 2 {
		wantEqual(t, receive(t, reasons), ReasonTransportError)
	}
	wantEqual(t, len(h.Of("/").Sockets()), 0)
	if status, _ := h.request("GET", sid, ""); status != 400 {
		t.Errorf("the next poll: got %d, want 400, after which clients come back", status)
	}
}
