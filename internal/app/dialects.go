package app

import (
	"partychat/internal/classic/dialect"
	"partychat/internal/config"
)

// dialectsOf gives the dialects of the classic events: those of the folder that the
// operator names, and the built-in ones.
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
