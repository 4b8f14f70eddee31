//go:build unix

package blob_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"partychat/internal/blob"
	"partychat/internal/blob/blobtest"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func optionsFor(server *realserver.S3) blob.S3Options {
	return blob.S3Options{URL: server.URL(), Region: "us-east-1", Key: server.Key, Secret: server.Secret}
}

func TestS3KeepsTheContractOfBlobStores(t *testing.T) {
	options := optionsFor(realserver.S3Server(t))
	var n atomic.Int64
	blobtest.Run(t, func(t *testing.T) chat.BlobStore {
		t.Helper()
		own := options
		own.URL += fmt.Sprintf("/test-%d", n.Add(1)) // a prefix
		store, err := blob.OpenS3(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

func TestAnUnusableBucketIsReported(t *testing.T) {
	options := optionsFor(realserver.S3Server(t))
	for _, test := range []struct {
		name   string
		change func(*blob.S3Options)
		want   string
	}{
		{"no bucket in the URL", func(o *blob.S3Options) { o.URL = strings.TrimSuffix(o.URL, "/"+realserver.S3Bucket) }, "https://host/bucket"},
		{"a bucket that is not there", func(o *blob.S3Options) { o.URL += "-other" }, "no such bucket"},
		{"a wrong secret", func(o *blob.S3Options) { o.Secret = "wrong" }, "bucket files at"},
	} {
		wrong := options
		test.change(&wrong)
		if _, err := blob.OpenS3(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestAnS3ServerThatIsAwayIsUnavailable(t *testing.T) {
	server := realserver.S3Server(t)
	store, err := blob.OpenS3(t.Context(), optionsFor(server))
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "something"); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("got %v, want %s", err, chat.CodeUnavailable)
	}
}
