package auth

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldName maps all spellings of the same name to one: compatibility forms, case
// and the order of combining marks make no difference (Unicode's NFKC caseless
// match). It is a chat.FoldName.
func FoldName(name string) string {
	// Folding can undo normalisation, and normalisation can restore capitals, in
	// a few characters. After the second round nothing changes any more. Casers
	// have state, so each call uses its own.
	fold := cases.Fold()
	folded := norm.NFKC.String(fold.String(norm.NFKC.String(name)))
	return norm.NFKC.String(fold.String(folded))
}
