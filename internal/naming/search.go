package naming

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"partychat/internal/chat"
)

// SearchKey gives the form of a name, or of the text that is looked for, that a
// search compares. It is made so that people find a name with what their keyboard
// has. No difference makes:
//   - case and compatibility forms, as width;
//   - accents of Latin and Greek letters, the points of Arabic and Hebrew, and ё;
//     all other marks stay, since they make other letters (が, й) or vowels (कि);
//   - strokes and ligatures that Unicode does not decompose (ø, ł, đ, ı, æ);
//   - quotation marks and apostrophes, which are left out; dashes count as spaces;
//   - the Arabic, Persian or Indian form of a digit, and the Persian form of a letter;
//   - Hiragana or Katakana.
//
// Hangul is given letter by letter, so that a syllable is found while it is still
// being typed. The key of a key is the key itself. It has at most maxKey
// characters: stores keep each of its tails.
func SearchKey(name string) string {
	if isPlain(name) {
		return cut(plainKey(name))
	}
	return cut(fullKey(name))
}

// maxKey is how many characters of a form count: as many as a name of Hangul of the
// usual limit can have. A few characters that stand for a whole phrase would have
// more, and a database compares only so much.
const maxKey = 256

// cut gives the first maxKey characters, without a space at the end.
func cut(form string) string {
	n := 0
	for i := range form {
		if n++; n > maxKey {
			return strings.TrimRight(form[:i], " ")
		}
	}
	return form
}

func fullKey(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	var base rune // what a mark stands on
	for _, c := range norm.NFKD.String(lower(norm.NFKD.String(strings.Map(quotes, name)))) {
		if unicode.Is(unicode.M, c) && isAccent(base, c) {
			continue
		}
		before := b.Len()
		writeKey(&b, c)
		if !unicode.Is(unicode.M, c) && b.Len() > before { // what is left out bears no marks
			base = c
		}
	}
	return norm.NFC.String(strings.Join(strings.FieldsFunc(b.String(), isGap), " "))
}

// isPlain tells ASCII, of which most names are: the key of that is made faster.
func isPlain(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return false
		}
	}
	return true
}

func plainKey(name string) string {
	key := make([]byte, 0, len(name))
	gap := false
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '\'' || c == '"' || c == '`':
			continue
		case c == '-' || c <= ' ' || c == 0x7f:
			gap = true
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if gap && len(key) > 0 {
			key = append(key, ' ')
		}
		gap = false
		key = append(key, c)
	}
	return string(key)
}

func isGap(c rune) bool { return c == ' ' }

// writeKey writes what a decomposed small letter counts as.
func writeKey(b *strings.Builder, c rune) {
	switch {
	case unicode.IsSpace(c), unicode.IsControl(c), unicode.Is(unicode.Pd, c), c == '\u2212': // the minus sign
		b.WriteByte(' ')
	case chat.Invisible(c), quotes(c) < 0:
	case 'ァ' <= c && c <= 'ヶ':
		b.WriteRune(c - ('ァ' - 'ぁ'))
	default:
		if s, ok := letters[c]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(c)
		}
	}
}

// quotes leaves out quotation marks and apostrophes, before everything else, since
// some of them are decomposed into a space and an accent, and again afterwards:
// some letters are decomposed into one and an apostrophe.
func quotes(c rune) rune {
	if unicode.In(c, unicode.Pi, unicode.Pf) || strings.ContainsRune("'\"`´‚„ʹʺʻʼʽˈ′″‴〃〝〞〟＂＇｀׳״", c) {
		return -1
	}
	return c
}

// isAccent tells whether a mark on a base is one that people leave out.
func isAccent(base, mark rune) bool {
	switch {
	case unicode.In(base, unicode.Latin, unicode.Greek):
		return true
	case base == 'е' && mark == '\u0308': // Russian е and ё
		return true
	case 0x0591 <= mark && mark <= 0x05c7: // Hebrew points
		return true
	default: // Arabic points, and what stands on an alef
		return 0x0610 <= mark && mark <= 0x061a || 0x064b <= mark && mark <= 0x065f || mark == 0x0670 ||
			0x06d6 <= mark && mark <= 0x06ed
	}
}

// letters are what people type instead.
var letters = makeLetters()

func makeLetters() map[rune]string {
	m := map[rune]string{
		'đ': "d", 'ð': "d", 'ɖ': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ø': "o", 'ŧ': "t", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y",
		'æ': "ae", 'œ': "oe", 'þ': "th",
		'ـ': "", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه", // Arabic
	}
	for _, zero := range []rune{'٠', '۰', '०', '๐'} {
		for i := range rune(10) {
			m[zero+i] = string('0' + i)
		}
	}
	for first, list := range map[rune]string{
		// The conjoining letters of Hangul, as single ones, which do not join.
		'\u1100': "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ",
		'\u1161': "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ",
		'\u11a8': "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ",
	} {
		for i, letter := range strings.Fields(list) {
			m[first+rune(i)] = letter
		}
	}
	return m
}
