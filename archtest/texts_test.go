package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Chinese texts are set with the marks of Chinese: a Latin one after a character
// stands too close, and beside those of the pages it looks like a mistake.
func TestChineseMarks(t *testing.T) {
	latin := regexp.MustCompile(`\p{Han}[,;:?!]`)
	seen := 0
	for _, top := range []string{"app", "cmd", "modules", "platform", "web/src/locales"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") || !strings.Contains(path, "zh-CN") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, found := range latin.FindAllString(string(text), -1) {
				t.Errorf("%s: %q", path, found)
			}
			seen++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 40 {
		t.Errorf("only %d files of Chinese texts", seen)
	}
}
