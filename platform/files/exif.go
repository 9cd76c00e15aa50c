package files

import (
	"bytes"
	"encoding/binary"
)

// The parts of the containers and of EXIF that say how the camera was held. They
// read bytes that anybody may have sent: each length is checked before use, and
// what makes no sense counts as "not said".

// segments calls fn with each marker segment of a JPEG up to its pixels, until
// fn returns false.
func segments(b []byte, fn func(marker byte, body []byte) bool) {
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		marker := b[i+1]
		if marker == 0xff { // a fill byte
			i++
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if marker == 0xda || n < 2 || i+2+n > len(b) || !fn(marker, b[i+4:i+2+n]) {
			return
		}
		i += 2 + n
	}
}

// progressive reports whether b is a JPEG that is sent in several passes.
func progressive(b []byte) (yes bool) {
	segments(b, func(marker byte, _ []byte) bool {
		yes = yes || marker == 0xc2
		return !yes
	})
	return yes
}

func exifOfJPEG(b []byte) (exif []byte) {
	segments(b, func(marker byte, body []byte) bool {
		if tail, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			exif = tail
		}
		return exif == nil
	})
	return exif
}

// exifOfPNG finds the eXIf chunk: length, name, data, checksum.
func exifOfPNG(b []byte) []byte {
	for i := 8; i+12 <= len(b); {
		n := int64(binary.BigEndian.Uint32(b[i:]))
		if int64(i)+12+n > int64(len(b)) {
			return nil
		}
		if string(b[i+4:i+8]) == "eXIf" {
			return b[i+8 : i+8+int(n)]
		}
		i += 12 + int(n)
	}
	return nil
}

// exifOfWebP finds the EXIF chunk: name, length, data, padded to even.
func exifOfWebP(b []byte) []byte {
	for i := 12; i+8 <= len(b); {
		n := int64(binary.LittleEndian.Uint32(b[i+4:]))
		if int64(i)+8+n > int64(len(b)) {
			return nil
		}
		if string(b[i:i+4]) == "EXIF" {
			return bytes.TrimPrefix(b[i+8:i+8+int(n)], []byte("Exif\x00\x00"))
		}
		i += 8 + int(n+n&1)
	}
	return nil
}

// orientation reads the tag from the first directory of a TIFF structure; 1, as
// held, if it says nothing.
func orientation(tiff []byte) int {
	const tag, short, entry = 0x0112, 3, 12
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	directory := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(directory) < entry {
			return 1
		}
		if order.Uint16(directory) == tag && order.Uint16(directory[2:]) == short {
			return int(order.Uint16(directory[8:]))
		}
		directory = directory[entry:]
	}
	return 1
}
