package api

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

const formType = "application/x-www-form-urlencoded"

// withForm has an operation that takes credentials take them from a form, too.
func withForm(api huma.API, o huma.Operation) huma.Operation {
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[credentials]())
	o.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{formType: {Schema: schema}}}
	o.Middlewares = append(o.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humachi.Unwrap(ctx)
		if err := readForm(r); err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusBadRequest, "body: is not a form.") // a client that hangs up is nobody to tell
			return
		}
		next(ctx)
	})
	return o
}

// readForm makes JSON of the body of a request that is a form.
func readForm(r *http.Request) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != formType {
		return nil // for the operation to take or to refuse
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	body, err := json.Marshal(fields)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return err
}
