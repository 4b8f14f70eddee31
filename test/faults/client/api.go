package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"partychat/internal/chat"
	"partychat/test/faults/check"
)

// pageMax is the most messages that a page of REST holds.
const pageMax = 200

// API calls REST as the user whose token it has.
type API struct {
	URL   string // such as http://127.0.0.1:3000
	Token string
}

// oneShot keeps no connections: the servers of these tests come and go.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// Get makes a GET request and decodes the answer, which is to be 200.
func (a API) Get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.Token)
	response, err := oneShot.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s %s", path, response.Status, text)
	}
	return json.Unmarshal(text, into)
}

// Page reads the latest messages of a room, or those before a seq above 0.
func (a API) Page(ctx context.Context, room chat.RoomID, before int64) (page chat.Page, err error) {
	query := url.Values{"limit": {strconv.Itoa(pageMax)}}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	return page, a.Get(ctx, fmt.Sprintf("/api/v1/rooms/%d/messages?%s", room, query.Encode()), &page)
}

// History reads a whole room, a page at a time from the newest to the oldest.
// Nobody is to write meanwhile.
func (a API) History(ctx context.Context, room chat.RoomID) (check.Room, error) {
	history := check.Room{ID: int64(room)}
	var pages [][]chat.Message
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
