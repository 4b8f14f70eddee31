package engineio

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/gobwas/ws"
)

func TestPayloadOfProtocol3(t *testing.T) {
	text, binary := NewText([]byte("hi")), NewBinary([]byte{1, 2, 3, 4})
	tests := []struct {
		name       string
		messages   []*Message
		base64Only bool
		want       string
		kind       string
	}{
		{"text", []*Message{text, pongMessage}, true, "3:4hi1:3", textPayload},
		{"text as binary", []*Message{text, pongMessage}, false, "\x00\x03\xff4hi\x00\x01\xff3", binaryPayload},
		{"binary", []*Message{text, binary}, false, "\x00\x03\xff4hi\x01\x05\xff\x04\x01\x02\x03\x04", binaryPayload},
		{"binary as base64", []*Message{text, binary}, true, "3:4hi10:b4AQIDBA==", textPayload},
		{"characters of two units", []*Message{NewText([]byte("é😀"))}, true, "4:4é😀", textPayload},
		{"not ASCII", []*Message{NewText([]byte("é😀"))}, false, "\x00\x07\xff4é😀", binaryPayload},
		{"long", []*Message{NewText([]byte(strings.Repeat("x", 99_999)))}, false, "\x00\x01\x00\x00\x00\x00\x00\xff4" + strings.Repeat("x", 99_999), binaryPayload},
		{"long, without binary", []*Message{NewText([]byte(strings.Repeat("x", 99_999)))}, true, "100000:4" + strings.Repeat("x", 99_999), textPayload},
		{"many digits", []*Message{NewText([]byte(strings.Repeat("x", 122)))}, true, "123:4" + strings.Repeat("x", 122), textPayload},
		{"many digits, binary", []*Message{NewBinary(make([]byte, 119))}, false, "\x01\x01\x02\x00\xff\x04" + string(make([]byte, 119)), binaryPayload},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			payload, kind := encodePayload3(tt.messages, tt.base64Only)
			wantText(t, string(payload), tt.want)
			wantText(t, kind, tt.kind)
		})
	}
}

func TestSizeOfPacketsOfProtocol3IsLimited(t *testing.T) {
	tests := []struct {
		name    string
		read    packetReader
		payload string
		fits    bool
	}{
		{"text", readPacket3, "10:4123456789", true},
		{"more text", readPacket3, "11:41234567890", false},
		{"text of few characters", readPacket3, "4:4日本語", true},
		{"text of more characters", readPacket3, "5:4日本語語", false},
		{"base64", readPacket3, "18:b4" + base64.StdEncoding.EncodeToString(make([]byte, 10)), true},
		{"more base64", readPacket3, "18:b4" + base64.StdEncoding.EncodeToString(make([]byte, 11)), false},
		{"what is announced", readPacket3, "999999:", false},
		{"binary", readBinaryPacket3, "\x01\x01\x01\xff\x04" + strings.Repeat("x", 10), true},
		{"more binary", readBinaryPacket3, "\x01\x01\x02\xff\x04" + strings.Repeat("x", 11), false},
		{"text in binary", readBinaryPacket3, "\x00\x01\x00\xff4123456789", true},
		{"more text in binary", readBinaryPacket3, "\x00\x01\x01\xff41234567890", false},
		{"what is announced in binary", readBinaryPacket3, "\x01\x09\x09\x09\x09\xff", false},
	}
	for _, tt := range tests {
		_, _, err := tt.read(bufio.NewReader(strings.NewReader(tt.payload)), 10)
		var oversize *oversizeError
		if errors.As(err, &oversize) == tt.fits || tt.fits && err != nil {
			t.Errorf("%s: got %v, fits %t", tt.name, err, tt.fits)
		}
	}
}

func TestBinaryFrameOfProtocol3(t *testing.T) {
	for _, size := range []int{0, 1, 90, 124, 125, 126, 65533, 65534, 65535, 70_000} {
		m := NewBinary(bytes.Repeat([]byte{7}, size))
		tests := []struct {
			form form
			op   ws.OpCode
			want string
		}{
			{formVersion3, ws.OpBinary, "\x04" + string(m.Data())},
			{formVersion3 | formBase64, ws.OpText, "b4" + base64.StdEncoding.EncodeToString(m.Data())},
		}
		for _, tt := range tests {
			r := bytes.NewReader(m.appendFrame(nil, tt.form|formDeflated))
			header, err := ws.ReadHeader(r)
			payload, _ := io.ReadAll(r) // reading from a slice cannot fail
			if err != nil || header.OpCode != tt.op || !header.Fin || header.Length != int64(len(payload)) || string(payload) != tt.want {
				t.Errorf("%d bytes, form %d: got %+v with %d bytes, %v", size, tt.form, header, len(payload), err)
			}
		}
	}
	wantText(t, string(NewText([]byte("hé")).appendFrame(nil, formVersion3)), "\x81\x044hé")
}

// packets3 decodes a payload; each packet becomes its type and data, with binary in brackets.
func packets3(payload string, read packetReader) ([]string, error) {
	return packets3From(strings.NewReader(payload), read)
}

func packets3From(payload io.Reader, read packetReader) (got []string, err error) {
	body := bufio.NewReader(payload)
	for more := true; more; {
		var p packet
		if p, more, err = read(body, 1_000_000); err != nil {
			return got, err
		}
		text := string(p.typ) + string(p.data)
		if p.binary {
			text = "[" + text + "]"
		}
		got = append(got, text)
	}
	return got, nil
}

