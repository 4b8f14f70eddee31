package auth

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldName maps all spellings that are to count as the same name onto one:
// compatibility forms, case and the order of combining marks make no
// difference (Unicode's NFKC caseless match). It is a chat.FoldName.
func FoldName(name string) string {
	// Folding undoes normalisation and normalisation brings capitals back, each
	// in a few characters; after the second round nothing moves any more.
	// Casers have state, so each call takes its own.
	fold := cases.Fold()
	folded := norm.NFKC.String(fold.String(norm.NFKC.String(name)))
	return norm.NFKC.String(fold.String(folded))
}
