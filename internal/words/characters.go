package words

import (
	"strings"
	"unicode"
)

// withoutSpaces are the scripts whose words are not separated, and Hangul.
var withoutSpaces = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// kindOf tells what a character is, after compatibility composition.
func kindOf(r rune) kind {
	switch {
	case r < 0x80:
		return kindOfASCII(r)
	case isSkinTone(r), unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Cf, r), isModifier(r):
		return ignored
	case unicode.Is(unicode.Me, r):
		return mark // such as the key of a keycap
	case unicode.Is(unicode.M, r):
		return mark
	case r == 'ー', unicode.IsLetter(r) && unicode.In(r, withoutSpaces...):
		return char
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return letter
	case unicode.In(r, unicode.So, unicode.Sc, unicode.Sm):
		return symbol
	default:
		return gap
	}
}

func kindOfASCII(r rune) kind {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
		return letter
	}
	return gap
}

// isModifier reports whether the letter is an apostrophe, or lengthens the one before
// it only in writing.
func isModifier(r rune) bool { return strings.ContainsRune("ʹʺʻʼʽˈـ", r) }

func isSkinTone(r rune) bool { return 0x1f3fb <= r && r <= 0x1f3ff }

func isIndicator(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// isAccented reports whether the letter may have accents that a search ignores.
func isAccented(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Greek) }

// isAccent reports whether people leave out this mark on this letter. What composition
// has left over on a Cyrillic letter is a stress mark; й and ї are composed.
func isAccent(base, mark rune) bool {
	switch {
	case unicode.In(base, unicode.Latin, unicode.Greek, unicode.Cyrillic), unicode.Is(unicode.Me, mark):
		return true
	case base < 0x80: // a digit with a key around it
		return true
	case 0x0591 <= mark && mark <= 0x05c7: // Hebrew points
		return true
	default: // Arabic points, and marks on an alef
		return 0x0610 <= mark && mark <= 0x061a || 0x064b <= mark && mark <= 0x065f || mark == 0x0670 ||
			0x06d6 <= mark && mark <= 0x06ed
	}
}

// hiragana turns Katakana into Hiragana, as the search for names does.
func hiragana(r rune) rune {
	if 'ァ' <= r && r <= 'ヶ' {
		return r - ('ァ' - 'ぁ')
	}
	return r
}

// digit returns the ASCII digit of the same value.
func digit(r rune) rune {
	if r < 0x80 || !unicode.IsDigit(r) {
		return r
	}
	for _, part := range unicode.Nd.R16 {
		if rune(part.Lo) <= r && r <= rune(part.Hi) {
			return '0' + (r-rune(part.Lo))%10
		}
	}
	for _, part := range unicode.Nd.R32 {
		if rune(part.Lo) <= r && r <= rune(part.Hi) {
			return '0' + (r-rune(part.Lo))%10
		}
	}
	return r
}

// letters are small letters that have no decomposition, and what people type instead.
var letters = map[rune]string{
	'đ': "d", 'ð': "d", 'ɖ': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ø': "o", 'ŧ': "t", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y",
	'æ': "ae", 'œ': "oe", 'þ': "th", 'ß': "ss",
	'ς': "σ",
	'ё': "е", 'ѐ': "е", 'ѝ': "и",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه",
}
