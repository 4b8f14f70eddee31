package dialect

import "testing"

func TestEveryBuiltInDialectIsValid(t *testing.T) {
	s, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Tables()) < 10 {
		t.Errorf("got %d dialects", len(s.Tables()))
	}
}
