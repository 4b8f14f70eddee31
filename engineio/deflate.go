package engineio

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// negotiator answers a client's offer of permessage-deflate (RFC 7692). Neither side keeps a window
// between messages, so a message is compressed once for all clients, and a connection needs no memory
// for it.
type negotiator struct{ wsflate.Extension }

func (n *negotiator) negotiate(offer httphead.Option) (httphead.Option, error) {
	n.Parameters = wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}
	if answer, err := n.Negotiate(offer); err == nil {
		return answer, nil
	}
	return httphead.Option{}, nil // decline an unreadable offer
}

var deflaters = sync.Pool{New: func() any {
	return wsflate.NewWriter(nil, func(w io.Writer) wsflate.Compressor {
		f, _ := flate.NewWriter(w, flate.BestSpeed) // the level is valid
		return f
	})
}}

// deflate compresses a message of at least the given size, at most once.
func (m *Message) deflate(from int) {
	payload, op := m.frame[m.header:], ws.OpCode(m.frame[0]&0x0f)
	if len(payload) < from || op.IsControl() {
		return
	}
	m.once.Do(func() {
		w, _ := deflaters.Get().(*wsflate.Writer)
		defer deflaters.Put(w)
		var out bytes.Buffer
		w.Reset(&out)
		if _, err := w.Write(payload); err != nil || w.Flush() != nil || out.Len() >= len(payload) {
			return // send it uncompressed
		}
		frame := newMessage(ws.Header{Fin: true, Rsv: ws.Rsv(true, false, false), OpCode: op, Length: int64(out.Len())}).frame
		frame = append(frame, out.Bytes()...)
		m.deflated.Store(&frame)
	})
}

// inflater lets wsflate reuse decompressors.
type inflater struct {
	io.Reader
	resetter flate.Resetter
}

// Reset cannot fail without a dictionary.
func (i inflater) Reset(src io.Reader) { _ = i.resetter.Reset(src, nil) }

var inflaters = sync.Pool{New: func() any {
	return wsflate.NewReader(nil, func(src io.Reader) wsflate.Decompressor {
		r := flate.NewReader(src)
		resetter, _ := r.(flate.Resetter) // guaranteed by package flate
		return inflater{r, resetter}
	})
}}

// inflate decompresses a message of at most limit bytes.
func inflate(data []byte, limit int64) ([]byte, error) {
	r, _ := inflaters.Get().(*wsflate.Reader)
	defer inflaters.Put(r)
	r.Reset(bytes.NewReader(data))
	defer r.Reset(bytes.NewReader(nil))
	message, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case int64(len(message)) > limit:
		return nil, &frameError{ws.StatusMessageTooBig, "message is too big"}
	case err != nil:
		return nil, &frameError{ws.StatusInvalidFramePayloadData, "compressed data is broken"}
	}
	return message, nil
}
