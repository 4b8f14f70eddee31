package chat

import (
	"slices"
	"unicode"
)

// Invisible reports whether a character is drawn as nothing: fillers, variation
// selectors, joiners, direction marks and other format characters. Two names that
// differ only in such characters look the same.
func Invisible(c rune) bool {
	return unicode.In(c, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!slices.Contains(visibleFormats, c)
}

// visibleFormats are the format characters that are drawn: number signs and year
// signs in Arabic, Syriac and Kaithi.
var visibleFormats = []rune{
	0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06dd, 0x070f, 0x0890, 0x0891, 0x08e2, 0x110bd, 0x110cd,
}

// maxMarks is the number of combining marks allowed in a row. More would be drawn
// over other lines, and no language needs them (UTS 39, section 5.4).
const maxMarks = 4

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	blackFlag = '\U0001f3f4'
)

// strayInvisible returns the first invisible character that has no effect where it
// is. Some scripts and emoji need invisible characters: a joiner in Indic scripts,
// a non-joiner in Persian, a variation selector in Japanese names, Mongolian and
// emoji, tags in the flags of regions. They are allowed there and nowhere else.
func strayInvisible(text string) (c rune, found bool) {
	chars := []rune(text)
	for i, c := range chars {
		if Invisible(c) && !isNeeded(chars, i) || isDotOnDot(chars, i) {
			return c, true
		}
	}
	return 0, false
}

// isDotOnDot reports whether the character at i is a combining dot above on a
// letter that already has one (i, j) or has lost it (ı). Fonts draw the combining
// dot in place of the letter's own, so the extra character is invisible, and UTS 39
// has no mapping for it. Before another mark above, as in Lithuanian, the dot is
// visible.
func isDotOnDot(chars []rune, i int) bool {
	const dot, lastAbove = '\u0307', '\u0315'
	if chars[i] != dot || i == 0 {
		return false
	}
	if i+1 < len(chars) && '\u0300' <= chars[i+1] && chars[i+1] <= lastAbove && chars[i+1] != dot {
		return false
	}
	under := letterBefore(chars, i)
	return unicode.Is(unicode.Soft_Dotted, under) || under == 'ı' || under == 'ȷ'
}

// isBlank reports whether a character counts as a symbol but is drawn as nothing:
// the Braille pattern without dots and the musical null notehead.
func isBlank(c rune) bool { return c == '\u2800' || c == '\U0001d159' }

// isNeeded tells whether the invisible character at i changes how its neighbours
// are drawn. Joiners follow rules A1, A2 and B of UAX 31, section 2.3.
func isNeeded(chars []rune, i int) bool {
	if i == 0 {
		return false
	}
	before, after := chars[i-1], rune(0)
	if i+1 < len(chars) {
		after = chars[i+1]
	}
	switch c := chars[i]; {
	case c == nonJoiner:
		return isVirama(before) || unicode.In(letterBefore(chars, i), cursive...) && unicode.In(after, cursive...)
	case c == joiner && (isVirama(before) || unicode.IsLetter(before) && isVirama(after)):
		return true
	case c == joiner:
		return endsEmoji(before) && unicode.In(after, unicode.So, unicode.Sm)
	case c == '\ufe0e' || c == '\ufe0f': // shown as text, shown as a picture
		return unicode.In(before, unicode.So, unicode.Sm) || slices.Contains([]rune("0123456789#*‼⁉〰"), before)
	case unicode.Is(unicode.Variation_Selector, c):
		return unicode.In(before, unicode.Han, unicode.Mongolian)
	case c == '\u180e': // separates a vowel from its word
		return unicode.Is(unicode.Mongolian, before) && unicode.Is(unicode.Mongolian, after)
	case isTag(c):
		return before == blackFlag || isTag(before)
	default:
		return false
	}
}

// letterBefore returns the letter that the marks before i are placed on.
func letterBefore(chars []rune, i int) rune {
	for i--; i > 0 && unicode.IsMark(chars[i]); i-- {
	}
	return chars[i]
}

// cursive are the scripts whose letters join, so that a non-joiner shows.
var cursive = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
}

// isVirama reports whether a character is a virama: in the scripts of India and Sri
// Lanka, it removes a letter's vowel and so joins the letter with the next one.
func isVirama(c rune) bool {
	return slices.Contains([]rune{
		0x094d, 0x09cd, 0x0a4d, 0x0acd, 0x0b4d, 0x0bcd, 0x0c4d, 0x0ccd, 0x0d4d, 0x0dca,
	}, c)
}

// endsEmoji reports whether an emoji that is joined with another one may end in
// this character.
func endsEmoji(c rune) bool {
	const lightest, darkest = '\U0001f3fb', '\U0001f3ff' // skin tones
	return unicode.In(c, unicode.So, unicode.Sm) || c == '\ufe0f' || lightest <= c && c <= darkest
}

func isTag(c rune) bool { return 0xe0020 <= c && c <= 0xe007f }

// stacks reports whether a character has more than maxMarks combining marks.
// Spacing marks don't count.
func stacks(text string) bool {
	marks := 0
	for _, c := range text {
		if !unicode.In(c, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return true
		}
	}
	return false
}
