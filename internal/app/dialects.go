package app

import (
	"partychat/internal/classic/dialect"
	"partychat/internal/config"
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
