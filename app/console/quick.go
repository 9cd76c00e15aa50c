package console

import (
	"reflect"
	"strconv"
	"strings"
)

// Quick reads flags into the fields of a command, a pointer to a struct, by those tags
// of the whole command line that say name, short and default. It knows a part of that
// language, such as -i FILE, --input FILE, --input=FILE and --geometry, and is false
// for all else: then the whole command line has to read args.
func Quick(args []string, command any) bool {
	flags, ok := flagsOf(reflect.ValueOf(command).Elem())
	for len(args) > 0 && ok {
		name, value, stated := strings.Cut(args[0], "=")
		field, known := flags[name]
		args = args[1:]
		switch {
		case !known || stated && !strings.HasPrefix(name, "--"):
			return false
		case stated:
		case field.Kind() == reflect.Bool:
			value = "true"
		case len(args) == 0 || args[0] == "" || args[0][0] == '-' && args[0] != "-":
			return false // which may be a flag
		default:
			value, args = args[0], args[1:]
		}
		ok = set(field, value)
	}
	return ok
}

// flagsOf are the fields by the flags that name them, set to their defaults.
func flagsOf(command reflect.Value) (flags map[string]reflect.Value, ok bool) {
	flags = map[string]reflect.Value{}
	for i := range command.NumField() {
		field, member := command.Field(i), command.Type().Field(i)
		if value, stated := member.Tag.Lookup("default"); stated && !set(field, value) {
			return nil, false
		}
		name := member.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(member.Name)
		}
		flags["--"+name] = field
		if short := member.Tag.Get("short"); short != "" {
			flags["-"+short] = field
		}
	}
	return flags, true
}

// set is false for a text that a field cannot be.
func set(field reflect.Value, text string) bool {
	switch field.Kind() {
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), text)
	case reflect.String:
		field.SetString(text)
		return true
	case reflect.Bool:
		field.SetBool(text == "true")
		return text == "true" || text == "false"
	case reflect.Int:
		v, err := strconv.ParseInt(text, 10, 64)
		field.SetInt(v)
		return err == nil
	case reflect.Uint64:
		v, err := strconv.ParseUint(text, 10, 64)
		field.SetUint(v)
		return err == nil
	case reflect.Float64:
		v, err := strconv.ParseFloat(text, 64)
		field.SetFloat(v)
		return err == nil
	default:
		return false
	}
}