func TestPayloadOfProtocol3FromAClient(t *testing.T) {
	tests := []struct {
		name    string
		next    packetReader
		payload string
		want    string // packets separated by bars
		err     error
	}{
		{"one packet", readPacket3, "6:4hello", "4hello", nil},
		{"several", readPacket3, "3:4hi1:210:b4AQIDBA==", "4hi|2|[4\x01\x02\x03\x04]", nil},
		{"lengths in UTF-16", readPacket3, "3:4😀3:4éé2:4本", "4😀|4éé|4本", nil},
		{"colons and digits in text", readPacket3, "6:412:340:", "412:34|6", nil},
		{"the empty payload", readPacket3, "0:", "6", nil},
		{"nothing", readPacket3, "", "", errPacketLength},
		{"no colon", readPacket3, "12", "", errPacketLength},
		{"no length", readPacket3, ":4", "", errPacketLength},
		{"a length that is no number", readPacket3, "-1:4", "", errPacketLength},
		{"a long number", readPacket3, "0000000001:4", "", errPacketLength},
		{"more than there is", readPacket3, "3:4h", "", errPacketLength},
		{"half a character", readPacket3, "2:4😀", "", errPacketLength},
		{"not UTF-8", readPacket3, "2:4\xff", "", errPayloadText},
		{"an unknown type", readPacket3, "1:7", "", errPacketType},
		{"base64 without a type", readPacket3, "1:b", "", errPacketType},
		{"base64 of an unknown type", readPacket3, "2:b9", "", errPacketType},
		{"broken base64", readPacket3, "3:b4_", "", errPacketBase64},
		{"what came before what is broken", readPacket3, "2:4a1:9", "4a", errPacketType},

		{"binary", readBinaryPacket3, "\x01\x03\xff\x04\x00\xff", "[4\x00\xff]", nil},
		{"binary and text", readBinaryPacket3, "\x00\x07\xff4é😀\x01\x02\xff\x04\x01", "4é😀|[4\x01]", nil},
		{"two digits", readBinaryPacket3, "\x00\x01\x00\xff4abcdefghi", "4abcdefghi", nil},
		{"nothing, binary", readBinaryPacket3, "", "", errPacketLength},
		{"neither text nor binary", readBinaryPacket3, "\x02\x01\xff4", "", errPacketLength},
		{"no length, binary", readBinaryPacket3, "\x00\xff4", "", errPacketLength},
		{"no end of the length", readBinaryPacket3, "\x00\x01", "", errPacketLength},
		{"a digit that is none", readBinaryPacket3, "\x00\x0a\xff4", "", errPacketLength},
		{"many digits, binary", readBinaryPacket3, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff4", "", errPacketLength},
		{"more than there is, binary", readBinaryPacket3, "\x00\x02\xff4", "", errPacketLength},
		{"text that is not UTF-8", readBinaryPacket3, "\x00\x02\xff4\xff", "", errPayloadText},
		{"a packet of nothing", readBinaryPacket3, "\x01\x00\xff", "", errPacketEmpty},
		{"an unknown type, binary", readBinaryPacket3, "\x01\x01\xff\x07", "", errPacketType},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := packets3(tt.payload, tt.next)
			if strings.Join(got, "|") != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
			split, err := packets3From(iotest.OneByteReader(strings.NewReader(tt.payload)), tt.next)
			if strings.Join(split, "|") != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("byte by byte: got %q, %v; want %q, %v", split, err, tt.want, tt.err)
			}
		})
	}
}

// FuzzPayload3 checks that decoding reverses encoding, for single and joined packets, and that other
// input breaks nothing.
func FuzzPayload3(f *testing.F) {
	for _, s := range []string{"6:4hello", "3:4😀1:2", "10:b4AQIDBA==", "0:", "2:4😀", "1:4\xff", "\x00\x01\xff2\x01\x02\xff\x04\xff", "\x01\xff", "99999999999:"} {
		f.Add([]byte(s), "text é😀", []byte{0, 255})
	}
	f.Fuzz(func(t *testing.T, payload []byte, text string, data []byte) {
		for _, next := range []packetReader{readPacket3, readBinaryPacket3} {
			got, err := packets3(string(payload), next)
			if len(got) > len(payload) {
				t.Fatal("more packets than bytes")
			}
			if err != nil {
				continue
			}
			twice, err := packets3(string(payload)+string(payload), next)
			if err != nil || strings.Join(twice, "|") != strings.Join(append(got, got...), "|") {
				t.Errorf("joined to itself: got %q, %v; want %q twice", twice, err, got)
			}
		}

		text = strings.ToValidUTF8(text, "")
		if got, want := utf16Len([]byte(text)), len(utf16.Encode([]rune(text))); got != want {
			t.Errorf("length of %q: got %d, want %d", text, got, want)
		}
		messages := []*Message{NewText([]byte(text)), NewBinary(data), NewText(nil), NewText([]byte(text))}
		want := "4" + text + "|[4" + string(data) + "]|4|4" + text
		for _, base64Only := range []bool{false, true} {
			payload, kind := encodePayload3(messages, base64Only)
			next := readPacket3
			if kind == binaryPayload {
				next = readBinaryPacket3
			}
			got, err := packets3(string(payload), next)
			if err != nil || strings.Join(got, "|") != want {
				t.Errorf("round trip of %q: got %q, %v; want %q", payload, got, err, want)
			}
			for cut := range payload {
				if got, err := packets3(string(payload[:cut]), next); err == nil && len(got) >= len(messages) {
					t.Errorf("cut after %d bytes: got %q", cut, got)
				}
			}
		}
	})
}
