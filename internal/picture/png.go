package picture

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	// chunkMax is the maximum size of a chunk that is read into memory, in bytes.
	chunkMax = 64 << 10
)

// keptChunks are the PNG chunks that others need to show the picture, or its animation,
// in its colours. All others are metadata.
var keptChunks = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true,
	"gAMA": true, "cHRM": true, "sRGB": true, "iCCP": true, "cICP": true, "mDCV": true, "cLLI": true, "sBIT": true, "bKGD": true, "pHYs": true,
	"acTL": true, "fcTL": true, "fdAT": true,
}

// cleanPNG copies the file without its metadata. Of EXIF it keeps the orientation, if it
// comes before the picture.
func cleanPNG(to io.Writer, from *bufio.Reader) (orientation int, err error) {
	orientation = upright
	signature := make([]byte, len(pngSignature))
	if _, err := io.ReadFull(from, signature); err != nil || string(signature) != pngSignature {
		return orientation, errBroken
	}
	if _, err := to.Write(signature); err != nil {
		return orientation, err
	}
	for {
		var header [8]byte
		if _, err := io.ReadFull(from, header[:]); err != nil {
			return orientation, errBroken
		}
		size, name := int64(binary.BigEndian.Uint32(header[:])), string(header[4:])
		rest := size + crc32.Size
		switch {
		case keptChunks[name]:
			if _, err := to.Write(header[:]); err != nil {
				return orientation, err
			}
			if err := copyExactly(to, from, rest); err != nil {
				return orientation, err
			}
		case name == "eXIf" && size <= chunkMax:
			exif := make([]byte, rest)
			if _, err := io.ReadFull(from, exif); err != nil {
				return orientation, errBroken
			}
			if orientation = orientationOf(exif[:size]); orientation != upright {
				if err := writeChunk(to, name, exifWith(orientation)); err != nil {
					return orientation, err
				}
			}
		default:
			if err := copyExactly(io.Discard, from, rest); err != nil {
				return orientation, err
			}
		}
		if name == "IEND" {
			return orientation, nil
		}
	}
}

func writeChunk(to io.Writer, name string, content []byte) error {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	chunk = append(append(chunk, name...), content...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	_, err := to.Write(chunk)
	return err
}

// copyExactly copies n bytes. The source has fewer if it is broken.
func copyExactly(to io.Writer, from io.Reader, n int64) error {
	_, err := io.CopyN(to, from, n)
	if err == io.EOF { //nolint:errorlint // CopyN returns it as it is
		return errBroken
	}
	return err
}
