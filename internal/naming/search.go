package naming

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"partychat/internal/chat"
)

// SearchKey returns the form of a name, or of a search text, that a search
// compares. People should find a name with what their keyboard has. The key
// ignores
//
//   - case and compatibility forms, such as width;
//   - accents of Latin and Greek letters, the points of Arabic and Hebrew, and ё;
//     all other marks stay, because they form other letters (が, й) or vowels
//     (कि);
//   - strokes and ligatures that Unicode does not decompose (ø, ł, đ, ı, æ);
//   - quotation marks and apostrophes, which are removed; dashes count as spaces;
//   - the difference between Arabic, Persian and Indian digits, and between
//     Arabic and Persian letters;
//   - the difference between Hiragana and Katakana.
//
// Hangul is written letter by letter, so that a syllable is found while it is
// being typed. The key of a key is the key itself. A key has at most maxKey
// characters, because stores keep each of its suffixes.
func SearchKey(name string) string {
	if isPlain(name) {
		return cut(plainKey(name))
	}
	return cut(fullKey(name))
}

// maxKey is the maximum number of characters of a key: enough for a name of
// Hangul of the usual maximum length. A few characters that expand to a whole
// phrase would give more, and a database index limits the length.
const maxKey = 256

// cut returns the first maxKey characters, without a space at the end.
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
	var base rune // that carries a mark
	for _, c := range norm.NFKD.String(lower(norm.NFKD.String(strings.Map(quotes, name)))) {
		if unicode.Is(unicode.M, c) && isAccent(base, c) {
			continue
		}
		before := b.Len()
		writeKey(&b, c)
		if !unicode.Is(unicode.M, c) && b.Len() > before { // removed characters carry no marks
			base = c
		}
	}
	return norm.NFC.String(strings.Join(strings.FieldsFunc(b.String(), isGap), " "))
}

// isPlain reports whether the name is ASCII, as most are: its key is computed faster.
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

// writeKey writes the form of a decomposed small letter.
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

// quotes removes quotation marks and apostrophes. It runs before everything else,
// because some of them are decomposed into a space and an accent, and again
// afterwards, because some letters are decomposed into a letter and an
// apostrophe.
func quotes(c rune) rune {
	if unicode.In(c, unicode.Pi, unicode.Pf) || strings.ContainsRune("'\"`´‚„ʹʺʻʼʽˈ′″‴〃〝〞〟＂＇｀׳״", c) {
		return -1
	}
	return c
}

// isAccent reports whether people leave out this mark on this base.
func isAccent(base, mark rune) bool {
	switch {
	case unicode.In(base, unicode.Latin, unicode.Greek):
		return true
	case base == 'е' && mark == '\u0308': // Russian е and ё
		return true
	case 0x0591 <= mark && mark <= 0x05c7: // Hebrew points
		return true
	default: // Arabic points, and marks on an alef
		return 0x0610 <= mark && mark <= 0x061a || 0x064b <= mark && mark <= 0x065f || mark == 0x0670 ||
			0x06d6 <= mark && mark <= 0x06ed
	}
}

// letters maps letters to what people type instead.
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
		// The conjoining letters of Hangul become standalone letters.
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
