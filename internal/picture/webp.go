package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// Flags of the VP8X chunk (RFC 9649, section 2.7).
const (
	webpXMP      = 0x04
	webpEXIF     = 0x08
	webpAnimated = 0x02
)

// keptWebP are the chunks that others need to show the picture.
var keptWebP = []string{"VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"}

// webpFacts is what the chunks of a WebP file say.
type webpFacts struct {
	orientation   int
	animated      bool
	width, height int // of the canvas; 0 if the file has no VP8X chunk
}

// cleanWebP copies the file without its metadata. Of EXIF it keeps the orientation.
func cleanWebP(to io.WriteSeeker, from *bufio.Reader) (facts webpFacts, err error) {
	facts.orientation = upright
	var riff [12]byte
	if _, err := io.ReadFull(from, riff[:]); err != nil || string(riff[:4]) != "RIFF" || string(riff[8:]) != "WEBP" {
		return facts, errBroken
	}
	if _, err := to.Write(riff[:]); err != nil {
		return facts, err
	}
	written := int64(4) // what the size in the header counts, from "WEBP" on
	var extended []byte // the VP8X chunk's content
	left := int64(binary.LittleEndian.Uint32(riff[4:])) - 4
	for left >= 8 {
		var header [8]byte
		if _, err := io.ReadFull(from, header[:]); err != nil {
			return facts, errBroken
		}
		name, size := string(header[:4]), int64(binary.LittleEndian.Uint32(header[4:]))
		padded := size + size&1
		left -= 8 + padded
		if left < 0 {
			return facts, errBroken
		}
		switch {
		case name == "VP8X" && size == 10 && written == 4: // the first chunk
			extended = make([]byte, size)
			if _, err := io.ReadFull(from, extended); err != nil {
				return facts, errBroken
			}
			facts.extended(extended)
			_, err = to.Write(append(header[:], extended...))
			written += 8 + size
		case name == "EXIF" && size <= chunkMax:
			exif := make([]byte, padded)
			if _, err := io.ReadFull(from, exif); err != nil {
				return facts, errBroken
			}
			facts.orientation = orientationOf(exif[:size])
		case slices.Contains(keptWebP, name):
			if _, err = to.Write(header[:]); err == nil {
				err = copyExactly(to, from, padded)
			}
			written += 8 + padded
		default:
			err = copyExactly(io.Discard, from, padded)
		}
		if err != nil {
			return facts, err
		}
	}
	return facts, finishWebP(to, facts.orientation, extended, written)
}

func (f *webpFacts) extended(content []byte) {
	f.animated = content[0]&webpAnimated != 0
	f.width = 1 + int(uint32(content[4])|uint32(content[5])<<8|uint32(content[6])<<16)
	f.height = 1 + int(uint32(content[7])|uint32(content[8])<<8|uint32(content[9])<<16)
}

// finishWebP adds the orientation, and corrects the flags and the size.
func finishWebP(to io.WriteSeeker, orientation int, extended []byte, written int64) error {
	if extended != nil {
		extended[0] &^= webpXMP | webpEXIF
		if orientation != upright {
			extended[0] |= webpEXIF
			exif := exifWith(orientation) // an even number of bytes
			chunk := append([]byte("EXIF"), binary.LittleEndian.AppendUint32(nil, uint32(len(exif)))...)
			if _, err := to.Write(append(chunk, exif...)); err != nil {
				return err
			}
			written += int64(8 + len(exif))
		}
	}
	if err := writeAt(to, 4, binary.LittleEndian.AppendUint32(nil, uint32(written))); err != nil {
		return err
	}
	if extended != nil { // it is the first chunk, by the standard
		if err := writeAt(to, 20, bytes.Clone(extended[:1])); err != nil {
			return err
		}
	}
	_, err := to.Seek(0, io.SeekEnd)
	return err
}

func writeAt(to io.WriteSeeker, at int64, content []byte) error {
	if _, err := to.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := to.Write(content)
	return err
}
