package classic

import (
	"strconv"
	"testing"

	"partychat/internal/chat"
)

func TestOldestUnusedNamesAreForgotten(t *testing.T) {
	n, made := newNames(3, nil), 0
	claim := func(key string) *guest {
		t.Helper()
		g, _, err := n.claim(t.Context(), key, "192.0.2.1", func() (chat.User, error) {
			made++
			return chat.User{ID: chat.UserID(made)}, nil
		})
		if err != nil {
			t.Fatalf("claim %s: %v", key, err)
		}
		return g
	}
	used := claim("used")
	for i := range 100 {
		n.release(t.Context(), claim(strconv.Itoa(i)))
	}
	if len(n.byKey) != 4 || n.idle.Len() != 3 {
		t.Errorf("got %d names, %d idle, want the used one and 3 idle ones", len(n.byKey), n.idle.Len())
	}
	if _, _, err := n.claim(t.Context(), "used", "192.0.2.2", nil); chat.CodeOf(err) != chat.CodeTaken {
		t.Errorf("a name in use: got %v, want taken", err)
	}
	if g := claim("98"); g.user != 100 {
		t.Errorf("a name given again: got user %d, want the same guest, 100", g.user)
	}
	if g := claim("used"); g != used {
		t.Error("a name in use, given again from the same network, is somebody else's, want the same guest")
	}
	n.release(t.Context(), used)
	if _, _, err := n.claim(t.Context(), "used", "192.0.2.2", nil); chat.CodeOf(err) != chat.CodeTaken {
		t.Errorf("a name that a second socket uses: got %v, want taken", err)
	}
	n.release(t.Context(), used)
	if g := claim("used"); g != used {
		t.Error("a name given again after its socket had gone is somebody else's, want the same guest")
	}
}
