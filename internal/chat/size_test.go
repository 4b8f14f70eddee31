package chat

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

// written returns the size of the value on the wire, in bytes.
func written(t *testing.T, value any) int {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestSizesAreUpperBounds(t *testing.T) {
	const most = math.MaxInt64
	at := time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	accuracy := -1.2345678901234567e-300
	user := User{ID: most, Username: strings.Repeat("𐐷", 32), Kind: KindMember, Role: RoleMember, CreatedAt: at, Banned: true}
	author := Author{ID: most, Username: user.Username, Kind: KindMember}
	for name, body := range map[string]string{
		"plain": strings.Repeat("a", 5000), "empty": "", "controls": strings.Repeat("\x01\x1f\b\f", 2000), "lines": strings.Repeat("\n\t\r", 2000),
		"quotes": strings.Repeat(`"\`, 2000), "separators": strings.Repeat("\u2028\u2029", 2000), "markup": strings.Repeat("<&>", 2000),
		"broken": strings.Repeat("\xff", 2000), "faces": strings.Repeat("👩\u200d👧", 2000), "deletes": strings.Repeat("\x7f", 2000),
	} {
		m := Message{
			Room: most, Seq: most, Rev: most, ClientID: newClientID(), Author: author, Kind: MessageLocation, Body: body,
			CreatedAt: at, EditedAt: at, Deleted: true, Shortened: true,
			Location: &Location{Latitude: accuracy, Longitude: accuracy, Accuracy: &accuracy, Time: at},
		}
		if got, bound := written(t, m), m.Size(); got > bound {
			t.Errorf("%s: a message is %d bytes long, want at most %d", name, got, bound)
		}
		m.Location, m.Kind, m.Notice = nil, MessageNotice, &Notice{Kind: NoticeRemoved, User: author}
		room := Room{ID: most, Kind: RoomPrivate, Name: body, Topic: body, CreatedAt: at, Members: most, Seq: most, Rev: most}
		sub := Subscription{
			Room: room, Membership: Membership{Role: RoleMember, ReadSeq: most, JoinedAt: at}, Unread: most, Last: &m, Peer: &user,
		}
		if got, bound := written(t, sub), sub.Size(); got > bound {
			t.Errorf("%s: a subscription is %d bytes long, want at most %d", name, got, bound)
		}
	}
	if long := strings.Repeat("a", 5000); jsonSize(long) != 5000 || (Message{Body: long}).Size() > 6000 {
		t.Error("the bound of a plain text is larger than its size")
	}
	// A page of roomPage entries must fit even if every room is as large as the
	// rules allow.
	l := Limits{Topic: 10_000, RoomName: 1000}.withDefaults()
	room := Room{ID: most, Kind: RoomPrivate, Name: strings.Repeat("\u2028", l.RoomName), Topic: strings.Repeat("\u2028", l.Topic), CreatedAt: at, Members: most, Seq: most, Rev: most}
	size, err := l.roomPage(200)
	if err != nil || size < 1 || size*written(t, room) > l.PageBytes {
		t.Errorf("a page of rooms has %d entries, %v, want as many entries as fit", size, err)
	}
}
