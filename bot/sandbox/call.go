package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// maxBody is a little more than the 50 MB that a bot may upload.
const maxBody = 52 << 20

// An upload is a file part of a call.
type upload struct {
	Name string
	Type string
	Data []byte
}

// A call is one call of a Bot API method. Values holds what was sent as text, where
// numbers, booleans and objects of a JSON body are in their JSON form, as they are in
// a form field; params holds the same as it came.
type call struct {
	method string
	values map[string]string
	params map[string]any
	files  map[string]upload
}

// readCall reads the parameters from wherever Telegram allows them to be: the query,
// a form of either kind, or a JSON object.
func readCall(r *http.Request, method string) (*call, error) {
	c := &call{method: method, values: map[string]string{}, params: map[string]any{}, files: map[string]upload{}}
	for name, values := range r.URL.Query() {
		c.set(name, values[0])
	}
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return c, nil
	}
	switch kind {
	case "application/json":
		err = c.readJSON(r.Body)
	case "application/x-www-form-urlencoded":
		err = c.readForm(r)
	case "multipart/form-data":
		err = c.readMultipart(multipart.NewReader(r.Body, options["boundary"]))
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	case err != nil:
		return nil, badRequest("can't parse request body: %s", err)
	}
	return c, nil
}

func (c *call) set(name, value string) {
	c.values[name] = value
	c.params[name] = value
}

func (c *call) readJSON(body io.Reader) error {
	var fields map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&fields); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	for name, raw := range fields {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return fmt.Errorf("json: %w", err)
		}
		if value == nil {
			continue
		}
		c.params[name] = value
		c.values[name] = string(raw)
		if text, ok := value.(string); ok {
			c.values[name] = text
		}
	}
	return nil
}

func (c *call) readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	for name, values := range r.PostForm {
		c.set(name, values[0])
	}
	return nil
}

func (c *call) readMultipart(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		name := part.FormName()
		if part.FileName() == "" {
			c.set(name, string(data))
			continue
		}
		c.files[name] = upload{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}
		c.set(name, attachPrefix+name)
	}
}

func (c *call) has(name string) bool    { return c.values[name] != "" }
func (c *call) text(name string) string { return c.values[name] }

// integer is 0 for what is no number, as it is for Telegram.
func (c *call) integer(name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(c.values[name]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (c *call) flag(name string) bool {
	switch strings.ToLower(c.values[name]) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// object decodes a JSON value into dest and leaves dest alone when there is none.
func (c *call) object(name string, dest any) error {
	if !c.has(name) {
		return nil
	}
	if err := json.Unmarshal([]byte(c.values[name]), dest); err != nil {
		return badRequest("can't parse %s JSON object", strings.ReplaceAll(name, "_", " "))
	}
	return nil
}
