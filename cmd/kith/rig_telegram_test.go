package main

import (
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// withTelegram gives the rig an MTProto server, for linked accounts.
func (r *rig) withTelegram() *telegramtest.Server {
	r.t.Helper()
	server := telegramtest.New(r.t)
	r.settings["TELEGRAM_API_ID"], r.settings["TELEGRAM_API_HASH"] = "17", "planted-api-hash"
	r.settings["TELEGRAM_MTPROTO_ADDR"], r.settings["TELEGRAM_MTPROTO_PUBLIC_KEY"] = server.Addr(), server.KeyFile()
	return server
}

// withLinker has do use what links accounts.
func (r *rig) withLinker(do func(l link.Linker)) {
	r.t.Helper()
	c, err := readConfig(r.environment(), "/nowhere/.env")
	r.must(err)
	db, err := store.Open(r.ctx, r.settings["DATABASE_URL"], store.Options{MaxConns: 1})
	r.must(err)
	defer db.Close()
	do(link.Linker{Store: db, Keys: c.keys()})
}

// linked has the account linked to a user, without the steps.
func (r *rig) linked(userID int64, server *telegramtest.Server, a *telegramtest.Account) {
	r.t.Helper()
	r.withLinker(func(l link.Linker) {
		r.must(l.ByQR(r.ctx, userID))
		attempt, err := l.Store.Attempt(r.ctx, userID)
		r.must(err)
		r.must(l.Linked(r.ctx, attempt, core.Link{TelegramID: a.ID, Name: a.Name}, server.Session(a)))
	})
}

// beginByPhone begins to link an account to a user.
func (r *rig) beginByPhone(userID int64, phone string) {
	r.t.Helper()
	r.withLinker(func(l link.Linker) { r.must(l.ByPhone(r.ctx, userID, phone)) })
}
