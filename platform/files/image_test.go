package files_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"fettle.dev/fettle/platform/files"
)

const (
	memory = 128 << 20
	side   = 2560
)

// corner is an image that is red in its top left quarter and blue elsewhere.
func corner(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{B: 255, A: 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{R: 255, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// canary is text that a camera might write and nobody may read.
const canary = "GPS-CANARY-48.137154-11.576124"

// exif is a TIFF structure with an orientation, a position and the canary.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "MM\x00\x2a"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		mark = "II\x2a\x00"
	}
	b := order.AppendUint32([]byte(mark), 8)
	b = order.AppendUint16(b, 3)
	text := uint32(8 + 2 + 3*12 + 4)
	for _, e := range []struct {
		tag, kind    uint16
		count, value uint32
	}{
		{0x010e, 2, uint32(len(canary)), text}, // description
		{0x0112, 3, 1, 0},
		{0x8825, 4, 1, text}, // where the position is
	} {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, e.tag), e.kind), e.count)
		if e.tag == 0x0112 {
			b = order.AppendUint16(order.AppendUint16(b, orientation), 0)
			continue
		}
		b = order.AppendUint32(b, e.value)
	}
	return append(order.AppendUint32(b, 0), canary...)
}

func jpegWithEXIF(t testing.TB, m image.Image, tiff []byte) []byte {
	t.Helper()
	plain := asJPEG(t, m)
	app1 := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(app1)+2))...)
	return append(append(append(out, app1...), plain[2:]...), canary...)
}

func pngWithEXIF(t testing.TB, m image.Image, tiff []byte) []byte {
	t.Helper()
	plain := asPNG(t, m)
	chunk := append([]byte("eXIf"), tiff...)
	sum := crc32.ChecksumIEEE(chunk)
	block := append(binary.BigEndian.AppendUint32(nil, uint32(len(tiff))), chunk...)
	block = binary.BigEndian.AppendUint32(block, sum)
	const head = 8 + 25 // signature and IHDR
	return append(append(append(bytes.Clone(plain[:head]), block...), plain[head:]...), canary...)
}

// tinyWebP is one opaque pixel, lossy.
var tinyWebP = func() []byte {
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		panic(err)
	}
	return b
}()

func decode(t testing.TB, p files.Picture) image.Image {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(p.Data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height {
		t.Fatalf("the picture says %d×%d and is %v", p.Width, p.Height, m.Bounds())
	}
	return m
}

func TestCleanStripsPosition(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"jpeg": jpegWithEXIF(t, corner(64, 48), exif(binary.BigEndian, 1)),
		"png":  pngWithEXIF(t, corner(64, 48), exif(binary.LittleEndian, 1)),
	} {
		if n := bytes.Count(raw, []byte(canary)); n != 2 {
			t.Fatalf("%s: the canary is there %d times, want 2", name, n)
		}
		p, err := files.Clean(raw, memory, side)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, text := range []string{canary, "Exif", "eXIf"} {
			if bytes.Contains(p.Data, []byte(text)) {
				t.Errorf("%s: %q survives", name, text)
			}
		}
		decode(t, p)
	}
}

// Whatever way the camera was held, the red quarter ends where the photographer
// saw it.
func TestCleanTurnsUpright(t *testing.T) {
	t.Parallel()
	where := map[uint16][2]bool{ // orientation → red is on the right, red is at the bottom
		0: {false, false}, 1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true},
		5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}, 9: {false, false},
	}
	for o, want := range where {
		for name, raw := range map[string][]byte{
			"jpeg": jpegWithEXIF(t, corner(64, 48), exif(binary.BigEndian, o)),
			"png":  pngWithEXIF(t, corner(64, 48), exif(binary.LittleEndian, o)),
		} {
			p, err := files.Clean(raw, memory, side)
			if err != nil {
				t.Fatal(err)
			}
			w, h := 64, 48
			if o >= 5 && o <= 8 {
				w, h = 48, 64
			}
			if p.Width != w || p.Height != h {
				t.Errorf("%s, orientation %d: %d×%d, want %d×%d", name, o, p.Width, p.Height, w, h)
				continue
			}
			m := decode(t, p)
			for _, right := range []bool{false, true} {
				for _, low := range []bool{false, true} {
					x, y := w/4, h/4
					if right {
						x = w * 3 / 4
					}
					if low {
						y = h * 3 / 4
					}
					r, _, b, _ := m.At(x, y).RGBA()
					if red := r > b; red != (right == want[0] && low == want[1]) {
						t.Errorf("%s, orientation %d: red at %d,%d = %v", name, o, x, y, red)
					}
				}
			}
		}
	}
}

