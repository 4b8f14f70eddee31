package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"slices"

	"golang.org/x/image/draw"

	"partychat/internal/chat"
)

// Thumb is a picture in one of the sizes, as JPEG.
type Thumb struct {
	Size    chat.ThumbSize
	Content []byte
}

// sides are the longest sides of thumbnails, in pixels, the smallest first: for lists,
// for the feed on screens of twice the density, and for the viewer.
var sides = []struct {
	size   chat.ThumbSize
	pixels int
}{{chat.ThumbSmall, 320}, {chat.ThumbMedium, 800}, {chat.ThumbLarge, 1600}}

// quality is that of thumbnails, of 100.
const quality = 82

// scaled makes the thumbnails that are smaller than the picture, or all of them.
func scaled(picture image.Image, orientation int, all bool) (list []Thumb, err error) {
	source := picture
	turned := false
	for _, side := range slices.Backward(sides) {
		bounds := source.Bounds()
		longest := max(bounds.Dx(), bounds.Dy())
		if longest <= side.pixels && !all {
			continue
		}
		small := shrink(source, min(longest, side.pixels))
		if !turned {
			small, turned = turn(small, orientation), true
		}
		var content bytes.Buffer
		if err := jpeg.Encode(&content, small, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		list = append(list, Thumb{side.size, content.Bytes()})
		source = small // the next one is smaller, and made faster from this one
	}
	return list, nil
}

// shrink draws the picture on white, with that longest side.
func shrink(picture image.Image, longest int) *image.RGBA {
	bounds := picture.Bounds()
	w, h := bounds.Dx(), bounds.Dy()
	if w > h {
		w, h = longest, max(1, h*longest/w)
	} else {
		w, h = max(1, w*longest/h), longest
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	op := draw.Src
	if _, opaque := picture.(*image.YCbCr); !opaque && picture.ColorModel() != color.GrayModel {
		draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
		op = draw.Over
	}
	// The exact filter costs a third of the time of decoding if the picture is large, and
	// large pictures are shrunk once more for the sizes where it would be seen.
	scaler := draw.Interpolator(draw.BiLinear)
	if bounds.Dx()*bounds.Dy() > 4<<20 {
		scaler = draw.ApproxBiLinear
	}
	scaler.Scale(to, to.Bounds(), picture, bounds, op, nil)
	return to
}

// turn returns the picture upright.
func turn(from *image.RGBA, orientation int) *image.RGBA {
	if orientation == upright {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if sideways(orientation) {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(to.Pix[to.PixOffset(tx, ty):][:4], from.Pix[from.PixOffset(x, y):][:4])
		}
	}
	return to
}

// stretch corrects a lossy WebP picture: its colours have the range of video, in which
// black is 16 and white 235, but the decoder returns them as if they had the full one.
func stretch(picture image.Image) {
	var p *image.YCbCr
	switch picture := picture.(type) {
	case *image.YCbCr:
		p = picture
	case *image.NYCbCrA:
		p = &picture.YCbCr
	default:
		return // lossless
	}
	var luminance, colour [256]byte
	for i := range 256 {
		luminance[i] = byte(min(255, max(0, ((i-16)*255+109)/219)))
		colour[i] = byte(min(255, max(0, 128+((i-128)*255)/224)))
	}
	for i, y := range p.Y {
		p.Y[i] = luminance[y]
	}
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = colour[p.Cb[i]], colour[p.Cr[i]]
	}
}
