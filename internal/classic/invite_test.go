package classic

import (
	"strings"
	"testing"

	"partychat/internal/classic/dialect"
)

func TestInvitationTakesASocketIO1PageToTheRoomInItsPath(t *testing.T) {
	args := []any{map[string]any{"username": "ann", "room": "main"}}
	table := dialect.Builtin().Settle("userJoin", args, 2)
	for room, want := range map[string]string{
		"ann&bob": "/ann&bob/?username=bob", // pages of pairs compare the room with both names, so & must stay
		"a b":     "/a%20b/?username=bob",
		`<i a='"`: "/%3Ci%20a=%27%22/?username=bob", // pages put it into HTML
		"a/b?c#d": "/a%2Fb%3Fc%23d/?username=bob",
	} {
		sent, ok := table.Out[dialect.Invited][0].Fill(dialect.Merge(dialect.Person(1, "ann"), dialect.Values{
			"room": room, "invited": "bob", "url": "/join/x", "path": pathOfPage(room, "bob"), "place": placeOfPage(room, "bob"),
		}))
		if !ok {
			t.Fatalf("%s: nothing is sent", room)
		}
		if got := sent[0].(map[string]any)["url"]; got != want {
			t.Errorf("%s: got %v, want %s", room, got, want)
		}
	}
	if strings.ContainsAny(placeOfPage(`'"<>`, `'"<>`), `'"<>`) {
		t.Error("an address has characters of HTML")
	}
}
