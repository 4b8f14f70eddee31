package redis

import "testing"

func TestAnAnswerOutweighsAFailureThatBeganBeforeIt(t *testing.T) {
	var h health
	if h.isDown() {
		t.Error("down before the first request")
	}
	first := h.now()
	if !h.failed(first) || !h.isDown() {
		t.Error("a failed request did not mark Redis as down")
	}
	if h.failed(first) {
		t.Error("a second failure counted as a change")
	}
	slow := h.now()
	if !h.answered() || h.isDown() {
		t.Error("an answer did not mark Redis as up")
	}
	if h.failed(slow) || h.isDown() {
		t.Error("a failure that began before the answer marked Redis as down")
	}
	if !h.failed(h.now()) || !h.isDown() {
		t.Error("a failure that began after the answer did not mark Redis as down")
	}
}
