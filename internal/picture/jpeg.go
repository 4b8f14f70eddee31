package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The markers of JPEG (ITU T.81, table B.1) that matter here.
const (
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerTEM  = 0x01
	markerAPP0 = 0xe0
	markerAPPF = 0xef
	markerCOM  = 0xfe
	markerSOF2 = 0xc2 // begins a progressive picture
)

// jpegFacts is what the segments of a JPEG file say.
type jpegFacts struct {
	orientation int
	progressive bool
	wide        bool // the colours have the full resolution
}

// cleanJPEG copies the file without its metadata: of the application segments it keeps
// JFIF, the colour profile and Adobe's colour transform, and instead of EXIF it writes
// the orientation alone. It drops what follows the picture, such as the video of a
// moving photo.
func cleanJPEG(to io.Writer, from *bufio.Reader) (facts jpegFacts, err error) {
	facts.orientation = upright
	w := &jpegWriter{to: to}
	if b, err := from.Peek(2); err != nil || b[0] != 0xff || b[1] != markerSOI {
		return facts, errBroken
	}
	_, _ = from.Discard(2) // they have been peeked at
	w.write([]byte{0xff, markerSOI})
	var held [][]byte // segments before the place of the orientation
	marker, err := nextMarker(from)
	for ; err == nil; marker, err = w.next(from, marker) {
		if marker == markerEOI {
			w.write([]byte{0xff, markerEOI})
			return facts, w.err
		}
		segment, err := readSegment(from, marker)
		if err != nil {
			return facts, err
		}
		facts.note(marker, segment)
		if isMetadata(marker, segment[4:]) {
			continue
		}
		if w.begun || marker == markerAPP0 {
			w.write(segment)
		} else if held = append(held, segment); !isApp(marker) {
			w.begin(facts.orientation, held)
		}
	}
	return facts, err
}

// next returns the marker after a segment with that marker. The data of a scan, which
// comes between, is copied.
func (w *jpegWriter) next(from *bufio.Reader, after byte) (byte, error) {
	switch {
	case w.err != nil:
		return 0, w.err
	case after == markerSOS:
		return w.scan(from)
	}
	return nextMarker(from)
}

// note takes what matters from a segment.
func (f *jpegFacts) note(marker byte, segment []byte) {
	content := segment[4:]
	switch {
	case marker == 0xe1 && bytes.HasPrefix(content, exifHeader):
		f.orientation = orientationOf(content)
	case marker >= 0xc0 && marker <= markerSOF2:
		f.progressive = marker == markerSOF2
		// The first component's sampling factors, after 6 bytes and its number.
		f.wide = len(content) > 7 && content[5] == 3 && content[7] == 0x11
	}
}

func isApp(marker byte) bool { return marker >= markerAPP0 && marker <= markerAPPF }

func isMetadata(marker byte, content []byte) bool {
	switch marker {
	case 0xe0:
		return !bytes.HasPrefix(content, []byte("JFIF\x00"))
	case 0xe2:
		return !bytes.HasPrefix(content, []byte("ICC_PROFILE\x00"))
	case 0xee:
		return !bytes.HasPrefix(content, []byte("Adobe"))
	}
	return isApp(marker) || marker == markerCOM
}

// nextMarker reads up to a marker.
func nextMarker(from *bufio.Reader) (byte, error) {
	if b, err := from.ReadByte(); err != nil || b != 0xff {
		return 0, errBroken
	}
	for {
		b, err := from.ReadByte()
		if err != nil || b == 0 {
			return 0, errBroken
		}
		if b != 0xff { // any number of these may come before a marker
			return b, nil
		}
	}
}

// readSegment reads the rest of a segment, and returns it with its marker and length.
func readSegment(from *bufio.Reader, marker byte) ([]byte, error) {
	if marker == markerTEM || marker == markerSOI || marker >= markerRST0 && marker <= markerRST7 {
		return nil, errBroken // these have no place between segments
	}
	var length [2]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, errBroken
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < 2 {
		return nil, errBroken
	}
	segment := make([]byte, n+2)
	segment[0], segment[1], segment[2], segment[3] = 0xff, marker, length[0], length[1]
	if _, err := io.ReadFull(from, segment[4:]); err != nil {
		return nil, errBroken
	}
	return segment, nil
}

// jpegWriter writes segments, and keeps the first error.
type jpegWriter struct {
	to    io.Writer
	begun bool // the orientation has been written
	err   error
}

func (w *jpegWriter) write(b []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(b)
	}
}

// begin writes the orientation, and what was held back until it was known.
func (w *jpegWriter) begin(orientation int, held [][]byte) {
	w.begun = true
	if orientation != upright {
		content := append(bytes.Clone(exifHeader), exifWith(orientation)...)
		w.write(append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(content)+2)), content...))
	}
	for _, segment := range held {
		w.write(segment)
	}
}

// scan copies the entropy-coded data, and returns the marker after it. If the file ends
// within, the picture ends there, too: decoders show what there is.
func (w *jpegWriter) scan(from *bufio.Reader) (byte, error) {
	for w.err == nil {
		run, err := from.ReadSlice(0xff)
		switch {
		case errors.Is(err, bufio.ErrBufferFull): // a long run without 0xff
			w.write(run)
			continue
		case errors.Is(err, io.EOF):
			w.write(run)
			return markerEOI, nil
		case err != nil:
			return 0, err
		}
		w.write(run[:len(run)-1])
		b := byte(0xff) // any number of these may come before a marker
		for err == nil && b == 0xff {
			b, err = from.ReadByte()
		}
		switch {
		case errors.Is(err, io.EOF):
			return markerEOI, nil
		case err != nil:
			return 0, err
		case b == 0, b >= markerRST0 && b <= markerRST7:
			w.write([]byte{0xff, b})
		default:
			return b, nil
		}
	}
	return 0, w.err
}
