package telegramtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/exchange"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/proto/codec"
	"github.com/gotd/td/transport"
)

// A conn is one connection of a client.
type conn struct {
	transport.Conn
	s       *Server
	dc      int
	key     *authKey // nil until the first message under one
	session int64
}

func (s *Server) listen(ctx context.Context, l net.Listener, dc int) {
	for {
		tcp, err := l.Accept()
		if err != nil {
			return
		}
		s.done.Go(func() {
			defer tcp.Close()
			defer context.AfterFunc(ctx, func() { tcp.Close() })()
			// A client that hangs up early ends its own connection only.
			if c, err := transport.Listen(&once{conn: tcp}).Accept(); err == nil {
				s.serve(ctx, &conn{Conn: c, s: s, dc: dc})
			}
		})
	}
}

// once is a listener with one connection.
type once struct {
	net.Listener
	mu   sync.Mutex
	conn net.Conn
}

func (o *once) Accept() (net.Conn, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.conn
	if o.conn = nil; c == nil {
		return nil, net.ErrClosed
	}
	return c, nil
}

// serve answers a client until it hangs up.
func (s *Server) serve(ctx context.Context, c *conn) {
	s.mu.Lock()
	ends := s.ends
	s.conns[c] = true
	s.mu.Unlock()
	defer s.gone(c)
	for err := error(nil); err == nil && !ends; {
		var b bin.Buffer
		if err = c.Recv(ctx, &b); err == nil {
			err = c.take(ctx, &b)
		}
	}
}

func (s *Server) gone(c *conn) {
	c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if c.key != nil {
		c.key.conns--
	}
}

// take deals with one frame.
func (c *conn) take(ctx context.Context, b *bin.Buffer) error {
	var id [8]byte
	if err := b.PeekN(id[:], len(id)); err != nil {
		return err
	}
	if id == [8]byte{} {
		return c.exchange(ctx, b)
	}
	c.s.mu.Lock()
	key := c.s.keys[id]
	c.s.mu.Unlock()
	if key == nil || key.dc != c.dc {
		var refusal bin.Buffer
		refusal.PutInt32(-codec.CodeAuthKeyNotFound)
		return c.Send(ctx, &refusal)
	}
	m, err := c.s.cipher.DecryptFromBuffer(key.AuthKey, b)
	if err != nil {
		return err
	}
	if err := c.begin(ctx, key, m.SessionID); err != nil {
		return err
	}
	return c.message(ctx, m.MessageID, &bin.Buffer{Buf: m.Data()})
}

// begin tells a client that its session is new.
func (c *conn) begin(ctx context.Context, key *authKey, session int64) error {
	if c.key != nil && c.session == session {
		return nil
	}
	c.s.mu.Lock()
	if c.key == nil {
		key.conns++
		key.most = max(key.most, key.conns)
	}
	c.key, c.session = key, session
	c.s.mu.Unlock()
	return c.send(ctx, proto.MessageFromServer, &mt.NewSessionCreated{FirstMsgID: c.s.msgID.New(proto.MessageFromClient), ServerSalt: 1})
}

// pushedBack is a connection of which the first frame was read already.
type pushedBack struct {
	transport.Conn
	frame *bin.Buffer
}

func (p *pushedBack) Recv(ctx context.Context, b *bin.Buffer) error {
	if p.frame == nil {
		return p.Conn.Recv(ctx, b)
	}
	b.ResetTo(p.frame.Copy())
	p.frame = nil
	return nil
}

func (c *conn) exchange(ctx context.Context, first *bin.Buffer) error {
	r, err := exchange.NewExchanger(&pushedBack{c.Conn, first}, c.dc).WithRand(rand.Reader).Server(c.s.key).Run(ctx)
	if err != nil {
		return err
	}
	c.s.addKey(r.Key, c.dc)
	return nil
}

func (s *Server) addKey(key crypto.AuthKey, dc int) *authKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &authKey{AuthKey: key, dc: dc}
	s.keys[key.ID] = k
	return k
}

// message deals with one message, which may hold others.
func (c *conn) message(ctx context.Context, id int64, b *bin.Buffer) error {
	kind, err := b.PeekID()
	if err != nil {
		return err
	}
	switch kind {
	case proto.MessageContainerTypeID:
		var all proto.MessageContainer
		err := all.Decode(b)
		for _, m := range all.Messages {
			err = errors.Join(err, c.message(ctx, m.ID, &bin.Buffer{Buf: m.Body}))
		}
		return err
	case proto.GZIPTypeID:
		var zipped proto.GZIP
		if err := zipped.Decode(b); err != nil {
			return err
		}
		return c.message(ctx, id, &bin.Buffer{Buf: zipped.Data})
	case mt.MsgsAckTypeID:
		return nil
	case mt.PingDelayDisconnectRequestTypeID:
		var ping mt.PingDelayDisconnectRequest
		return errors.Join(ping.Decode(b), c.send(ctx, proto.MessageServerResponse, &mt.Pong{MsgID: id, PingID: ping.PingID}))
	case mt.PingRequestTypeID:
		var ping mt.PingRequest
		return errors.Join(ping.Decode(b), c.send(ctx, proto.MessageServerResponse, &mt.Pong{MsgID: id, PingID: ping.PingID}))
	case mt.GetFutureSaltsRequestTypeID:
		return c.send(ctx, proto.MessageServerResponse, &mt.FutureSalts{
			ReqMsgID: id, Now: int(time.Now().Unix()), Salts: []mt.FutureSalt{{ValidSince: 1, ValidUntil: 1<<31 - 1, Salt: 1}},
		})
	}
	return c.call(ctx, id, b)
}

// encoded is what is sent of an account. It is made while nobody changes the
// account: even to encode an object of the schema writes to its flags.
type encoded []byte

func encode(m bin.Encoder) (encoded, error) {
	var b bin.Buffer
	err := m.Encode(&b)
	return b.Raw(), err
}

func (e encoded) Encode(b *bin.Buffer) error {
	b.Put(e)
	return nil
}

func (c *conn) send(ctx context.Context, kind proto.MessageType, m bin.Encoder) error {
	var b bin.Buffer
	if err := m.Encode(&b); err != nil {
		return err
	}
	data := crypto.EncryptedMessageData{
		SessionID: c.session, MessageDataLen: int32(b.Len()), MessageDataWithPadding: b.Copy(), MessageID: c.s.msgID.New(kind),
	}
	if err := c.s.cipher.Encrypt(c.key.AuthKey, data, &b); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return c.Send(ctx, &b)
}
