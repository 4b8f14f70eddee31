package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"partychat/internal/chat"
)

// S3Options say where the bucket is.
type S3Options struct {
	// URL is http(s)://host[:port]/bucket[/prefix].
	URL string
	// Region may be empty for servers that have none.
	Region string
	// Key and Secret identify this program to the server.
	Key, Secret string
}

// S3 keeps blobs as objects of a bucket. Any number of nodes may share it.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

// connectTimeout limits the time of the first request.
const connectTimeout = 10 * time.Second

// OpenS3 checks that the bucket can be used. It does not create it.
func OpenS3(ctx context.Context, o S3Options) (*S3, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, errors.New("the address of the bucket is not a URL")
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if u.Host == "" || bucket == "" {
		return nil, errors.New("the address of the bucket must have the form https://host/bucket")
	}
	if prefix != "" {
		prefix += "/"
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.Key, o.Secret, ""), Secure: u.Scheme == "https", Region: o.Region,
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	exists, err := client.BucketExists(ctx, bucket)
	if err == nil && !exists {
		err = errors.New("there is no such bucket")
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s at %s: %w", bucket, u.Host, err)
	}
	return &S3{client, bucket, prefix}, nil
}

// Put is specified by chat.BlobStore. S3 shows an object once all of it has arrived.
func (s *S3) Put(ctx context.Context, key string, size int64, from io.Reader) error {
	if err := checkKey(key); err != nil {
		return err
	}
	counted := &counter{from: from}
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, counted, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream",
		// The checksums of the parts, which the client sends anyway, suffice.
		DisableContentSha256: s.client.EndpointURL().Scheme == "https",
	})
	if err != nil {
		if errors.Is(counted.err, io.EOF) && counted.n != size {
			return errSize
		}
		return s3Error(err)
	}
	// The client reads no further than size.
	if n, _ := from.Read(make([]byte, 1)); n > 0 {
		return errors.Join(errSize, s.Delete(ctx, key))
	}
	return nil
}

// Open is specified by chat.BlobStore.
func (s *S3) Open(ctx context.Context, key string) (chat.Blob, error) {
	if checkKey(key) != nil {
		return nil, errNotFound(key)
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, s3Error(err)
	}
	info, err := object.Stat() // GetObject has asked for nothing yet
	if err != nil {
		_ = object.Close() // there is nothing to close
		if isMissing(err) {
			return nil, errNotFound(key)
		}
		return nil, s3Error(err)
	}
	return s3Blob{object, info.Size}, nil
}

// s3Blob reads an object by ranges.
type s3Blob struct {
	*minio.Object
	size int64
}

// Size is specified by chat.Blob.
func (b s3Blob) Size() int64 { return b.size }

// Delete is specified by chat.BlobStore.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	if err != nil && !isMissing(err) {
		return s3Error(err)
	}
	return nil
}

// Each is specified by chat.BlobStore.
func (s *S3) Each(ctx context.Context, each func(chat.StoredBlob) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if object.Err != nil {
			return s3Error(object.Err)
		}
		key := strings.TrimPrefix(object.Key, s.prefix)
		if checkKey(key) != nil {
			continue // not ours
		}
		if err := each(chat.StoredBlob{Key: key, Size: object.Size, At: object.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func isMissing(err error) bool {
	return minio.ToErrorResponse(err).StatusCode == http.StatusNotFound
}

// s3Error marks everything as temporary but the end of the caller's request.
func s3Error(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errUnavailable(err)
}
