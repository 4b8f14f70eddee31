package engineio

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"math"
	"unicode/utf8"
)

// readPacket3 reads the first packet of a text body: <length>:<packet>, with the length in UTF-16 code
// units, as JavaScript counts. A packet of length zero stands for an empty payload.
func readPacket3(body *bufio.Reader, limit int64) (p packet, more bool, err error) {
	units, err := readLength(body, ':', '0')
	if err != nil {
		return packet{}, false, err
	}
	if int64(units) > maxText3(limit) {
		return packet{}, false, &oversizeError{limit} // each unit takes at least one byte
	}
	var raw []byte
	for units > 0 {
		r, size, err := body.ReadRune()
		switch {
		case err != nil:
			return packet{}, false, bodyEnd(err)
		case r == utf8.RuneError && size == 1:
			return packet{}, false, errPayloadText
		case r > math.MaxUint16:
			units--
		}
		if units--; units < 0 {
			return packet{}, false, errPacketLength // the length ends inside a character
		}
		if raw = utf8.AppendRune(raw, r); int64(len(raw)) > maxText3(limit) {
			return packet{}, false, &oversizeError{limit}
		}
	}
	if len(raw) == 0 {
		more, err = follows(body)
		return packet{typ: typeNoop}, more, err
	}
	return finish3(body, raw, false, limit)
}

// readBinaryPacket3 reads the first packet of a binary body: a byte 0 for text or 1 for binary, the
// decimal digits of the length as one byte each, 255, and the packet.
func readBinaryPacket3(body *bufio.Reader, limit int64) (p packet, more bool, err error) {
	kind, err := body.ReadByte()
	if err != nil {
		return packet{}, false, bodyEnd(err)
	}
	if kind > 1 {
		return packet{}, false, errPacketLength
	}
	length, err := readLength(body, math.MaxUint8, 0)
	if err != nil {
		return packet{}, false, err
	}
	if int64(length) > maxText3(limit) {
		return packet{}, false, &oversizeError{limit}
	}
	raw, err := io.ReadAll(io.LimitReader(body, int64(length)))
	switch {
	case err != nil:
		return packet{}, false, &bodyError{err}
	case len(raw) < length:
		return packet{}, false, errPacketLength
	case kind == 0 && !utf8.Valid(raw):
		return packet{}, false, errPayloadText
	}
	return finish3(body, raw, kind == 1, limit)
}

// maxText3 returns the largest text form, which may be base64, of a packet with the given number of
// bytes.
func maxText3(limit int64) int64 {
	return int64(base64.StdEncoding.EncodedLen(int(limit))) + 2
}

// finish3 decodes a packet after it has been read.
func finish3(body *bufio.Reader, raw []byte, isBinary bool, limit int64) (p packet, more bool, err error) {
	if p, err = parse3(raw, isBinary); err != nil {
		return packet{}, false, err
	}
	size := int64(len(p.data))
	if !p.binary {
		size = int64(len(raw)) // including its type, as in version 4
	}
	if size > limit {
		return packet{}, false, &oversizeError{limit}
	}
	more, err = follows(body)
	return p, more, err
}

// readLength reads a packet's length up to the byte that ends it; zero is the encoding of the digit 0.
func readLength(body *bufio.Reader, end, zero byte) (length int, err error) {
	for digits := 0; ; digits++ {
		b, err := body.ReadByte()
		switch {
		case err != nil:
			return 0, bodyEnd(err)
		case b == end && digits > 0:
			return length, nil
		case b < zero || b > zero+9 || digits == maxDigits3:
			return 0, errPacketLength
		}
		length = 10*length + int(b-zero)
	}
}

// follows reports whether the body continues.
func follows(body *bufio.Reader) (bool, error) {
	_, err := body.Peek(1)
	if err == nil || errors.Is(err, io.EOF) {
		return err == nil, nil
	}
	return false, &bodyError{err}
}

// bodyEnd returns the error for a body that ends inside a packet.
func bodyEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return errPacketLength
	}
	return &bodyError{err}
}
