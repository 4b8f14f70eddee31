//go:build unix

package realserver

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// PostgresTemplate is a database that tests copy instead of filling their own. It is
// created, with its first copy, on the server that PostgresDatabase uses.
type PostgresTemplate struct {
	// Fill fills the template, and closes its connections.
	Fill func(ctx context.Context, url string) error

	name string // empty until it has been filled
}

// Database creates a copy for the test. It is dropped when the test ends.
func (t *PostgresTemplate) Database(tb testing.TB) (url string) {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	p, err := sharedPostgres(tb.Context())
	if err == nil && t.name == "" {
		err = t.fill(tb.Context(), p)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return testDatabase(tb, p, t.name)
}

// fill creates the template, behind the lock.
func (t *PostgresTemplate) fill(ctx context.Context, p *Postgres) error {
	shared.databases++
	name := fmt.Sprintf("template_of_tests%d", shared.databases)
	if err := p.CreateDatabase(ctx, name); err != nil {
		return fmt.Errorf("%w\n%s", err, p.Log())
	}
	if err := t.Fill(ctx, p.URL(name)); err != nil {
		return errors.Join(fmt.Errorf("filling the template: %w", err), p.DropDatabase(ctx, name))
	}
	t.name = name
	return nil
}
