package httpapi

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partychat/internal/auth"
	"partychat/internal/chat"
)

// recorded records the registered patterns.
type recorded struct {
	*http.ServeMux
	patterns []string
}

func (r *recorded) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.HandleFunc(pattern, handler)
}

// fetched is the relevant part of the served document.
type fetched struct {
	OpenAPI string `json:"openapi"`
	Info    struct{ Version string }
	Paths   map[string]map[string]struct {
		OperationID string                    `json:"operationId"`
		Security    []map[string][]string     `json:"security"`
		Responses   map[string]map[string]any `json:"responses"`
		Parameters  []struct{ Name, In, Description string }
	}
}

func TestDocumentListsExactlyTheServedCalls(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	a := c.send(http.MethodGet, documentPath, nil)
	var doc fetched
	if err := json.Unmarshal(a.body, &doc); err != nil {
		t.Fatalf("got %d %s: %v", a.status, a.body, err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || doc.Info.Version != "test" {
		t.Errorf("the document is OpenAPI %q of version %q, want 3.1 of test", doc.OpenAPI, doc.Info.Version)
	}

	mux := &recorded{ServeMux: http.NewServeMux()}
	newRoutes(Options{Chat: &chat.Chat{}}, mux)
	var documented []string
	for path, item := range doc.Paths {
		for method := range item {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(documented)
	slices.Sort(mux.patterns)
	if !slices.Equal(documented, mux.patterns) {
		t.Errorf("documented is\n%q\nregistered is\n%q", documented, mux.patterns)
	}
}

func TestDocumentIsStrictOnRequestsAndAllowsAnswersToGrow(t *testing.T) {
	a := newServer(t).client(t).send(http.MethodGet, documentPath, nil)
	var doc struct {
		Components struct {
			Schemas map[string]struct{ AdditionalProperties *bool }
		}
	}
	if err := json.Unmarshal(a.body, &doc); err != nil {
		t.Fatal(err)
	}
	requests := []string{"Credentials", "NewAccount", "MessageChange", "RoleChange", "NewMessage", "NewRoom", "RoomChange", "NewGuest", "NewInvitation", "UserChange", "NewFile", "SettingsChange", "LevelChange", "NewPushDevice", "ProfileChange"}
	for name, schema := range doc.Components.Schemas {
		strict := schema.AdditionalProperties != nil && !*schema.AdditionalProperties
		if want := slices.Contains(requests, name); strict != want {
			t.Errorf("%s is strict: %v, want %v", name, strict, want)
		}
	}
}

func TestDocumentNamesTheCookie(t *testing.T) {
	s := newServer(t)
	if got := s.document.api.Components.SecuritySchemes["cookie"].Name; got != auth.CookieNameFor("chat.example", true) {
		t.Errorf("the document says %q, want %q", got, auth.CookieNameFor("chat.example", true))
	}
}

// protocolCalls returns the calls in docs/PROTOCOL.md, each as often as it is listed.
func protocolCalls(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	_, tables, _ := strings.Cut(string(text), "\n## 2. ") // what comes before explains the notation
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`?]*)").FindAllStringSubmatch(tables, -1) {
		calls = append(calls, row[1])
	}
	slices.Sort(calls)
	return calls
}

func TestEveryCallOfTheProtocolIsDocumented(t *testing.T) {
	s := newServer(t)
	var documented []string
	for path, item := range s.document.api.Paths {
		for method := range operations(item) {
			documented = append(documented, method+" "+strings.TrimPrefix(path, apiPath))
		}
	}
	slices.Sort(documented)
	if protocol := protocolCalls(t); !slices.Equal(documented, protocol) {
		t.Errorf("documented is\n%q\nthe protocol has\n%q", documented, protocol)
	}
}

// withoutSession are the calls that need no session, with the status for a body that is not JSON,
// or for no body.
var withoutSession = map[string]int{
	"sign-up": http.StatusBadRequest, "log-in": http.StatusBadRequest, "enter-as-guest": http.StatusBadRequest,
	"continue-as-guest": http.StatusUnauthorized,
	"get-server":        http.StatusOK, "list-join-rooms": http.StatusNotFound, "look-at-invitation": http.StatusNotFound,
}

func TestEveryOtherCallNeedsASession(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	for path, item := range s.document.api.Paths {
		for method, op := range operations(item) {
			target := strings.TrimPrefix(strings.NewReplacer("{room}", "1", "{user}", "1", "{seq}", "1", "{invitation}", "1", "{session}", "1", "{file}", "1").Replace(path), apiPath)
			var body any
			if op.RequestBody != nil {
				body = "{"
			}
			a := c.call(method, target, body)
			if len(op.Security) > 0 {
				wantError(t, a, http.StatusUnauthorized, chat.CodeUnauthenticated, "")
				continue
			}
			if status := withoutSession[op.OperationID]; a.status != status {
				t.Errorf("%s without a session: got %d, want %d", op.OperationID, a.status, status)
			}
		}
	}
}
