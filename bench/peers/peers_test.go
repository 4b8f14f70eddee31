package peers

import (
	"errors"
	"strings"
	"testing"
)

func TestSelect(t *testing.T) {
	got, err := Select("bare, partychat")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Name != "bare" || got[1].Name != "partychat" {
		t.Errorf("got %+v, want bare and partychat", got)
	}
	if _, err := Select("bare,other"); err == nil || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("unknown peer: got %v, want an error that names it", err)
	}
}

func TestAMissingPeersErrorHasARemedy(t *testing.T) {
	p := Peer{Title: "X", Dir: ".", Needs: "not/there", Remedy: "install it"}
	err := p.Prepare(t.Context(), t.TempDir(), t.TempDir())
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "install it") {
		t.Errorf("got %v, want %v with the remedy", err, ErrMissing)
	}
}
