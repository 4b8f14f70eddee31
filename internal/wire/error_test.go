package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestClientsLearnOnlyWhatConcernsThem(t *testing.T) {
	cause := errors.New("the password of the database")
	limited := &chat.Error{Code: chat.CodeRateLimited, Message: "Wait.", Field: "body", RetryAfter: 1100 * time.Millisecond, Err: cause}
	for name, test := range map[string]struct {
		err  error
		want wire.ErrorInfo
	}{
		"an unexpected error": {cause, wire.ErrorInfo{Code: chat.CodeInternal, Message: chat.ErrorFrom(cause).Message}},
		"a wrapped error": {
			fmt.Errorf("doing: %w", limited), wire.ErrorInfo{Code: chat.CodeRateLimited, Message: "Wait.", Field: "body", RetryAfter: 2},
		},
	} {
		got := wire.ErrorOf(test.err)
		if diff := cmp.Diff(test.want, got); diff != "" || strings.Contains(encode(t, got), "password") {
			t.Errorf("%s: %+v (-want +got):\n%s", name, got, diff)
		}
	}
}

func TestABadArgumentNamesItsField(t *testing.T) {
	var command wire.SendCommand
	for text, field := range map[string]string{`{"room":"one"}`: "room", `{"location":{"latitude":"north"}}`: "location.latitude", `7`: ""} {
		got := wire.ErrorOf(wire.BadArgument(json.Unmarshal([]byte(text), &command)))
		if got.Code != chat.CodeInvalid || got.Field != field || got.Message == "" {
			t.Errorf("%s: got %+v, want invalid on %q", text, got, field)
		}
	}
}
