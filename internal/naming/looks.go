package naming

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"partychat/internal/chat"
)

// Looks returns what a name looks like, as one or two UTS 39 skeletons (section
// 4), in the order of their bytes. Two names that share a skeleton are easily
// confused. Invisible characters, the width of spaces and the case make no
// difference.
//
// The case needs a second skeleton: “paypaI” with a capital i looks like
// “paypal”, but in small letters it does not. So one skeleton is of the name in
// small letters, and the other of the name as written.
func Looks(name string) []string {
	name = tidy(norm.NFKC.String(name))
	small := cut(skeleton(lower(name)))
	written := cut(skeleton(lower(skeleton(name))))
	if small == written {
		return []string{small}
	}
	return []string{min(small, written), max(small, written)}
}

// Alike reports whether two names are easily confused.
func Alike(a, b string) bool {
	looks := Looks(b)
	return slices.ContainsFunc(Looks(a), func(look string) bool { return slices.Contains(looks, look) })
}

// skeleton returns small letters, because the table maps the digit 0 to a capital O.
func skeleton(name string) string {
	return lower(confusables.Skeleton(name))
}

// lower folds the case. For Cherokee the library swaps small letters and
// capitals, where Unicode folds all into capitals.
func lower(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case 0xab70 <= c && c <= 0xabbf:
			return c - 0xab70 + 0x13a0
		case 0x13f8 <= c && c <= 0x13fd:
			return c - 0x13f8 + 0x13f0
		default:
			return c
		}
	}, cases.Fold().String(s))
}

// tidy removes invisible characters and replaces all white space by single
// spaces.
func tidy(name string) string {
	name = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case chat.Invisible(c):
			return -1
		default:
			return c
		}
	}, name)
	return strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == ' ' }), " ")
}
