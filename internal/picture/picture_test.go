package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// secret is in all metadata of the test pictures, and must be in no answer.
const secret = "52.5N 13.4E, taken with my phone"

// vp8 is the VP8 chunk of a picture of 32×16 pixels, the left half black, the right half
// white, written by a browser.
var vp8 = func() []byte {
	chunk, err := base64.StdEncoding.DecodeString("VlA4ICYAAABQAgCdASogABAALiUYjEYREREBABIlpAAD2UAA/v7uxb/7P9AAAA==")
	if err != nil {
		panic(err) // it is a constant
	}
	return chunk
}()

// halves is a picture whose left half is black and whose right half is white.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.Gray{Y: byte(255 * (x / (w / 2)))})
		}
	}
	return m
}

func withSecret(orientation int) []byte {
	return append(append(bytes.Clone(exifHeader), exifWith(orientation)...), secret...)
}

func jpegFile(t *testing.T, m image.Image, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, content []byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...)
	}
	file := bytes.Clone(b.Bytes()[:2])
	file = append(file, segment(0xe1, withSecret(orientation))...)
	file = append(file, segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"+secret))...)
	file = append(file, segment(0xed, []byte(secret))...)
	file = append(file, segment(markerCOM, []byte(secret))...)
	file = append(file, b.Bytes()[2:]...)
	return append(file, secret...) // as the video of a moving photo
}

func pngFile(t *testing.T, m image.Image, orientation int) []byte {
	t.Helper()
	var b, extra bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"eXIf": append(exifWith(orientation), secret...), "tEXt": []byte("Comment\x00" + secret)} {
		if err := writeChunk(&extra, name, content); err != nil {
			t.Fatal(err)
		}
	}
	const header = 8 + 25 // the signature and IHDR
	return bytes.Join([][]byte{b.Bytes()[:header], extra.Bytes(), b.Bytes()[header:], []byte(secret)}, nil)
}

func webpFile(orientation int, exif []byte) []byte {
	chunk := func(name string, content []byte) []byte {
		c := append([]byte(name), binary.LittleEndian.AppendUint32(nil, uint32(len(content)))...)
		return append(append(c, content...), make([]byte, len(content)&1)...)
	}
	if exif == nil {
		exif = append(exifWith(orientation), secret...)
	}
	body := append([]byte("WEBP"), chunk("VP8X", []byte{webpEXIF | webpXMP, 0, 0, 0, 31, 0, 0, 15, 0, 0})...)
	body = append(body, vp8...)
	body = append(body, chunk("EXIF", exif)...)
	body = append(body, chunk("XMP ", []byte(secret))...)
	return append(append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...), body...)
}

// prepared prepares a file, and returns what others receive.
func prepared(t *testing.T, o Options, file []byte) (Result, []byte) {
	t.Helper()
	to, err := os.Create(t.TempDir() + "/cleaned")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	r, err := NewPool(o).Prepare(t.Context(), bytes.NewReader(file), to)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Cleaned {
		return r, file
	}
	if _, err := to.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	cleaned, err := io.ReadAll(to)
	if err != nil {
		t.Fatal(err)
	}
	return r, cleaned
}

// darkSide says on which side the picture is black.
func darkSide(t *testing.T, content []byte) string {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	dark := ""
	for _, at := range []image.Point{{1, 1}, {b.Dx() - 2, 1}, {1, b.Dy() - 2}, {b.Dx() - 2, b.Dy() - 2}} {
		switch y := color.GrayModel.Convert(m.At(at.X, at.Y)).(color.Gray).Y; {
		case y < 10:
			dark += "x"
		case y > 245:
			dark += "."
		}
	}
	switch dark { // the corners, row by row
	case "x.x.":
		return "left"
	case ".x.x":
		return "right"
	case "xx..":
		return "top"
	case "..xx":
		return "bottom"
	}
	return "nowhere"
}

// Where the left half is once the picture is upright, by orientation.
var leftIs = []string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}

