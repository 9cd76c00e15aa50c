package files

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// jpegQuality keeps small print on a type plate legible.
const jpegQuality = 85

// Picture is an image that we have encoded ourselves.
type Picture struct {
	Data          []byte
	MediaType     string
	Width, Height int
}

// format is one of the kinds of images that are taken.
type format struct {
	magic  string // "?" stands for any byte
	config func(b []byte) (image.Config, error)
	decode func(b []byte) (image.Image, error)
	exif   func(b []byte) []byte // the EXIF block, or nil
}

var formats = []format{
	{
		"\xff\xd8\xff",
		func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		exifOfJPEG,
	},
	{
		"\x89PNG\r\n\x1a\n",
		func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		exifOfPNG,
	},
	{
		"RIFF????WEBP",
		func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) },
		exifOfWebP,
	},
}

func formatOf(b []byte) (format, bool) {
	for _, f := range formats {
		if matches(b, f.magic) {
			return f, true
		}
	}
	return format{}, false
}

func matches(b []byte, magic string) bool {
	if len(b) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != b[i] {
			return false
		}
	}
	return true
}

// Clean decodes an image and encodes it afresh, upright and with its longer side
// at most maxSide. Decoding takes about maxMemory bytes at most, which is judged
// from the header before a pixel is read. An opaque image becomes a JPEG unless
// it was a PNG, whose sharp edges (a screen, a drawing) JPEG would smear.
func Clean(raw []byte, maxMemory int64, maxSide int) (Picture, error) {
	f, ok := formatOf(raw)
	if !ok {
		return Picture{}, ErrUnsupportedType
	}
	config, err := f.config(raw)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return Picture{}, ErrNotAnImage
	}
	if weight(raw, config) > maxMemory {
		return Picture{}, ErrTooLarge.With("width", config.Width).With("height", config.Height)
	}
	img, err := f.decode(raw)
	if err != nil {
		return Picture{}, ErrNotAnImage // the cause may quote the bytes
	}
	if deep(config.ColorModel) {
		img = scale(img, config.Width, config.Height)
	}
	img = upright(shrink(img, maxSide), orientation(f.exif(raw)))
	return encode(img, matches(raw, "\x89PNG"))
}

// weight estimates the bytes that decoding takes.
func weight(raw []byte, c image.Config) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case deep(c.ColorModel):
		return pixels * (8 + 4)
	case matches(raw, "\xff\xd8") && progressive(raw):
		return pixels * 4 * (1 + 4) // the coefficients are held too, in 32 bits
	default:
		return pixels * 4
	}
}

// deep reports whether a channel has more than the 8 bits that are kept.
func deep(m color.Model) bool {
	return m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model
}

// shrink halves the image until the rest is less than a half, because a bilinear
// step reads no further than the neighbouring pixel.
func shrink(img image.Image, maxSide int) image.Image {
	for {
		size := img.Bounds().Size()
		long := max(size.X, size.Y)
		if long <= maxSide {
			return img
		}
		to := max(maxSide, (long+1)/2)
		img = scale(img, max(1, size.X*to/long), max(1, size.Y*to/long))
	}
}

func scale(img image.Image, width, height int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// upright applies an EXIF orientation, 1 to 8.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	from := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Copy(from, image.Point{}, img, img.Bounds(), draw.Src, nil)
	w, h := from.Rect.Dx(), from.Rect.Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 { // lies on its side
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := turn(orientation, x, y, w, h)
			copy(to.Pix[to.PixOffset(tx, ty):][:4], from.Pix[from.PixOffset(x, y):][:4])
		}
	}
	return to
}

// turn says where the pixel at x, y of an image of w by h belongs.
func turn(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // upside down, mirrored
		return x, h - 1 - y
	case 5: // transposed
		return y, x
	case 6: // to be turned clockwise
		return h - 1 - y, x
	case 7: // transversed
		return h - 1 - y, w - 1 - x
	case 8: // to be turned anticlockwise
		return y, w - 1 - x
	default:
		return x, y
	}
}

func encode(img image.Image, asPNG bool) (Picture, error) {
	p := Picture{MediaType: "image/jpeg", Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	var b bytes.Buffer
	var err error
	if asPNG || !opaque(img) {
		p.MediaType = "image/png"
		err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return Picture{}, ErrNotAnImage // such as sides beyond what JPEG can say
	}
	p.Data = b.Bytes()
	return p, nil
}

func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}
