package picture

import (
	"bytes"
	"encoding/binary"
)

// upright is the orientation of a picture that is not turned. EXIF numbers the others
// from 2 to 8.
const upright = 1

// exifHeader comes before the TIFF structure in JPEG files, and also in WebP files of
// some programs, where it does not belong.
var exifHeader = []byte("Exif\x00\x00")

const (
	tagOrientation = 0x0112
	typeShort      = 3
	// entrySize is the size of an entry of an image file directory, in bytes.
	entrySize = 12
)

// orientationOf returns the orientation that EXIF data has, or upright. It reads one
// tag; all others are dropped with the data.
func orientationOf(exif []byte) int {
	exif = bytes.TrimPrefix(exif, exifHeader)
	if len(exif) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if exif[0] == 'M' {
		order = binary.BigEndian
	}
	start := int64(order.Uint32(exif[4:]))
	if start+2 > int64(len(exif)) {
		return upright
	}
	entries := exif[start+2:]
	for range order.Uint16(exif[start:]) {
		if len(entries) < entrySize {
			return upright
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[entrySize:]
	}
	return upright
}

// exifWith returns EXIF data that has the orientation and nothing else.
func exifWith(orientation int) []byte {
	exif := []byte("MM\x00*\x00\x00\x00\x08\x00\x01")
	exif = binary.BigEndian.AppendUint16(exif, tagOrientation)
	exif = binary.BigEndian.AppendUint16(exif, typeShort)
	exif = binary.BigEndian.AppendUint32(exif, 1)
	exif = binary.BigEndian.AppendUint16(exif, uint16(orientation))
	return append(exif, 0, 0, 0, 0, 0, 0) // the rest of the value, and no further directory
}

// sideways reports whether the orientation exchanges width and height.
func sideways(orientation int) bool { return orientation > 4 }
