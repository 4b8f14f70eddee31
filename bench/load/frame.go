package load

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gobwas/ws"
)

// readSize is the size of one read from a connection, in bytes.
const readSize = 256 << 10

// maxPayload is the largest frame accepted from a server, in bytes. It fits into
// one read.
const maxPayload = readSize / 2

var (
	errFragmented = errors.New("load: server sent a fragmented or compressed message")
	errMasked     = errors.New("load: server sent a masked frame")
	errTooLarge   = errors.New("load: server sent a frame of more than 128 KiB")
)

// maskKey masks all frames. It needn't be secret here, but the server must do the
// work of unmasking.
var maskKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// cutFrame splits one frame from the front of the bytes received. If the frame is
// incomplete, rest is all of buf and ok is false (RFC 6455, section 5.2).
func cutFrame(buf []byte) (op ws.OpCode, payload, rest []byte, ok bool, err error) {
	if len(buf) < 2 {
		return 0, nil, buf, false, nil
	}
	if buf[0]&0xf0 != 0x80 {
		return 0, nil, nil, false, errFragmented
	}
	size, head := uint64(buf[1]), 2
	switch {
	case size&0x80 != 0:
		return 0, nil, nil, false, errMasked
	case size == 126:
		if head = 4; len(buf) < head {
			return 0, nil, buf, false, nil
		}
		size = uint64(binary.BigEndian.Uint16(buf[2:]))
	case size == 127:
		if head = 10; len(buf) < head {
			return 0, nil, buf, false, nil
		}
		size = binary.BigEndian.Uint64(buf[2:])
	}
	if size > maxPayload {
		return 0, nil, nil, false, errTooLarge
	}
	end := head + int(size)
	if len(buf) < end {
		return 0, nil, buf, false, nil
	}
	return ws.OpCode(buf[0] & 0x0f), buf[head:end], buf[end:], true, nil
}

// appendFrame appends a client's frame with its masked payload, of up to 65,535 bytes.
func appendFrame(dst []byte, op ws.OpCode, payload []byte) []byte {
	dst = append(dst, 0x80|byte(op))
	if len(payload) < 126 {
		dst = append(dst, 0x80|byte(len(payload)))
	} else {
		dst = append(dst, 0x80|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(payload)))
	}
	dst = append(dst, maskKey[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	ws.Cipher(dst[start:], maskKey, 0)
	return dst
}

// closeError returns the server's reason for closing a WebSocket, as an error.
func closeError(payload []byte) error {
	if len(payload) < 2 {
		return errors.New("load: server closed a connection without a code")
	}
	return fmt.Errorf("load: server closed a connection: %d %s", binary.BigEndian.Uint16(payload), payload[2:])
}
