package picture

import (
	"bufio"
	"encoding/binary"
	"io"
)

// gifFacts is what the blocks of a GIF file say.
type gifFacts struct {
	width, height int // of the canvas
	frames        int
}

const (
	gifExtension, gifImage, gifTrailer = 0x21, 0x2c, 0x3b
	gifControl, gifApplications        = 0xf9, 0xff
)

// cleanGIF copies the file without comments, and of the extensions of applications only
// keeps those that repeat an animation.
func cleanGIF(to io.Writer, from *bufio.Reader) (facts gifFacts, err error) {
	header := make([]byte, 13)
	if _, err := io.ReadFull(from, header); err != nil || string(header[:3]) != "GIF" {
		return facts, errBroken
	}
	facts.width, facts.height = int(binary.LittleEndian.Uint16(header[6:])), int(binary.LittleEndian.Uint16(header[8:]))
	if _, err := to.Write(header); err != nil {
		return facts, err
	}
	if err := copyExactly(to, from, colours(header[10])); err != nil {
		return facts, err
	}
	for {
		kind, err := from.ReadByte()
		if err != nil {
			kind = gifTrailer // the file was cut off; players show what there is
		}
		switch kind {
		case gifTrailer:
			_, err := to.Write([]byte{gifTrailer})
			return facts, err
		case gifImage:
			facts.frames++
			err = copyFrame(to, from)
		case gifExtension:
			err = copyExtension(to, from)
		default:
			err = errBroken
		}
		if err != nil {
			return facts, err
		}
	}
}

// colours returns the size of the table of colours that the flags announce, in bytes.
func colours(flags byte) int64 {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func copyFrame(to io.Writer, from *bufio.Reader) error {
	descriptor := make([]byte, 10)
	descriptor[0] = gifImage
	if _, err := io.ReadFull(from, descriptor[1:]); err != nil {
		return errBroken
	}
	if _, err := to.Write(descriptor); err != nil {
		return err
	}
	if err := copyExactly(to, from, colours(descriptor[9])+1); err != nil { // and the size of codes
		return err
	}
	return copyBlocks(to, from)
}

func copyExtension(to io.Writer, from *bufio.Reader) error {
	label, err := from.ReadByte()
	if err != nil {
		return errBroken
	}
	keeps := label == gifControl
	if label == gifApplications {
		name, err := from.Peek(12)
		keeps = err == nil && (string(name[1:]) == "NETSCAPE2.0" || string(name[1:]) == "ANIMEXTS1.0")
	}
	if !keeps {
		return copyBlocks(io.Discard, from)
	}
	if _, err := to.Write([]byte{gifExtension, label}); err != nil {
		return err
	}
	return copyBlocks(to, from)
}

// copyBlocks copies blocks, each behind its length, up to the empty one.
func copyBlocks(to io.Writer, from *bufio.Reader) error {
	for {
		n, err := from.ReadByte()
		if err != nil {
			return errBroken
		}
		if _, err := to.Write([]byte{n}); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if err := copyExactly(to, from, int64(n)); err != nil {
			return err
		}
	}
}
