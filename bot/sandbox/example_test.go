package sandbox_test

import (
	"context"
	"fmt"
	"time"

	"github.com/go-telegram/bot"

	"github.com/kith-platform/kith/bot/sandbox"
)

func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	stopped := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() { stopped <- server.Run(running) }()

	ana, err := server.Client().AddUser(ctx, "Ana")
	if err == nil {
		_, err = ana.Start(ctx, "")
	}
	// Here the bot under test would fetch the update and answer.
	b, _ := bot.New(server.Token(), bot.WithServerURL(server.BotURL()), bot.WithSkipGetMe())
	if err == nil {
		_, err = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: ana.ID, Text: "Hi Ana"})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	chat, err := ana.Wait(ctx, func(chat []sandbox.Message) bool { return len(chat) == 2 })
	fmt.Println(chat[0].Text, "→", chat[1].Text, err)
	stop()
	fmt.Println(<-stopped)
	// Output:
	// /start → Hi Ana <nil>
	// <nil>
}
