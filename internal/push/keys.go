package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"partychat/internal/chat"
)

// Keys returns the server's keys, and makes them at the first start. All nodes on one
// database get the same.
func Keys(ctx context.Context, store chat.PushStore) (chat.PushKeys, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return chat.PushKeys{}, fmt.Errorf("make the keys for pushes: %w", err)
	}
	keys, err := store.PushKeys(ctx, chat.PushKeys{Public: public, Private: private}, time.Now())
	if err != nil {
		return chat.PushKeys{}, fmt.Errorf("read the keys for pushes: %w", err)
	}
	return keys, check(keys)
}

// check returns an error unless the keys belong together: push services would refuse
// every push.
func check(keys chat.PushKeys) error {
	private, err := base64.RawURLEncoding.DecodeString(keys.Private)
	if err != nil {
		return fmt.Errorf("the private key for pushes is damaged: %w", err)
	}
	key, err := ecdh.P256().NewPrivateKey(private)
	if err != nil {
		return fmt.Errorf("the private key for pushes is damaged: %w", err)
	}
	if base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()) != keys.Public {
		return errors.New("the keys for pushes do not belong together")
	}
	return nil
}
