package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// pageMax is the maximum number of messages on a page of REST.
const pageMax = 200

// API calls REST with a user's token.
type API struct {
	URL   string // such as http://127.0.0.1:3000
	Token string
}

// oneShot keeps no connections open, because the servers of these tests are
// restarted.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// StatusError is an unsuccessful response.
type StatusError struct {
	Status int
	Text   string
}

func (e *StatusError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Text) }

// call makes a request and decodes the response. An unsuccessful response is a
// *StatusError.
func (a API) call(ctx context.Context, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, a.URL+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := oneShot.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return &StatusError{Status: response.StatusCode, Text: string(text)}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// Page reads the latest messages of a room, or those before the seq if it is above
// 0.
func (a API) Page(ctx context.Context, room chat.RoomID, before int64) (page wire.Page, err error) {
	query := url.Values{"limit": {strconv.Itoa(pageMax)}}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	path := fmt.Sprintf("/rooms/%d/messages?%s", room, query.Encode())
	return page, a.call(ctx, http.MethodGet, path, nil, &page)
}

// edit replaces a message's body.
func (a API) edit(ctx context.Context, room chat.RoomID, seq int64, body string) (wire.Message, error) {
	return a.change(ctx, http.MethodPatch, room, seq, map[string]string{"body": body})
}

// remove deletes a message, which leaves a tombstone.
func (a API) remove(ctx context.Context, room chat.RoomID, seq int64) (wire.Message, error) {
	return a.change(ctx, http.MethodDelete, room, seq, nil)
}

func (a API) change(ctx context.Context, method string, room chat.RoomID, seq int64, body any) (wire.Message, error) {
	var answer struct{ Message wire.Message }
	err := a.call(ctx, method, fmt.Sprintf("/rooms/%d/messages/%d", room, seq), body, &answer)
	return answer.Message, err
}

// History reads a whole room, page by page, from the newest to the oldest. Nobody
// may write meanwhile.
func (a API) History(ctx context.Context, room chat.RoomID) (check.Room, error) {
	history := check.Room{ID: int64(room)}
	var pages [][]wire.Message
	for before := int64(0); ; {
		page, err := a.Page(ctx, room, before)
		if err != nil {
			return history, err
		}
		history.Seq, history.Rev = page.Seq, page.Rev
		if len(page.Messages) > 0 {
			pages = append(pages, page.Messages)
			before = page.Messages[0].Seq
		}
		if !page.More || len(page.Messages) == 0 {
			break
		}
	}
	for i := len(pages) - 1; i >= 0; i-- {
		for _, m := range pages[i] {
			history.Messages = append(history.Messages, check.From(m))
		}
	}
	return history, nil
}
