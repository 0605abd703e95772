package userclient_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// BenchmarkSyncMessages reads a chat of many messages, and beside it how fast a
// bare gotd client gets them from the same server.
func BenchmarkSyncMessages(b *testing.B) {
	const messages = 20_000
	h := newHouse(b)
	h.pace = 1e6
	chat := &telegramtest.Chat{With: &tg.User{ID: 1, FirstName: "Ana"}}
	for i := range messages {
		chat.Messages = append(chat.Messages, &tg.Message{
			ID: i + 1, Out: i%2 == 0, PeerID: &tg.PeerUser{UserID: 1}, Message: "See you at the station at nine, I bring the tickets",
			Date: int(time.Now().Add(-time.Duration(messages-i) * time.Minute).Unix()),
		})
	}
	account := sam
	account.Chats = []*telegramtest.Chat{chat}
	there := h.telegram.Add(account)
	h.linked(there)
	c, _ := h.run("one")
	h.until("it to listen", func() bool { return len(h.telegram.Calls("updates.getDifference")) > 0 })
	h.sync(c)
	h.check(h.Choose(b.Context(), h.user.ID, []int64{1}))
	var own, bare time.Duration
	for b.Loop() {
		_, err := h.sql.Exec(b.Context(), `WITH gone AS (DELETE FROM chat_messages), days AS (DELETE FROM chat_days) UPDATE telegram_chats SET read_to = 0`)
		h.check(err)
		_, err = h.StartMessages(b.Context(), h.user.ID, nil, 365)
		h.check(err)
		begun := time.Now()
		synced, err := c.SyncMessages(b.Context(), h.user.ID, func(int) {})
		h.check(err)
		if own += time.Since(begun); synced.Messages != messages {
			b.Fatalf("%d messages were read, want %d", synced.Messages, messages)
		}
		bare += h.readBare(there, messages)
	}
	b.ReportMetric(float64(b.N*messages)/own.Seconds(), "messages/s")
	b.ReportMetric(float64(b.N*messages)/bare.Seconds(), "bare-messages/s")
	b.ReportMetric(bare.Seconds()/own.Seconds(), "of-bare")
}

// readBare reads the chat and does nothing with it.
func (h *house) readBare(a *telegramtest.Account, messages int) (took time.Duration) {
	h.t.Helper()
	h.check(bareClient(h.telegram.Addr(), h.telegram.Session(a)).Run(h.t.Context(), func(ctx context.Context, api *tg.Client) error {
		begun, before := time.Now(), 0
		for range messages / 100 {
			page, err := api.MessagesGetHistory(ctx, &tg.MessagesGetHistoryRequest{
				Peer: &tg.InputPeerUser{UserID: 1, AccessHash: 7}, Limit: 100, OffsetID: before,
			})
			if err != nil {
				return err
			}
			list := page.(*tg.MessagesMessagesSlice).Messages
			before = list[len(list)-1].GetID()
		}
		took = time.Since(begun)
		return nil
	}))
	return took
}

// A bareRun runs a gotd client and does nothing more.
type bareRun struct {
	client *telegram.Client
}

func (r bareRun) Run(ctx context.Context, do func(context.Context, *tg.Client) error) error {
	return r.client.Run(ctx, func(ctx context.Context) error { return do(ctx, r.client.API()) })
}

func bareClient(addr string, data []byte) bareRun {
	host, port, _ := strings.Cut(addr, ":")
	number, err := strconv.Atoi(port)
	if err != nil {
		log.Panic(err)
	}
	kept := &session.StorageMemory{}
	if err := kept.StoreSession(context.Background(), data); err != nil {
		log.Panic(err)
	}
	return bareRun{telegram.NewClient(17, "hash", telegram.Options{
		SessionStorage: kept, DCList: dcs.List{Options: []tg.DCOption{{ID: 2, IPAddress: host, Port: number, Static: true}}},
		UpdateHandler: telegram.UpdateHandlerFunc(func(context.Context, tg.UpdatesClass) error { return nil }),
	})}
}

// An idle is what a process of many accounts is told: as Kith, or with bare gotd
// clients.
type idle struct {
	Addr, KeyFile, Database string
	Sessions                [][]byte // of the bare clients
	Accounts                int
}

// An idleness is what it answers.
type idleness struct {
	Bytes   int64 // in memory for an account
	Seconds float64
}

