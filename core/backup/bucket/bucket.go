// Package bucket keeps backups in a bucket of an S3-compatible store.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/kith-platform/kith/core/backup"
)

// partSize is how much of a file is in memory while it is sent. The store takes
// 10,000 parts, so that files of 160 GB fit.
const partSize = 16 << 20

// ErrURL says what the URL of a bucket looks like.
var ErrURL = errors.New("is not a bucket; write s3://key:secret@host/bucket/folder, with ?region= where the store needs one")

// A Bucket is a folder of a bucket.
type Bucket struct {
	client *minio.Client
	host   string
	bucket string
	folder string // ends in a slash, unless it is ""
}

var _ backup.Place = (*Bucket)(nil)

// Open returns the Bucket at a URL, s3://key:secret@host/bucket/folder?region=r,
// or s3+http:// without TLS. The error is ErrURL when it is none. Nobody is
// asked yet whether the bucket is there.
func Open(raw string) (*Bucket, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User == nil || u.Scheme != "s3" && u.Scheme != "s3+http" {
		return nil, ErrURL
	}
	name, folder, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if name == "" {
		return nil, ErrURL
	}
	if folder != "" {
		folder += "/"
	}
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure: u.Scheme == "s3", Region: u.Query().Get("region"),
		MaxRetries: 3, // whoever makes backups tries again later
	})
	if err != nil {
		return nil, ErrURL
	}
	return &Bucket{client: client, host: u.Host, bucket: name, folder: folder}, nil
}

// Put sends a file, part by part. It appears when all of it is there.
func (b *Bucket) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts, w := io.Pipe()
	written := make(chan struct{})
	go func() {
		defer close(written)
		w.CloseWithError(write(w))
	}()
	// Every store compares the MD5 of a part; not all take parts that are signed in pieces.
	_, err := b.client.PutObject(ctx, b.bucket, b.folder+name, parts, -1, minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partSize, NumThreads: 1,
		SendContentMd5: true, DisableContentSha256: true,
	})
	// Who still writes ends, when it was not the writing that failed.
	parts.CloseWithError(err)
	<-written
	if err != nil {
		return fmt.Errorf("send a file to the bucket: %w", err)
	}
	return nil
}

// Open returns a file.
func (b *Bucket) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.folder+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("get a file from the bucket: %w", err)
	}
	if _, err := object.Stat(); err != nil {
		return nil, errors.Join(fmt.Errorf("get a file from the bucket: %w", err), object.Close())
	}
	return object, nil
}

// List returns the files of the folder.
func (b *Bucket) List(ctx context.Context) ([]backup.File, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var files []backup.File
	for o := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.folder}) {
		if o.Err != nil {
			return nil, fmt.Errorf("list the bucket: %w", o.Err)
		}
		files = append(files, backup.File{Name: path.Base(o.Key), Size: o.Size})
	}
	return files, nil
}

// Remove removes a file.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	if err := b.client.RemoveObject(ctx, b.bucket, b.folder+name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("remove a file from the bucket: %w", err)
	}
	return nil
}

// String returns the URL without key and secret.
func (b *Bucket) String() string { return "s3://" + b.host + "/" + b.bucket + "/" + b.folder }