func TestPicturesAreTurnedAndKeepNoMetadata(t *testing.T) {
	for orientation := 1; orientation <= 8; orientation++ {
		for kind, file := range map[string][]byte{
			"image/jpeg": jpegFile(t, halves(400, 200), orientation),
			"image/png":  pngFile(t, halves(400, 200), orientation),
			"image/webp": webpFile(orientation, nil),
		} {
			t.Run(fmt.Sprintf("%s %d", kind, orientation), func(t *testing.T) {
				r, cleaned := prepared(t, Options{}, file)
				if bytes.Contains(cleaned, []byte(secret)) {
					t.Error("the metadata is still there")
				}
				w, h := 400, 200
				if kind == "image/webp" {
					w, h = 32, 16
				}
				if orientation > 4 {
					w, h = h, w
				}
				if r.Type != kind || r.Width != w || r.Height != h {
					t.Errorf("got %s of %d×%d, want %s of %d×%d", r.Type, r.Width, r.Height, kind, w, h)
				}
				if _, _, err := image.Decode(bytes.NewReader(cleaned)); err != nil {
					t.Errorf("it cannot be decoded any more: %v", err)
				}
				if kind == "image/webp" && orientation == 1 {
					if len(r.Thumbs) > 0 {
						t.Error("a small picture has thumbnails")
					}
					return
				}
				if len(r.Thumbs) == 0 {
					t.Fatal("there is no thumbnail")
				}
				for _, thumb := range r.Thumbs {
					if got := darkSide(t, thumb.Content); got != leftIs[orientation] {
						t.Errorf("%s is dark %s, want %s", thumb.Size, got, leftIs[orientation])
					}
				}
				again, twice := prepared(t, Options{}, cleaned)
				if !bytes.Equal(twice, cleaned) || again.Width != w || again.Height != h {
					t.Errorf("cleaning it again changes it, or its size: %d×%d", again.Width, again.Height)
				}
			})
		}
	}
}

func TestWebPMayHaveAHeaderBeforeItsEXIF(t *testing.T) {
	r, _ := prepared(t, Options{}, webpFile(0, withSecret(6)))
	if r.Width != 16 || r.Height != 32 {
		t.Errorf("got %d×%d, want 16×32", r.Width, r.Height)
	}
}

