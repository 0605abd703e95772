package sandbox

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func TestReadCall(t *testing.T) {
	t.Parallel()
	read := func(contentType, body string) *call {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/x?chat_id=5", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		c, err := readCall(r, "sendMessage")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	fromJSON := read("application/json; charset=utf-8", `{"text":"7","n":7,"yes":true,"list":[1],"none":null}`)
	fromForm := read("application/x-www-form-urlencoded", "text=7&n=7&yes=true&list=%5B1%5D")
	if !maps.Equal(fromJSON.values, fromForm.values) {
		t.Errorf("JSON %v, form %v", fromJSON.values, fromForm.values)
	}
	c := fromJSON
	var list []int
	if err := c.object("list", &list); err != nil || len(list) != 1 {
		t.Errorf("list %v, %v", list, err)
	}
	if c.integer("chat_id") != 5 || c.integer("n") != 7 || c.integer("yes") != 0 || !c.flag("yes") || c.flag("n") || c.has("none") {
		t.Errorf("values %v", c.values)
	}
	if _, ok := c.params["n"].(float64); !ok || c.params["text"] != "7" {
		t.Errorf("params %v", c.params)
	}
	if c := read("", "text=ignored"); len(c.values) != 1 {
		t.Errorf("without a content type: %v", c.values)
	}
}

func TestReadCallRefuses(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json":                  "[1]",
		"application/x-www-form-urlencoded": "a=%zz",
		"multipart/form-data; boundary=x":   "--x\r\nbroken",
	} {
		r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		if _, err := readCall(r, "sendMessage"); err == nil {
			t.Errorf("reads %s as %s", body, contentType)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("text", "hello", "file.txt", []byte("data"))
	f.Add("chat_id", "-5", "", []byte{0, 255})
	f.Add("", "{}", "a\"b\r\n", []byte("--x\r\n"))
	f.Fuzz(func(t *testing.T, name, value, filename string, data []byte) {
		form := url.Values{name: {value}}.Encode()
		r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c, err := readCall(r, "m"); err != nil || c.text(name) != value {
			t.Errorf("form: %q is %q, %v", name, c.text(name), err)
		}
		// Whatever the bytes are, reading them must end without a panic.
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
			r := httptest.NewRequest(http.MethodPost, "/x", bytes.NewReader(data))
			r.Header.Set("Content-Type", kind)
			_, _ = readCall(r, "m")
		}
		body, contentType := multipartBody(t, value, filename, data)
		r = httptest.NewRequest(http.MethodPost, "/x", body)
		r.Header.Set("Content-Type", contentType)
		c, err := readCall(r, "m")
		if err != nil {
			// The writer lets control characters through that no reader takes.
			if !strings.ContainsFunc(filename, unicode.IsControl) {
				t.Errorf("multipart: %v", err)
			}
			return
		}
		if c.text("value") != value {
			t.Errorf("multipart: %q, want %q", c.text("value"), value)
		}
		if up, ok := c.files["file"]; ok && !bytes.Equal(up.Data, data) {
			t.Errorf("file %q, want %q", up.Data, data)
		}
	})
}

func multipartBody(t *testing.T, value, filename string, data []byte) (io.Reader, string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	if err := form.WriteField("value", value); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", filename)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return &out, form.FormDataContentType()
}