// BenchmarkIdleAccounts has 1,000 linked accounts in one process, and as many
// bare gotd clients in another, all with stored keys, and says how much memory
// each of them takes, and how long it takes until all listen. BENCH_ACCOUNTS is
// another number.
func BenchmarkIdleAccounts(b *testing.B) {
	accounts := 1000
	if n, err := strconv.Atoi(os.Getenv("BENCH_ACCOUNTS")); err == nil {
		accounts = n
	}
	h := newHouse(b)
	told := idle{Addr: h.telegram.Addr(), KeyFile: h.telegram.KeyFile(), Database: h.sql.Config().ConnString(), Accounts: accounts}
	for i := range accounts {
		a := h.telegram.Add(telegramtest.Account{ID: int64(10_000 + i), Name: "Sam", Phone: strconv.Itoa(351_900_000_000 + i)})
		user := storetest.User(b, h.Store)
		sealed := h.Keys.Seal(h.telegram.Session(a), user.ID, link.PurposeSession)
		h.check(h.Store.KeepLink(b.Context(), core.Link{UserID: user.ID, TelegramID: a.ID, Name: a.Name, Session: sealed}))
		told.Sessions = append(told.Sessions, h.telegram.Session(a))
	}
	var own, bare idleness
	for b.Loop() {
		bare, own = h.idle("bare", told), h.idle("kith", told)
	}
	b.ReportMetric(float64(own.Bytes)/1000, "kB/account")
	b.ReportMetric(float64(bare.Bytes)/1000, "bare-kB/account")
	b.ReportMetric(float64(own.Bytes)/float64(bare.Bytes), "of-bare")
	b.ReportMetric(own.Seconds, "s-until-all-listen")
	b.ReportMetric(bare.Seconds, "bare-s")
}

// idle has another process hold the accounts.
func (h *house) idle(as string, told idle) (said idleness) {
	h.t.Helper()
	in, err := json.Marshal(told)
	h.check(err)
	cmd := exec.CommandContext(h.t.Context(), os.Args[0])
	cmd.Env, cmd.Stdin, cmd.Stderr = append(os.Environ(), idleAs+"="+as), strings.NewReader(string(in)), os.Stderr
	out, err := cmd.Output()
	h.check(err)
	h.check(json.Unmarshal(out, &said))
	return said
}

const idleAs = "USERCLIENT_BENCH_IDLE"

// beIdle is that other process.
func beIdle(as string) {
	var told idle
	if err := json.NewDecoder(os.Stdin).Decode(&told); err != nil {
		log.Panic(err)
	}
	before, begun := inMemory(), time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	hold := told.asKith
	if as == "bare" {
		hold = told.bare
	}
	stopped := hold(ctx)
	took := time.Since(begun)
	time.Sleep(2 * time.Second) // what begins with a connection ends
	said := idleness{Bytes: (inMemory() - before) / int64(told.Accounts), Seconds: took.Seconds()}
	cancel()
	stopped()
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		log.Panic(err)
	}
}

func inMemory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// bare returns when all bare clients know who they are.
func (told idle) bare(ctx context.Context) (stopped func()) {
	var here, all sync.WaitGroup
	for _, data := range told.Sessions {
		here.Add(1)
		all.Go(func() {
			_ = bareClient(told.Addr, data).Run(ctx, func(ctx context.Context, api *tg.Client) error {
				if _, err := api.UsersGetUsers(ctx, []tg.InputUserClass{&tg.InputUserSelf{}}); err != nil {
					log.Panic(err)
				}
				here.Done()
				<-ctx.Done()
				return nil
			})
		})
	}
	here.Wait()
	return all.Wait
}

// asKith returns when all linked accounts listen.
func (told idle) asKith(ctx context.Context) (stopped func()) {
	app, err := userclient.App{ID: 17, Hash: "hash", Version: "1.2"}.On(told.Addr, told.KeyFile)
	if err != nil {
		log.Panic(err)
	}
	db, err := store.Open(ctx, told.Database, store.Options{})
	if err != nil {
		log.Panic(err)
	}
	sql, err := pgxpool.New(ctx, told.Database)
	if err != nil {
		log.Panic(err)
	}
	defer sql.Close()
	c := &userclient.Client{
		Linker: link.Linker{Store: db, Keys: testKeys()}, App: app, Wake: func(int64) {}, Log: slog.New(slog.DiscardHandler),
		Metrics: userclient.NewMetrics(prometheus.NewRegistry()), Owner: fmt.Sprint("bench/", os.Getpid()), Pace: 3,
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Run(ctx); err != nil {
			log.Panic(err)
		}
	})
	for n := 0; n < told.Accounts; time.Sleep(50 * time.Millisecond) {
		if err := sql.QueryRow(ctx, `SELECT count(*) FROM telegram_heard`).Scan(&n); err != nil {
			log.Panic(err)
		}
	}
	return running.Wait
}
