package httpapi

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fettle.dev/fettle/kernel/fault"
	"fettle.dev/fettle/kernel/locale"
	"fettle.dev/fettle/platform/i18n"
)

// ProblemsPage writes the page of all declared problem codes, with the status
// and the titles that callers see; api/problems.md is held against it.
func ProblemsPage(texts *i18n.Catalogue) []byte {
	var b bytes.Buffer
	b.WriteString("# Problems\n\n" +
		"What the API answers when it cannot do as asked: problem documents (RFC 9457) whose type is\n" +
		"`" + ProblemType + "` followed by the code. Codes are stable; titles are in the caller's language.\n" +
		"This page is generated from the faults that the code declares.\n\n" +
		"| code | status | English | 中文 |\n| --- | --- | --- | --- |\n")
	codes := fault.Codes()
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		f := &fault.Fault{Kind: codes[code], Code: code}
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", code, StatusOf(f),
			cell(document(texts, locale.English, f, "").Title), cell(document(texts, locale.Chinese, f, "").Title))
	}
	b.WriteString("\n## Field codes\n\nWhat stands in `errors[].code` of `" + ErrInput.Code + "` and `" + ErrMalformed.Code + "`.\n\n" +
		"| code | English | 中文 |\n| --- | --- | --- |\n")
	for _, key := range texts.Keys("field.") {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimPrefix(key, "field."),
			cell(texts.Text(locale.English, key, nil)), cell(texts.Text(locale.Chinese, key, nil)))
	}
	return b.Bytes()
}

// MissingTitles lists the declared codes that lack a title in some language.
func MissingTitles(texts *i18n.Catalogue) []string {
	var keys []string
	for code := range fault.Codes() {
		keys = append(keys, "problem."+code+".title")
	}
	return texts.Missing(keys...)
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
