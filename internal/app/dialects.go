package app

import (
	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/naming"
)

// dialectsOf returns the dialects of the classic events: those in the operator's
// folder and the built-in ones.
func dialectsOf(c config.Config) (*dialect.Set, error) {
	if c.ClassicDialects == "" {
		return dialect.Builtin(), nil
	}
	own, err := dialect.ReadFolder(c.ClassicDialects)
	if err != nil {
		return nil, err
	}
	return dialect.NewSet(own...)
}

// isServersName reports whether a username could be mistaken for the author of the server's notices on
// pages of the classic events.
func isServersName(username string) bool { return naming.Alike(username, dialect.ServerName) }
