package push

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"partychat/internal/chat"
)

// outgoing is a push about to be sent.
type outgoing struct {
	payload payload
	ttl     time.Duration
	urgency webpush.Urgency
}

// answerMax is how much of an answer is read, in bytes, so that the connection can be
// used again.
const answerMax = 4 << 10

// send sends a push. Gone is true if the push service says that there is no such
// device any more.
func (p *Pusher) send(ctx context.Context, sub chat.PushSubscription, push outgoing) (gone bool, err error) {
	status, wait, err := p.post(ctx, sub, push)
	if err != nil {
		return false, err
	}
	if status == http.StatusRequestEntityTooLarge && push.payload.Text != "" {
		push.payload.Text = ""
		return p.send(ctx, sub, push)
	}
	switch {
	case status >= 200 && status < 300:
		return false, nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return true, nil
	}
	err = fmt.Errorf("the push service has answered %d", status)
	if wait > 0 {
		err = &chat.JobLaterError{At: p.options.Now().Add(wait), Err: err}
	}
	return false, err
}

// post makes the request, and returns its status and how long to wait before the next.
func (p *Pusher) post(ctx context.Context, sub chat.PushSubscription, push outgoing) (status int, wait time.Duration, err error) {
	body, err := push.payload.encode()
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	answer, err := webpush.SendNotificationWithContext(ctx, body, &webpush.Subscription{
		Endpoint: sub.Endpoint, Keys: webpush.Keys{P256dh: sub.P256DH, Auth: sub.Auth},
	}, &webpush.Options{
		HTTPClient: p.options.Client, Subscriber: p.contact(sub), Topic: p.topic(push.payload.Room),
		TTL: max(0, int(push.ttl/time.Second)), Urgency: push.urgency,
		VAPIDPublicKey: p.options.Keys.Public, VAPIDPrivateKey: p.options.Keys.Private,
	})
	if err != nil {
		return 0, 0, hidden(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, answerMax) // an answer without a body is as good
	return answer.StatusCode, retryAfter(answer.Header.Get("Retry-After"), p.options.Now()), nil
}

// hidden is an error without the endpoint, which is a secret.
func hidden(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return fmt.Errorf("the push service cannot be reached: %w", failed.Err)
	}
	return err
}

// contact returns who is responsible for pushes, as a push service may require.
func (p *Pusher) contact(sub chat.PushSubscription) string {
	if p.options.Contact != "" {
		return p.options.Contact
	}
	if strings.HasPrefix(sub.Origin, "https://") {
		return sub.Origin
	}
	return "https://localhost" // as is the origin, or nearly: no other serves pushes without TLS
}

// topic makes a push replace its predecessor of the same room, if the device has not
// received that yet (RFC 8030 section 5.4). Push services cannot tell the room.
func (p *Pusher) topic(room chat.RoomID) string {
	const length = 24 // bytes, which are 32 characters, the most that is allowed
	hash := sha256.Sum256([]byte(p.options.Keys.Private + strconv.FormatInt(int64(room), 10)))
	return base64.RawURLEncoding.EncodeToString(hash[:length])
}

// maxWait bounds what a push service may ask for.
const maxWait = time.Hour

// retryAfter reads a Retry-After (RFC 9110 section 10.2.3); 0: there is none.
func retryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	wait := time.Second
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, time.Second), maxWait)
}
