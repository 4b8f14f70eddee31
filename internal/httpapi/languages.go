package httpapi

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// translations holds the page of the web client in every language that it was built
// in. The build names the page of the base language index.html, and that of a
// translation index.de.html.
type translations struct {
	pages   []*file // the base language's first
	matcher language.Matcher
}

var translatedPage = regexp.MustCompile(`^index\.([A-Za-z0-9-]+)\.html$`)

// newTranslations takes the pages by the names of their files. It returns nil if the
// base language's is not among them.
func newTranslations(byName map[string]*file) *translations {
	base, ok := byName[indexPage]
	if !ok {
		return nil
	}
	all := &translations{pages: []*file{base}}
	tags := []language.Tag{language.English}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if found := translatedPage.FindStringSubmatch(name); found != nil {
			if tag, err := language.Parse(found[1]); err == nil {
				tags = append(tags, tag)
				all.pages = append(all.pages, byName[name])
			}
		}
	}
	all.matcher = language.NewMatcher(tags)
	return all
}

// serve sends the page in the language that the browser prefers, or in the base
// language.
func (t *translations) serve(w http.ResponseWriter, r *http.Request, status int) {
	chosen := 0
	if len(t.pages) > 1 {
		w.Header().Add("Vary", "Accept-Language")
		accepted := strings.Join(r.Header.Values("Accept-Language"), ",")
		if wanted, _, err := language.ParseAcceptLanguage(accepted); err == nil {
			_, chosen, _ = t.matcher.Match(wanted...)
		}
	}
	t.pages[chosen].serve(w, r, status)
}