func TestCleanShrinks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ w, h, max, wantW, wantH int }{
		{100, 50, 100, 100, 50},
		{200, 100, 150, 150, 75},
		{1000, 10, 100, 100, 1},
		{1001, 333, 100, 100, 33},
		{3, 900, 90, 1, 90},
	} {
		p, err := files.Clean(asPNG(t, corner(tt.w, tt.h)), memory, tt.max)
		if err != nil {
			t.Fatal(err)
		}
		decode(t, p)
		if p.Width != tt.wantW || p.Height < tt.wantH-1 || p.Height > tt.wantH+1 {
			t.Errorf("%d×%d to %d = %d×%d, want %d×%d", tt.w, tt.h, tt.max, p.Width, p.Height, tt.wantW, tt.wantH)
		}
	}
}

func TestCleanMediaTypes(t *testing.T) {
	t.Parallel()
	clear := corner(8, 8)
	clear.SetNRGBA(0, 0, color.NRGBA{})
	wide := image.NewNRGBA64(image.Rect(0, 0, 8, 8))
	for _, tt := range []struct {
		name string
		give []byte
		want string
	}{
		{"jpeg", asJPEG(t, corner(8, 8)), "image/jpeg"},
		{"grey jpeg", asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8))), "image/jpeg"},
		{"png", asPNG(t, corner(8, 8)), "image/png"},
		{"transparent png", asPNG(t, clear), "image/png"},
		{"16-bit png", asPNG(t, wide), "image/png"},
		{"webp", tinyWebP, "image/jpeg"},
	} {
		p, err := files.Clean(tt.give, memory, side)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		decode(t, p)
		if p.MediaType != tt.want {
			t.Errorf("%s becomes %s, want %s", tt.name, p.MediaType, tt.want)
		}
	}
}

func TestCleanRefuses(t *testing.T) {
	t.Parallel()
	photo := asJPEG(t, corner(64, 64))
	huge := asPNG(t, corner(1, 1))
	binary.BigEndian.PutUint32(huge[16:], 100_000) // width and height in IHDR
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, tt := range []struct {
		name string
		give []byte
		want error
	}{
		{"nothing", nil, files.ErrUnsupportedType},
		{"text", []byte("hello"), files.ErrUnsupportedType},
		{"pdf", []byte("%PDF-1.7\n"), files.ErrUnsupportedType},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), files.ErrUnsupportedType},
		{"gif", []byte("GIF89a\x01\x00\x01\x00"), files.ErrUnsupportedType},
		{"html that claims nothing", []byte("<html><script>"), files.ErrUnsupportedType},
		{"jpeg without a picture", []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), files.ErrNotAnImage},
		{"cut off", photo[:len(photo)/2], files.ErrNotAnImage},
		{"png of 10 gigapixels", huge, files.ErrTooLarge},
	} {
		if p, err := files.Clean(tt.give, memory, side); !errors.Is(err, tt.want) {
			t.Errorf("%s: Clean = %d bytes, %v, want %v", tt.name, len(p.Data), err, tt.want)
		}
	}
	if _, err := files.Clean(photo, 64*64*4-1, side); !errors.Is(err, files.ErrTooLarge) {
		t.Errorf("a photo of 16 KB in 1 byte less = %v, want %v", err, files.ErrTooLarge)
	}
}

// FuzzClean: no bytes make it panic, and what comes out is an image of at most
// the size asked for that carries nothing along.
func FuzzClean(f *testing.F) {
	f.Add(jpegWithEXIF(f, corner(16, 8), exif(binary.BigEndian, 6)))
	f.Add(pngWithEXIF(f, corner(16, 8), exif(binary.LittleEndian, 3)))
	f.Add(tinyWebP)
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := files.Clean(raw, 1<<20, 32)
		if err != nil {
			if !errors.Is(err, files.ErrNotAnImage) && !errors.Is(err, files.ErrTooLarge) && !errors.Is(err, files.ErrUnsupportedType) {
				t.Fatal(err)
			}
			return
		}
		m := decode(t, p)
		if max(m.Bounds().Dx(), m.Bounds().Dy()) > 32 {
			t.Fatalf("%v is larger than 32", m.Bounds())
		}
		if strings.Contains(string(p.Data), canary) {
			t.Fatal("the canary survives")
		}
	})
}

func BenchmarkClean(b *testing.B) {
	raw := asJPEG(b, corner(4000, 3000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := files.Clean(raw, memory, side); err != nil {
			b.Fatal(err)
		}
	}
}
