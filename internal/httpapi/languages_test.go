package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestN1_PageIsInTheLanguageThatTheBrowserPrefers(t *testing.T) {
	page := func(words string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(words)} }
	all, err := loadFiles(fstest.MapFS{
		"index.html":         page("english"),
		"index.de.html":      page("deutsch"),
		"index.pt-BR.html":   page("português"),
		"index.zh-Hant.html": page("繁體中文"),
		"index.no tag.html":  page("a file"),
		"index.-.html":       page("no language"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if all.byPath["/index.de.html"] != nil {
		t.Error("a translated page has an address of its own, want it at the pages' addresses only")
	}
	for _, c := range []struct{ accepted, want string }{
		{"", "english"},
		{"de", "deutsch"},
		{"de-AT,de;q=0.9,en;q=0.8", "deutsch"},
		{"en-GB,en;q=0.9,de;q=0.8", "english"},
		{"de;q=0.5,pt-BR", "português"},
		{"fr,de;q=0.5", "deutsch"},
		{"fr", "english"},
		{"zh-TW", "繁體中文"},
		{"*", "english"},
		{"de;q=nonsense", "english"},
		{";;;,,,", "english"},
	} {
		t.Run(c.accepted, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept-Language", c.accepted)
			w := httptest.NewRecorder()
			all.index.serve(w, r, http.StatusOK)
			if w.Body.String() != c.want {
				t.Errorf("got %q, want %q", w.Body, c.want)
			}
			if vary := w.Header().Get("Vary"); vary != "Accept-Language" {
				t.Errorf("Vary is %q, want caches to tell languages apart", vary)
			}
		})
	}
}

func TestN1_SingleLanguageIsServedToEverybody(t *testing.T) {
	all, err := loadFiles(fstest.MapFS{"index.html": &fstest.MapFile{Data: []byte("english")}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Language", "de")
	w := httptest.NewRecorder()
	all.index.serve(w, r, http.StatusOK)
	if w.Body.String() != "english" || w.Header().Get("Vary") != "" {
		t.Errorf("got %q with Vary %q, want the only page", w.Body, w.Header().Get("Vary"))
	}
}
