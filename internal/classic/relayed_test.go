package classic

import (
	"strconv"
	"strings"
	"testing"

	"partychat/internal/chat"
)

func TestObjectsOfOtherNodesAreBounded(t *testing.T) {
	var r relayed
	const most = 1000
	object := `{"colour":"` + strings.Repeat("x", 80) + `"}`
	for i := range 500 {
		r.put(chat.ObjectSent{ClientID: strconv.Itoa(i), Object: object}, most)
		r.put(chat.ObjectSent{ClientID: strconv.Itoa(i), Object: object}, most) // an event may come twice
		if i%3 == 0 && r.take(strconv.Itoa(i)) == nil {
			t.Fatalf("object %d is not there when its message comes", i)
		}
		if r.bytes > most || len(r.byID) > most/len(object) || len(r.order) > 3*most/len(object)+17 {
			t.Fatalf("after %d objects: %d bytes, %d objects, %d in order", i, r.bytes, len(r.byID), len(r.order))
		}
	}
	if r.take("0") != nil || r.take("1") != nil {
		t.Error("an object is given twice, or kept after later ones have taken its place")
	}
	if r.take("499") == nil {
		t.Error("the last object is missing")
	}
	r.put(chat.ObjectSent{ClientID: "large", Object: strings.Repeat("x", most+1)}, most)
	r.put(chat.ObjectSent{ClientID: "bad", Object: "{"}, most)
	if r.take("large") != nil || r.take("bad") != nil || r.bytes != 0 {
		t.Errorf("objects that are too large or none are given; %d bytes are left", r.bytes)
	}
}
