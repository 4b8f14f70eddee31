package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// document is the OpenAPI document for checking answers. Unlike the served one, it is also strict
// about answers.
type document struct {
	api *huma.OpenAPI
	mux *http.ServeMux // finds the operation of a request
}

func newDocument(o Options) *document {
	d := &document{mux: http.NewServeMux()}
	d.api = newRoutes(o, http.NewServeMux()).huma.OpenAPI()
	for path, item := range d.api.Paths {
		for method := range operations(item) {
			d.mux.HandleFunc(method+" "+path, func(http.ResponseWriter, *http.Request) {})
		}
	}
	return d
}

func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}
	for method, op := range all {
		if op == nil {
			delete(all, method)
		}
	}
	return all
}

// check fails the test if the answer does not match the document. Undocumented addresses must
// answer with an error body.
func (d *document) check(t *testing.T, r *http.Request, a answerTo) {
	t.Helper()
	if r.URL.Path == documentPath {
		return
	}
	what := fmt.Sprintf("%s %s → %d %s", r.Method, r.URL.Path, a.status, a.body)
	_, pattern := d.mux.Handler(r)
	schema := d.api.Components.Schemas.Map()["ErrorBody"]
	if pattern != "" {
		method, path, _ := strings.Cut(pattern, " ")
		op := operations(d.api.Paths[path])[method]
		response := op.Responses[strconv.Itoa(a.status)]
		if response == nil {
			t.Errorf("%s: the document of %s knows no such status", what, op.OperationID)
			return
		}
		if len(response.Content) == 0 {
			if len(a.body) != 0 {
				t.Errorf("%s: the document promises no body", what)
			}
			return
		}
		if response.Content["application/json"] == nil {
			return // bytes
		}
		schema = response.Content["application/json"].Schema
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("%s: Content-Type is %q, want application/json", what, got)
	}
	var value any
	if err := json.Unmarshal(a.body, &value); err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	var result huma.ValidateResult
	huma.Validate(d.api.Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &result)
	for _, err := range result.Errors {
		t.Errorf("%s: not as documented: %v", what, err)
	}
}
