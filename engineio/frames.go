package engineio

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// frameError ends a WebSocket connection with a status code (RFC 6455,
// section 7.4.1).
type frameError struct {
	code ws.StatusCode
	text string
}

func (e *frameError) Error() string { return "engineio: websocket: " + e.text }

// preallocate limits how many bytes are allocated for a message before it has arrived.
const preallocate = 4096

// frameDecoder decodes a WebSocket stream, in whatever pieces it arrives.
type frameDecoder struct {
	limit   int64 // largest message, in bytes
	inflate bool  // messages may be compressed

	head    [ws.MaxHeaderSize]byte // incomplete header
	headLen uint8
	inFrame bool // the header has been read
	first   ws.OpCode
	state   ws.State
	bits    wsflate.MessageState
	frame   ws.Header
	read    int64  // bytes read of the frame's payload
	message []byte // the fragments so far
	control []byte
}

// between reports whether the decoder is between messages, with no partial message or frame.
func (d *frameDecoder) between() bool {
	return d.headLen == 0 && !d.inFrame && !d.state.Fragmented()
}

// frameSink receives what a frameDecoder finds. The sink may keep the data.
type frameSink interface {
	onData(data []byte, binary bool) error
	onControl(op ws.OpCode, data []byte) error
}

// feed decodes the next piece of the stream and modifies it in place.
func (d *frameDecoder) feed(piece []byte, sink frameSink) error {
	for {
		if !d.inFrame {
			var err error
			if piece, err = d.readHeader(piece); err != nil || !d.inFrame {
				return err
			}
		}
		n := min(int64(len(piece)), d.frame.Length-d.read)
		payload := piece[:n]
		piece = piece[n:]
		ws.Cipher(payload, d.frame.Mask, int(d.read))
		d.read += n
		d.store(payload)
		if d.read < d.frame.Length {
			return nil
		}
		d.inFrame = false
		if err := d.finishFrame(sink); err != nil {
			return err
		}
		if len(piece) == 0 {
			return nil
		}
	}
}

// readHeader reads a frame's header, or as much of it as has arrived.
func (d *frameDecoder) readHeader(piece []byte) (rest []byte, err error) {
	for len(piece) > 0 {
		d.head[d.headLen] = piece[0]
		d.headLen++
		piece = piece[1:]
		if d.headLen < 2 || int(d.headLen) < headerSize(d.head[1]) {
			continue
		}
		h, err := ws.ReadHeader(bytes.NewReader(d.head[:d.headLen]))
		d.headLen = 0
		if err != nil {
			return nil, &frameError{ws.StatusProtocolError, err.Error()}
		}
		return piece, d.beginFrame(h)
	}
	return nil, nil
}

// headerSize returns the length of the header that has this second byte.
func headerSize(second byte) int {
	size := 2
	switch second & 0x7f {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if second&0x80 != 0 {
		size += 4
	}
	return size
}

func (d *frameDecoder) beginFrame(h ws.Header) error {
	if d.inflate {
		var err error
		if h, err = d.bits.UnsetBits(h); err != nil {
			return &frameError{ws.StatusProtocolError, err.Error()}
		}
	}
	if err := ws.CheckHeader(h, d.state.Set(ws.StateServerSide)); err != nil {
		return &frameError{ws.StatusProtocolError, err.Error()}
	}
	if !h.OpCode.IsControl() && h.Length > d.limit-int64(len(d.message)) {
		return &frameError{ws.StatusMessageTooBig, "message is too big"}
	}
	if h.OpCode.IsData() && h.OpCode != ws.OpContinuation {
		d.first = h.OpCode
	}
	d.frame, d.read, d.inFrame = h, 0, true
	return nil
}

func (d *frameDecoder) store(payload []byte) {
	if d.frame.OpCode.IsControl() {
		d.control = append(d.control, payload...)
		return
	}
	if d.message == nil {
		// Don't trust the announced length: allocate little until the data arrives.
		d.message = make([]byte, 0, max(int64(len(payload)), min(d.frame.Length, preallocate)))
	}
	d.message = append(d.message, payload...)
}

func (d *frameDecoder) finishFrame(sink frameSink) error {
	if d.frame.OpCode.IsControl() {
		control := d.control
		d.control = nil
		return sink.onControl(d.frame.OpCode, control)
	}
	if !d.frame.Fin {
		d.state = d.state.Set(ws.StateFragmented)
		return nil
	}
	d.state = d.state.Clear(ws.StateFragmented)
	message := d.message
	d.message = nil
	if d.bits.IsCompressed() {
		var err error
		if message, err = inflate(message, d.limit); err != nil {
			return err
		}
	}
	if d.first == ws.OpText && !utf8.Valid(message) {
		return &frameError{ws.StatusInvalidFramePayloadData, "text is not UTF-8"}
	}
	return sink.onData(message, d.first == ws.OpBinary)
}

// errCloseFrame ends reading after the client's close frame.
var errCloseFrame = errors.New("engineio: websocket: closed by the client")

// checkClose checks the payload of a close frame.
func checkClose(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if len(data) == 1 {
		return &frameError{ws.StatusProtocolError, "close frame of one byte"}
	}
	code, reason := ws.ParseCloseFrameData(data)
	if err := ws.CheckCloseFrameData(code, reason); err != nil {
		status := ws.StatusProtocolError
		if errors.Is(err, ws.ErrProtocolInvalidUTF8) {
			status = ws.StatusInvalidFramePayloadData
		}
		return &frameError{status, err.Error()}
	}
	if code > 4999 {
		return &frameError{ws.StatusProtocolError, "close code out of range"}
	}
	return nil
}
