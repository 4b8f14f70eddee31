package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"partychat/internal/chat"
)

const (
	apiPath      = "/api/v1"
	documentPath = apiPath + "/openapi.json"

	// maxOpenBody is the maximum size, in bytes, of the body of a call that needs
	// no session: the server may hold many of them at once.
	maxOpenBody = 16 << 10
)

// api serves REST: it decodes the request, calls the service and encodes the
// answer. Each noun has a file with its calls.
type api struct {
	chat     *chat.Chat
	sessions Sessions
	attempts Attempts
	log      *slog.Logger
	huma     huma.API
	mux      humago.Mux
	// maxBody is the maximum size of a request's body, in bytes.
	maxBody int64
	// bodyTimeout is the time in which a body must arrive.
	bodyTimeout time.Duration
}

// newAPI serves everything under /api/.
func newAPI(o Options) http.Handler {
	mux := http.NewServeMux()
	a := newRoutes(o, mux)
	loosenAnswers(a.huma.OpenAPI())
	// The document is written on the first request for it, because it is rarely
	// requested and would take half of the start-up time.
	document := sync.OnceValue(func() []byte {
		text, err := json.Marshal(a.huma.OpenAPI())
		if err != nil {
			panic(err) // it consists of our own types only
		}
		return text
	})
	mux.HandleFunc("GET "+documentPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document()) // the client may have gone
	})
	return answerUnknown(mux)
}

// newRoutes registers every call with the mux and in the document.
func newRoutes(o Options, mux humago.Mux) *api {
	a := &api{chat: o.Chat, sessions: o.Sessions, attempts: o.Attempts, log: o.Log, bodyTimeout: cmp.Or(o.BodyTimeout, time.Minute), huma: humago.New(mux, configure(o.Version)), mux: mux}
	// The longest valid message fits, even with every character escaped as a
	// surrogate pair. So the rules decide what is too long, not this limit.
	const escaped = 12
	a.maxBody = max(64<<10, int64(o.Chat.Limits().Message+1)*escaped+4<<10)

	a.sessionCalls()
	a.userCalls()
	profileCalls(a)
	a.roomCalls()
	a.memberCalls()
	a.roomBanCalls()
	a.serverBanCalls()
	a.messageCalls()
	reactionCalls(a)
	pinCalls(a)
	threadCalls(a)
	bookmarkCalls(a)
	searchCalls(a)
	fileCalls(a)
	a.subscriptionCalls()
	settingsCalls(a)
	pushCalls(a)
	a.conversationCalls()
	a.invitationCalls()
	a.guestCalls()
	a.accountCalls()
	return a
}

func configure(version string) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "PartyChat",
				Version:     version,
				Description: "The REST calls of PartyChat. Changes that happen while a client is connected arrive as Socket.IO events.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"cookie": {Type: "apiKey", In: "cookie", Name: "__Host-partychat_session", Description: "for browsers; without TLS and on ports other than 443 the name differs: docs/PROTOCOL.md section 2"},
					"token":  {Type: "http", Scheme: "bearer", Description: "for programs"},
				},
			},
		},
		// No DocsPath: that page would load scripts from other servers. No
		// OpenAPIPath: we serve one form of the document, which is written once.
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// loosenAnswers allows additional members in answers, because later versions may
// add some. Requests stay strict, so that a mistyped member is an error.
func loosenAnswers(document *huma.OpenAPI) {
	requests := map[string]bool{}
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, media := range op.RequestBody.Content {
				requests[path.Base(media.Schema.Ref)] = true
			}
		}
	}
	for name, schema := range document.Components.Schemas.Map() {
		if !requests[name] {
			schema.AdditionalProperties = nil
		}
	}
}

// open registers a call that needs no session.
func open[I, O any](a *api, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Security = []map[string][]string{}
	op.MaxBodyBytes = maxOpenBody
	register(a, op, handle)
}

// member registers a call that needs a session, and counts it as a read or a
// write of its user.
func member[I, O any](a *api, op huma.Operation, handle func(context.Context, chat.User, *I) (*O, error)) {
	op.Errors = append(op.Errors, http.StatusTooManyRequests)
	op.Middlewares = append(op.Middlewares, a.requireBudget)
	uncounted(a, op, handle)
}

// uncounted is member for calls that have their own limit or must always be
// possible.
func uncounted[I, O any](a *api, op huma.Operation, handle func(context.Context, chat.User, *I) (*O, error)) {
	op.Security = []map[string][]string{{"cookie": {}}, {"token": {}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized)
	// This comes before validation: without a session, a client learns nothing
	// about the form of requests.
	op.Middlewares = append(huma.Middlewares{a.requireSession}, op.Middlewares...)
	register(a, op, func(ctx context.Context, in *I) (*O, error) {
		identity, ok := a.sessions.Identity(ctx)
		if !ok {
			return nil, a.sessions.Refusal(ctx)
		}
		return handle(ctx, identity.User, in)
	})
}

func register[I, O any](a *api, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = a.maxBody
	}
	op.BodyReadTimeout = a.bodyTimeout
	op.Errors = append(op.Errors, http.StatusServiceUnavailable)
	if op.Method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	if op.Method == http.MethodPost || op.Method == http.MethodPatch {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.fault(ctx, op, err)
		}
		return out, nil
	})
}

// also documents a second status with the same kind of body.
func also[Body any](a *api, status int) map[string]*huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Body](), true, "")
	return map[string]*huma.Response{strconv.Itoa(status): {
		Description: http.StatusText(status),
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}}
}

func (a *api) requireSession(ctx huma.Context, next func(huma.Context)) {
	if _, ok := a.sessions.Identity(ctx.Context()); !ok {
		_, w := humago.Unwrap(ctx)
		WriteError(w, a.sessions.Refusal(ctx.Context()))
		return
	}
	next(ctx)
}

// requireBudget counts the request against its user's budget. A read counts until
// its answer has been written.
func (a *api) requireBudget(ctx huma.Context, next func(huma.Context)) {
	identity, _ := a.sessions.Identity(ctx.Context())
	_, w := humago.Unwrap(ctx)
	if ctx.Method() != http.MethodGet {
		if err := a.chat.Budget().Write(identity.User.ID); err != nil {
			WriteError(w, err)
			return
		}
		next(ctx)
		return
	}
	done, err := a.chat.Budget().Read(identity.User.ID)
	if err != nil {
		WriteError(w, err)
		return
	}
	defer done()
	next(ctx)
}

// fault returns the part of the error that the client may see. The log gets the
// rest.
func (a *api) fault(ctx context.Context, op huma.Operation, err error) *fault {
	f := faultFrom(err)
	if f.status >= http.StatusInternalServerError && ctx.Err() == nil {
		a.log.Error("request failed", "method", op.Method, "path", op.Path, "err", err)
	}
	return f
}

// noContent answers with no body.
type noContent struct{}