func TestLargePicturesHaveThumbnailsInThreeSizes(t *testing.T) {
	r, _ := prepared(t, Options{}, jpegFile(t, halves(2000, 1000), 1))
	got := ""
	for _, thumb := range r.Thumbs {
		c, err := jpeg.DecodeConfig(bytes.NewReader(thumb.Content))
		if err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprintf("%s %d×%d ", thumb.Size, c.Width, c.Height)
	}
	if want := "large 1600×800 medium 800×400 small 320×160 "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTransparentPicturesAreDrawnOnWhite(t *testing.T) {
	r, _ := prepared(t, Options{}, pngFile(t, image.NewNRGBA(image.Rect(0, 0, 400, 400)), 1))
	m, err := jpeg.Decode(bytes.NewReader(r.Thumbs[0].Content))
	if err != nil {
		t.Fatal(err)
	}
	if y := color.GrayModel.Convert(m.At(5, 5)).(color.Gray).Y; y < 250 {
		t.Errorf("its brightness is %d, want white", y)
	}
}

func TestWhatIsNoPictureIsPassedOnAsItIs(t *testing.T) {
	for want, file := range map[string]string{
		"text/html":       "<!doctype html><script>alert(1)</script>",
		"image/svg+xml":   `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"text/plain":      "hello",
		"application/pdf": "%PDF-1.7\n",
	} {
		r, got := prepared(t, Options{}, []byte(file))
		if r.Type != want || r.Cleaned || string(got) != file || r.Width != 0 {
			t.Errorf("got %+v, want %s unchanged", r, want)
		}
	}
}

func TestPicturesBeyondTheLimitsHaveASizeAndNoThumbnails(t *testing.T) {
	file := jpegFile(t, halves(1000, 1000), 1)
	for name, o := range map[string]Options{"memory": {Memory: 1 << 20}, "time": {Timeout: time.Nanosecond}} {
		r, _ := prepared(t, o, file)
		if len(r.Thumbs) > 0 || r.Width != 1000 || !r.Cleaned {
			t.Errorf("%s: got %d thumbnails of %d pixels, cleaned %v; want none of 1000", name, len(r.Thumbs), r.Width, r.Cleaned)
		}
	}
}

func TestAnimationsKeepTheirFrames(t *testing.T) {
	frame := func(c color.Color) *image.Paletted {
		m := image.NewPaletted(image.Rect(0, 0, 400, 300), color.Palette{color.Black, color.White})
		m.Set(1, 1, c)
		return m
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(color.White), frame(color.Black)}, Delay: []int{10, 10}})
	if err != nil {
		t.Fatal(err)
	}
	comment := "\x21\xfe" + string(rune(len(secret))) + secret + "\x00"
	file := strings.Replace(b.String(), "\x21\xff", comment+"\x21\xff", 1)
	r, cleaned := prepared(t, Options{}, []byte(file))
	all, err := gif.DecodeAll(bytes.NewReader(cleaned))
	if err != nil || len(all.Image) != 2 || r.Width != 400 || r.Height != 300 || len(r.Thumbs) != 0 {
		t.Errorf("got %d×%d, %d thumbnails (%v)", r.Width, r.Height, len(r.Thumbs), err)
	}
	if !bytes.Equal(cleaned, b.Bytes()) {
		t.Error("it differs by more than the comment")
	}
}

func TestBrokenPicturesAreNoErrors(t *testing.T) {
	whole := map[string][]byte{"jpeg": jpegFile(t, halves(400, 200), 6), "png": pngFile(t, halves(400, 200), 6), "webp": webpFile(6, nil)}
	for kind, file := range whole {
		for n := 0; n < len(file); n += 1 + n/8 {
			prepared(t, Options{}, file[:n]) // fails if there is an error
		}
		for n := 0; n < len(file); n += 1 + n/16 {
			broken := bytes.Clone(file)
			broken[n] ^= 0xff
			if _, cleaned := prepared(t, Options{}, broken); len(cleaned) > len(file) {
				t.Errorf("%s with byte %d broken has grown", kind, n)
			}
		}
	}
}

// failingSource fails behind the beginning of a file.
type failingSource struct {
	*bytes.Reader
	err error
}

func (s failingSource) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil {
		err = s.err
	}
	return n, err
}

func TestASourceThatFailsIsNoBrokenPicture(t *testing.T) {
	noise := image.NewRGBA(image.Rect(0, 0, 400, 200)) // so that the files are far longer than what tells their type
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise.Pix)
	var animation bytes.Buffer
	if err := gif.Encode(&animation, noise, nil); err != nil {
		t.Fatal(err)
	}
	whole := map[string][]byte{
		"jpeg": jpegFile(t, noise, 6), "png": pngFile(t, noise, 6), "webp": webpFile(6, make([]byte, 20_000)), "gif": animation.Bytes(),
	}
	broken := errors.New("the disk is broken")
	for kind, file := range whole {
		to, err := os.Create(filepath.Join(t.TempDir(), kind))
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if len(file) < 10_000 {
			t.Fatalf("the %s has only %d bytes", kind, len(file))
		}
		for _, n := range []int{len(file) / 2, len(file) * 3 / 4} {
			if _, err := NewPool(Options{}).Prepare(t.Context(), failingSource{bytes.NewReader(file[:n]), broken}, to); !errors.Is(err, broken) {
				t.Errorf("%s after %d of %d bytes: got %v, want the error of the source", kind, n, len(file), err)
			}
		}
	}
}

func FuzzPrepare(f *testing.F) {
	t := &testing.T{}
	f.Add(jpegFile(t, halves(40, 20), 6))
	f.Add(pngFile(t, halves(40, 20), 6))
	f.Add(webpFile(6, nil))
	f.Add([]byte("GIF89a"))
	pool := NewPool(Options{Memory: 1 << 22})
	f.Fuzz(func(t *testing.T, file []byte) {
		to, err := os.Create(t.TempDir() + "/cleaned")
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if _, err := pool.Prepare(t.Context(), bytes.NewReader(file), to); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkThumbnails measures what a photo of 12 megapixels costs.
func BenchmarkThumbnails(b *testing.B) {
	var file bytes.Buffer
	m := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = byte(i*7 ^ i>>5) // with details, as a photo
	}
	if err := jpeg.Encode(&file, m, &jpeg.Options{Quality: 85}); err != nil {
		b.Fatal(err)
	}
	to, err := os.Create(b.TempDir() + "/cleaned")
	if err != nil {
		b.Fatal(err)
	}
	defer to.Close()
	pool := NewPool(Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := to.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if _, err := pool.Prepare(b.Context(), bytes.NewReader(file.Bytes()), to); err != nil {
			b.Fatal(err)
		}
	}
}
