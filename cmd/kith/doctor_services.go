package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// lookAtTelegram asks who the bot is.
func lookAtTelegram(ctx context.Context, c Config) (finding, error) {
	if !c.TelegramBotToken.isSet() {
		return finding{text: "TELEGRAM_BOT_TOKEN is not set: kith up opens its own chat page instead"}, nil
	}
	where := c.TelegramBotAPIURL.String()
	status, body, err := ask(ctx, c.TelegramBotAPIURL.reveal()+"/bot"+c.TelegramBotToken.reveal()+"/getMe", nil)
	if err != nil {
		return finding{}, fmt.Errorf("%s cannot be reached: %w", where, err)
	}
	var answer struct {
		OK     bool
		Result struct{ Username string }
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case status == http.StatusUnauthorized, status == http.StatusNotFound:
		return finding{}, errors.New("the token is refused; copy it again from @BotFather into TELEGRAM_BOT_TOKEN")
	case err != nil, !answer.OK:
		return finding{}, fmt.Errorf("%s does not answer as a Bot API server does (status %d); correct TELEGRAM_BOT_API_URL", where, status)
	}
	return finding{true, "@" + answer.Result.Username + " at " + where}, nil
}

// lookAtGemini asks Google for the model.
func lookAtGemini(ctx context.Context, c Config) (finding, error) {
	return lookAtModel(ctx, c, aModel{
		engine: engineGemini, variables: "GEMINI", key: c.GeminiAPIKey, name: c.GeminiModel, where: c.GeminiBaseURL,
		path: "/v1beta/models/", header: http.Header{"X-Goog-Api-Key": {c.GeminiAPIKey.reveal()}},
	})
}

// lookAtOpenAI asks OpenAI, or what speaks its API, for the model.
func lookAtOpenAI(ctx context.Context, c Config) (finding, error) {
	return lookAtModel(ctx, c, aModel{
		engine: engineOpenAI, variables: "OPENAI", key: c.OpenAIAPIKey, name: c.OpenAIModel, where: c.OpenAIBaseURL,
		path: "/models/", header: http.Header{"Authorization": {"Bearer " + c.OpenAIAPIKey.reveal()}},
	})
}

// aModel is a language model and how to ask for it.
type aModel struct {
	engine    engine
	variables string // how the names of its variables begin
	key       secret
	name      string
	where     httpURL
	path      string
	header    http.Header
}

func lookAtModel(ctx context.Context, c Config, m aModel) (finding, error) {
	switch {
	case !m.key.isSet():
		return finding{text: m.variables + "_API_KEY is not set: not used"}, nil
	case !slices.Contains(c.AIOrder, m.engine):
		return finding{text: "not in KITH_AI_ORDER: not used"}, nil
	}
	status, _, err := ask(ctx, m.where.reveal()+m.path+url.PathEscape(m.name), m.header)
	switch {
	case err != nil:
		return finding{}, fmt.Errorf("%s cannot be reached: %w", m.where, err)
	case status == http.StatusOK:
		return finding{true, m.name + " at " + m.where.String()}, nil
	case status == http.StatusNotFound:
		return finding{}, fmt.Errorf("%s has no model %s; correct %s_MODEL", m.where, m.name, m.variables)
	case status == http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return finding{}, fmt.Errorf("the key is refused; correct %s_API_KEY", m.variables)
	}
	return finding{}, fmt.Errorf("%s answers with status %d", m.where, status)
}

// ask returns the status and the body that url answers with.
func ask(ctx context.Context, url string, header http.Header) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, nil, reason(err)
	}
	if header != nil {
		req.Header = header
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, reason(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}
