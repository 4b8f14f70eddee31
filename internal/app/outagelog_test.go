package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partychat/internal/chat"
)

func TestAnOutageIsLoggedOncePerReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(newOutageLog(slog.NewTextHandler(&out, nil)))
		full := chat.Errorf(chat.CodeUnavailable, "The disk is full.")
		away := chat.Errorf(chat.CodeUnavailable, "The database is away.")
		lines := func(want int, what string) {
			t.Helper()
			if got := strings.Count(out.String(), "\n"); got != want {
				t.Errorf("%s: got %d lines, want %d:\n%s", what, got, want, out.String())
			}
			out.Reset()
		}
		for range 1000 {
			log.Warn("message:send failed for now", "error", full)
			log.With("node", 1).WithGroup("x").Error("request failed", "err", errors.Join(full))
			time.Sleep(time.Second)
		}
		lines(1, "an outage of 1,000 seconds")
		log.Warn("message:send failed for now", "error", away)
		lines(1, "another reason")
		time.Sleep(outageGap)
		log.Warn("message:send failed for now", "error", full)
		lines(1, "another outage for the same reason")
		for range 3 {
			log.Error("message:send failed", "error", errors.New("no such table"))
			log.Info("stopping")
		}
		lines(6, "other errors, and records without an error")

		log = slog.New(newOutageLog(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
		for range 3 {
			log.Warn("message:send failed for now", "error", full)
		}
		if got := strings.Count(out.String(), "level=DEBUG"); got != 2 {
			t.Errorf("at level debug: got %d lines for the two later failures", got)
		}
	})
}
