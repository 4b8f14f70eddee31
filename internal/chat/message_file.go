package chat

import (
	"strings"
	"time"
	"unicode/utf8"
)

// fileKind has files, in Message.Files, and their caption as its body.
var fileKind = kind{body: captionBody, editable: true, empty: true, deletable: true, counted: true, searched: true, files: true}

func captionBody(r *rules, input SendInput, _ time.Time) (string, error) {
	if input.Location != nil {
		return "", ErrorIn("location", CodeInvalid, "Only a message of kind “location” can have a location.")
	}
	switch n := len(input.Files); {
	case r.limits.Files == 0:
		return "", errNoFiles()
	case n == 0:
		return "", ErrorIn("files", CodeInvalid, "Name the files to send.")
	case n > r.limits.Files:
		return "", ErrorIn("files", CodeTooLarge, "A message may have at most %d files.", r.limits.Files)
	}
	named := make(map[FileID]bool, len(input.Files))
	for _, id := range input.Files {
		if named[id] {
			return "", ErrorIn("files", CodeInvalid, "A file cannot be in a message twice.")
		}
		named[id] = true
	}
	return r.caption(input.Body)
}

// caption checks a text that may be empty.
func (r *rules) caption(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return r.body(text)
}

// fileNameMax is the maximum length of a file's name, in bytes: that of most file
// systems.
const fileNameMax = 255

// fileName returns the name in a form that is safe to show and to save: the last part of
// a path, without invisible characters, of at most fileNameMax bytes.
func (r *rules) fileName(name string) (string, error) {
	const field = "name"
	if !utf8.ValidString(name) {
		return "", ErrorIn(field, CodeInvalid, "The file's name is not valid UTF-8.")
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || Invisible(c) {
			return -1
		}
		return c
	}, name))
	if name == "" || name == "." || name == ".." {
		return "", ErrorIn(field, CodeInvalid, "The file needs a name.")
	}
	if len(name) > fileNameMax {
		end := ""
		if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= 16 {
			end = name[dot:]
		}
		cut := fileNameMax - len(end)
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + end
	}
	return name, nil
}
