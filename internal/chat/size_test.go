package chat

import (
	"strings"
	"testing"
)

// internal/wire tests that the sizes are upper bounds of the JSON.

func TestThePlainTextOfAMessageHasItsOwnSize(t *testing.T) {
	if long := strings.Repeat("a", 5000); jsonSize(long) != 5000 || (&Message{Body: long}).Size() > 6000 {
		t.Error("the bound of a plain text is larger than its size")
	}
}

func TestAPageOfTheLongestRoomsThatTheRulesAllowFits(t *testing.T) {
	l := Limits{Topic: 10_000, RoomName: 1000}.withDefaults()
	room := Room{Name: strings.Repeat("\u2028", l.RoomName), Topic: strings.Repeat("\u2028", l.Topic)}
	entries, err := l.roomPage(200)
	if err != nil || entries < 1 || entries*room.Size() > l.PageBytes {
		t.Errorf("a page of rooms has %d entries, %v, want as many entries as fit", entries, err)
	}
}
