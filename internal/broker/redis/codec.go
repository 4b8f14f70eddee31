package redis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"partychat/internal/chat"
)

// A published frame is "1 node number type payload". The number counts the frames
// that a node publishes over one connection. Nodes ignore unknown types and later
// versions of the frame, so two versions of the program can run side by side
// during a rolling upgrade. payload.go defines the payloads, which are JSON.
const frameVersion = "1"

// typeMissed is the type of frames that report lost frames.
const typeMissed = "missed"

// frame is a decoded frame.
type frame struct {
	node    string
	number  uint64
	kind    string
	payload string
}

// parseFrame is the inverse of lane.compose.
func parseFrame(text string) (f frame, ok bool) {
	version, rest, _ := strings.Cut(text, " ")
	if version != frameVersion {
		return frame{}, false
	}
	var number string
	f.node, rest, _ = strings.Cut(rest, " ")
	number, rest, _ = strings.Cut(rest, " ")
	f.kind, f.payload, _ = strings.Cut(rest, " ")
	var err error
	f.number, err = strconv.ParseUint(number, 36, 64)
	return f, err == nil && f.node != "" && f.kind != ""
}

// typeNames has the names of chat.EventTypes.
var typeNames = func() map[reflect.Type]string {
	names := make(map[reflect.Type]string)
	for _, e := range chat.EventTypes {
		names[e.Type] = e.Name
	}
	return names
}()

// encode returns the event's type and payload, separated by a space.
func encode(event chat.Event) (string, error) {
	kind := typeNames[reflect.TypeOf(event)]
	coder, ok := coders[kind]
	if !ok {
		return "", fmt.Errorf("events of type %T are not published", event)
	}
	b, _ := buffers.Get().(*buffer) // only buffers are put there
	defer b.release()
	b.WriteString(kind)
	b.WriteByte(' ')
	if err := b.json.Encode(coder.payload(event)); err != nil {
		return "", err
	}
	b.Truncate(b.Len() - 1) // the encoder appends a newline
	return b.String(), nil
}

// buffer is reused, because most events are of a similar size.
type buffer struct {
	bytes.Buffer
	json *json.Encoder // writes to the buffer
}

var buffers = sync.Pool{New: func() any {
	b := &buffer{}
	b.json = json.NewEncoder(&b.Buffer)
	b.json.SetEscapeHTML(false)
	return b
}}

// maxKeptBuffer is the maximum size of a buffer that is kept for reuse, in bytes.
const maxKeptBuffer = 16 << 10

func (b *buffer) release() {
	if b.Cap() <= maxKeptBuffer {
		b.Reset()
		buffers.Put(b)
	}
}

// errUnknownType is returned by decode for types of a newer version.
var errUnknownType = errors.New("unknown type of event")

// decode is the inverse of encode. It also reads the types that only older versions
// publish.
func decode(kind, payload string) (chat.Event, error) {
	if coder, ok := coders[kind]; ok {
		return coder.event(payload)
	}
	if event, ok := retired[kind]; ok {
		return event(payload)
	}
	return nil, errUnknownType
}
