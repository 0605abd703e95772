package api

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// unkeepable returns which text in v cannot be kept, because it has U+0000 or is
// no UTF-8: the field's name after at, as the client wrote it. It returns ""
// when all can be.
func unkeepable(v reflect.Value, at string) string {
	switch v.Kind() {
	case reflect.String:
		if text := v.String(); strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			return cmp.Or(at, "body")
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return unkeepable(v.Elem(), at)
		}
	case reflect.Struct:
		return unkeepableField(v, at)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if field := unkeepable(v.Index(i), fmt.Sprintf("%s[%d]", at, i)); field != "" {
				return field
			}
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if field := unkeepable(entries.Key(), at); field != "" {
				return field
			}
			if field := unkeepable(entries.Value(), within(at, fmt.Sprint(entries.Key()))); field != "" {
				return field
			}
		}
	}
	return ""
}

func unkeepableField(v reflect.Value, at string) string {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if field := unkeepable(v.Field(i), within(at, wireName(f))); field != "" {
			return field
		}
	}
	return ""
}

// wireName returns what clients call a field: "" for what they do not see, such
// as the body as a whole.
func wireName(f reflect.StructField) string {
	for _, tag := range []string{"json", "query", "path", "header"} {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" {
			return name
		}
	}
	return ""
}

// within returns the name of a field that is part of another.
func within(at, name string) string {
	if at == "" || name == "" {
		return at + name
	}
	return at + "." + name
}
