package picture

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // decoder
	_ "image/jpeg" // decoder
	_ "image/png"  // decoder
	"io"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // decoder
)

// Options limit what decoding may take. Zero fields take their defaults.
type Options struct {
	AtOnce  int           // pictures decoded at the same time; default 2
	Memory  int64         // bytes that one decoded picture may take; default 128 MiB
	Timeout time.Duration // for reading one picture; default 10 s
}

// Pool prepares files. It is safe for concurrent use.
type Pool struct {
	options Options
	turns   chan struct{}
}

// NewPool returns a pool.
func NewPool(o Options) *Pool {
	o.AtOnce = cmp.Or(o.AtOnce, 2)
	o.Memory = cmp.Or(o.Memory, 128<<20)
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	return &Pool{o, make(chan struct{}, o.AtOnce)}
}

// Result is what Prepare has found.
type Result struct {
	Type string // media type, without parameters
	// Cleaned: to has what others receive. Otherwise they receive the file as it is.
	Cleaned       bool
	Width, Height int // of a picture as it is shown; 0 if unknown
	Thumbs        []Thumb
}

// fallbackType is the type of what browsers must not interpret.
const fallbackType = "application/octet-stream"

// form is what a picture's structure says before its pixels are decoded.
type form struct {
	orientation   int
	animated      bool
	progressive   bool
	wide          bool
	width, height int // of an animation's canvas; 0: unknown
}

// Prepare finds out what the file is. If it is a picture, it writes it to to without its
// metadata, and makes thumbnails. A picture that cannot be decoded, or not within the
// limits, gets no thumbnails. One that is broken counts as any other file. Errors are
// those of from, to and ctx.
func (p *Pool) Prepare(ctx context.Context, from io.ReadSeeker, to io.ReadWriteSeeker) (Result, error) {
	sniffed, err := mimetype.DetectReader(from)
	if err != nil {
		return Result{}, err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return Result{}, err
	}
	kind, _, _ := strings.Cut(sniffed.String(), ";")
	if kind == "image/vnd.mozilla.apng" {
		kind = "image/png"
	}
	source := &sourceReader{from: from}
	f, known, err := clean(kind, to, bufio.NewReaderSize(source, 64<<10))
	switch {
	case source.err != nil: // which is no fault of the file
		return Result{}, source.err
	case errors.Is(err, errBroken):
		return Result{Type: fallbackType}, nil
	case err != nil:
		return Result{}, err
	case !known:
		return Result{Type: kind}, nil
	}
	r := Result{Type: kind, Cleaned: true, Width: f.width, Height: f.height}
	if f.animated && f.width > 0 {
		return r, nil // browsers play it from the original
	}
	return r, p.look(ctx, f, to, &r)
}

// sourceReader keeps the error with which the source has failed, other than its end. To the
// code that reads a file's structure, every error means that the file is broken.
type sourceReader struct {
	from io.Reader
	err  error
}

func (r *sourceReader) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// clean copies the picture without its metadata; known is false for other files.
func clean(kind string, to io.WriteSeeker, from *bufio.Reader) (f form, known bool, err error) {
	f.orientation = upright
	switch kind {
	case "image/jpeg":
		facts, err := cleanJPEG(to, from)
		return form{orientation: facts.orientation, progressive: facts.progressive, wide: facts.wide}, true, err
	case "image/png":
		orientation, err := cleanPNG(to, from)
		return form{orientation: orientation}, true, err
	case "image/webp":
		facts, err := cleanWebP(to, from)
		return form{orientation: facts.orientation, animated: facts.animated, width: facts.width, height: facts.height}, true, err
	case "image/gif":
		facts, err := cleanGIF(to, from)
		return form{orientation: upright, animated: facts.frames > 1, width: facts.width, height: facts.height}, true, err
	}
	return f, false, nil
}

// look sets the size of the picture, and makes thumbnails.
func (p *Pool) look(ctx context.Context, f form, from io.ReadSeeker, r *Result) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	config, kind, err := image.DecodeConfig(from)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		r.Width, r.Height = 0, 0
		return nil // Go cannot decode it; browsers may
	}
	r.Width, r.Height = config.Width, config.Height
	if sideways(f.orientation) {
		r.Width, r.Height = r.Height, r.Width
	}
	turned := f.orientation != upright && kind == "webp" // browsers do not turn these
	if !turned && max(r.Width, r.Height) <= sides[0].pixels || memoryOf(kind, f, config) > p.options.Memory {
		return nil
	}
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turns }()
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	r.Thumbs, err = thumbs(timedReader{limit, from}, kind, f.orientation, turned)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.Thumbs = nil // as for what Go cannot decode
	}
	return nil
}

// memoryOf returns how many bytes decoding takes. It does not overflow: no format has
// more than 2^31 pixels to a side.
func memoryOf(kind string, f form, c image.Config) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	if pixels > 1<<40 {
		return pixels
	}
	tenths := int64(15) // of a byte per pixel: luminance, and colours of half the resolution
	switch {
	case f.progressive: // the coefficients of all blocks, then the pixels
		tenths = 75
		if f.wide {
			tenths = 150
		}
	case kind == "jpeg" && f.wide:
		tenths = 30
	case kind == "png" && isDeep(c.ColorModel):
		tenths = 80
	case kind == "png", kind == "webp":
		tenths = 40
	case kind == "gif":
		tenths = 10
	}
	return pixels * tenths / 10
}

func isDeep(m color.Model) bool {
	return m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model
}

// timedReader ends with the context, and with it the decoder: all decoders read while
// they work.
type timedReader struct {
	ctx  context.Context
	from io.Reader
}

// Read is specified by io.Reader.
func (r timedReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// thumbs decodes the picture, and makes the thumbnails that are smaller than it; all of
// them if it is turned. A decoder that panics counts as one that fails.
func thumbs(from io.Reader, kind string, orientation int, all bool) (list []Thumb, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			list, err = nil, fmt.Errorf("decoding %s: %v", kind, fault)
		}
	}()
	picture, _, err := image.Decode(bufio.NewReader(from))
	if err != nil {
		return nil, err
	}
	if kind == "webp" {
		stretch(picture)
	}
	return scaled(picture, orientation, all)
}
