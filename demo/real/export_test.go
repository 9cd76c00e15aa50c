package real

import "path/filepath"

// Records returns the records of the folder.
func Records(dir string) ([]Record, error) {
	t, err := readRepairs(filepath.Join(dir, repairsFile))
	return t.all, err
}

// Texts returns the texts of the records of the folder.
func Texts(dir string) (out []string, err error) {
	t, err := readRepairs(filepath.Join(dir, repairsFile))
	if err != nil {
		return nil, err
	}
	get, err := columns(t.head, "problem")
	if err != nil {
		return nil, err
	}
	for _, r := range t.all {
		out = append(out, get(r.row, 0))
	}
	return out, nil
}
