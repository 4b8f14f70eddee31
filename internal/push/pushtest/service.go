// Package pushtest is a push service (RFC 8030) with devices that decrypt what they
// receive (RFC 8291), for tests.
package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Service is a push service over https, on this machine.
type Service struct {
	*httptest.Server
	key string // the only server that may send, as from PushManager.subscribe

	mu       sync.Mutex
	devices  map[string]*Device
	answers  []Answer
	requests int
}

// Answer is how the service answers the next request instead of accepting it.
type Answer struct {
	Status     int // 0: drop the connection
	RetryAfter string
	Accept     bool // but accept the push: only the answer is lost
}

// Device is a browser that receives pushes.
type Device struct {
	P256DH, Auth, Endpoint string

	service *Service
	private *ecdh.PrivateKey
	secret  []byte
	offline bool
	waiting []Push
	// Received are the pushes, decrypted, in their order.
	received []Push
}

// Push is a request.
type Push struct {
	Body           map[string]any
	Topic, Urgency string
	TTL            int
	Size           int // of the encrypted body
}

// New starts a service for the server with this public key.
func New(tb testing.TB, key string) *Service {
	tb.Helper()
	s := &Service{key: key, devices: make(map[string]*Device)}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.receive))
	tb.Cleanup(s.Close)
	return s
}

// Device makes a device that is online.
func (s *Service) Device(tb testing.TB) *Device {
	tb.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	secret := make([]byte, 16)
	_, _ = rand.Read(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	path := fmt.Sprintf("/push/%d", len(s.devices)+1)
	d := &Device{
		P256DH: base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(secret),
		Endpoint: s.URL + path, service: s, private: private, secret: secret,
	}
	s.devices[path] = d
	return d
}

// Next sets the answers to the next requests; after them, pushes are accepted.
func (s *Service) Next(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

// Requests returns how many requests there were.
func (s *Service) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Offline lets pushes wait for the device, or delivers those that wait.
func (d *Device) Offline(offline bool) {
	d.service.mu.Lock()
	defer d.service.mu.Unlock()
	if d.offline = offline; !offline {
		d.received, d.waiting = append(d.received, d.waiting...), nil
	}
}

// Take returns what the device has received since the last call.
func (d *Device) Take() []Push {
	d.service.mu.Lock()
	defer d.service.mu.Unlock()
	received := d.received
	d.received = nil
	return received
}

func (s *Service) receive(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	answer := Answer{Status: http.StatusCreated, Accept: true}
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	device := s.devices[r.URL.Path]
	if device == nil {
		answer = Answer{Status: http.StatusNotFound}
	}
	if answer.Accept {
		push, err := device.read(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		device.take(push)
	}
	if answer.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	if answer.RetryAfter != "" {
		w.Header().Set("Retry-After", answer.RetryAfter)
	}
	w.WriteHeader(answer.Status)
}

// take delivers the push. Its topic replaces a push that waits (RFC 8030 section 5.4).
func (d *Device) take(push Push) {
	if !d.offline {
		d.received = append(d.received, push)
		return
	}
	for i, waiting := range d.waiting {
		if push.Topic != "" && waiting.Topic == push.Topic {
			d.waiting = append(d.waiting[:i], d.waiting[i+1:]...)
			break
		}
	}
	if push.TTL > 0 {
		d.waiting = append(d.waiting, push)
	}
}

// read checks a request and decrypts its body.
func (d *Device) read(r *http.Request) (Push, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return Push{}, err
	}
	ttl, err := strconv.Atoi(r.Header.Get("TTL"))
	topic := r.Header.Get("Topic")
	switch {
	case err != nil || ttl < 0:
		return Push{}, fmt.Errorf("the TTL is %q", r.Header.Get("TTL"))
	case len(topic) > 32 || strings.Trim(topic, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return Push{}, fmt.Errorf("the topic is %q", topic)
	case r.Header.Get("Content-Encoding") != "aes128gcm":
		return Push{}, errors.New("the encoding is not aes128gcm")
	case len(body) > 4096:
		return Push{}, errors.New("the body is larger than 4,096 bytes")
	}
	if err := d.service.authenticate(r); err != nil {
		return Push{}, err
	}
	text, err := d.decrypt(body)
	if err != nil {
		return Push{}, err
	}
	push := Push{Topic: topic, TTL: ttl, Urgency: r.Header.Get("Urgency"), Size: len(body)}
	return push, json.Unmarshal(text, &push.Body)
}

// authenticate checks the signature of the sender (RFC 8292).
func (s *Service) authenticate(r *http.Request) error {
	scheme, fields, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	values := map[string]string{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		values[name] = value
	}
	parts := strings.Split(values["t"], ".")
	if scheme != "vapid" || len(parts) != 3 || strings.TrimRight(values["k"], "=") != s.key {
		return errors.New("the sender is not the one that the device has subscribed to")
	}
	point, err := base64.RawURLEncoding.DecodeString(s.key)
	if err != nil {
		return err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return errors.New("the signature is damaged")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(key, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is wrong")
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claim struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(claims, &claim); err != nil {
		return err
	}
	left := time.Until(time.Unix(claim.Exp, 0))
	if claim.Aud != s.URL || left < 0 || left > 24*time.Hour || !strings.HasPrefix(claim.Sub, "https://") && !strings.HasPrefix(claim.Sub, "mailto:") {
		return fmt.Errorf("the claims are %s", claims)
	}
	return nil
}

// decrypt reads a body of one record (RFC 8188 section 2, RFC 8291 section 3).
func (d *Device) decrypt(body []byte) ([]byte, error) {
	const header = 16 + 4 + 1
	if len(body) < header+int(body[header-1]) {
		return nil, errors.New("the body is too short")
	}
	salt, size, sender := body[:16], binary.BigEndian.Uint32(body[16:20]), body[header:header+int(body[20])]
	record := body[header+len(sender):]
	if len(record) > int(size) {
		return nil, errors.New("the body has more than one record")
	}
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := d.private.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.private.PublicKey().Bytes()) + string(sender)
	input, err := hkdf.Key(sha256.New, shared, d.secret, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	padded, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, fmt.Errorf("the device cannot decrypt it: %w", err)
	}
	text := []byte(strings.TrimRight(string(padded), "\x00"))
	if len(text) == 0 || text[len(text)-1] != 2 {
		return nil, errors.New("the padding is wrong")
	}
	return text[:len(text)-1], nil
}
