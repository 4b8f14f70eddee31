//go:build unix

package realserver

import "testing"

// TryFill fills a template, which may fail.
func TryFill(t *testing.T, template *PostgresTemplate) error {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	p, err := sharedPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return template.fill(t.Context(), p)
}

// LookNowhereElse makes program searches use PATH only, until undo is called.
func LookNowhereElse() (undo func()) {
	before := postgresFolders
	postgresFolders = nil
	return func() { postgresFolders = before }
}
