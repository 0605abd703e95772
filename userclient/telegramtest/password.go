package telegramtest

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"math/big"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto/srp"
	"github.com/gotd/td/exchange"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// kdf is how a password becomes a number.
type kdf = tg.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow

// An srpTrial is one trial of a password, by the Secure Remote Password protocol.
type srpTrial struct {
	account    *Account
	algo       *kdf
	v, b, ours *big.Int
}

func (s *Server) password(c *conn) (bin.Encoder, *tgerr.Error) {
	a := c.key.pending
	if a == nil {
		return nil, tgerr.New(401, "AUTH_KEY_UNREGISTERED")
	}
	trial, err := newTrial(a)
	if err != nil {
		s.t.Error(err)
		return nil, tgerr.New(500, "INTERNAL")
	}
	id := int64(len(s.srp) + 1)
	s.srp[id] = trial
	p := &tg.AccountPassword{HasPassword: true, NewAlgo: trial.algo, NewSecureAlgo: &tg.SecurePasswordKdfAlgoUnknown{}, SecureRandom: random(256)}
	p.SetSRPID(id)
	p.SetSRPB(pad(trial.ours))
	p.SetCurrentAlgo(trial.algo)
	if a.Hint != "" {
		p.SetHint(a.Hint)
	}
	return p, nil
}

func newTrial(a *Account) (*srpTrial, error) {
	p, err := exchange.TestServerRNG{}.DhPrime()
	if err != nil {
		return nil, err
	}
	t := &srpTrial{account: a, algo: &kdf{Salt1: random(8), Salt2: random(16), G: 3, P: p.Bytes()}}
	v, salt, err := srp.NewSRP(rand.Reader).NewHash([]byte(a.Password), srp.Input(*t.algo))
	if err != nil {
		return nil, err
	}
	t.algo.Salt1 = salt
	t.v, t.b = new(big.Int).SetBytes(v), new(big.Int).SetBytes(random(256))
	g := big.NewInt(3)
	k := number(sum(t.algo.P, pad(g)))
	t.ours = k.Mul(k, t.v)
	t.ours.Add(t.ours, new(big.Int).Exp(g, t.b, p)).Mod(t.ours, p)
	return t, nil
}

func (s *Server) checkPassword(c *conn, req *tg.AuthCheckPasswordRequest) (bin.Encoder, *tgerr.Error) {
	given, ok := req.Password.(*tg.InputCheckPasswordSRP)
	if !ok {
		return nil, tgerr.New(400, "PASSWORD_HASH_INVALID")
	}
	trial := s.srp[given.SRPID]
	delete(s.srp, given.SRPID)
	switch {
	case trial == nil || trial.account != c.key.pending:
		return nil, tgerr.New(400, "SRP_ID_INVALID")
	case !trial.right(given):
		return nil, tgerr.New(400, "PASSWORD_HASH_INVALID")
	}
	c.key.account, c.key.pending = trial.account, nil
	return trial.account.authorization(), nil
}

// right reports whether the client knows the password.
func (t *srpTrial) right(given *tg.InputCheckPasswordSRP) bool {
	p, theirs := number(t.algo.P), number(given.A)
	u := number(sum(pad(theirs), pad(t.ours)))
	base := u.Exp(t.v, u, p)
	base.Mul(base, theirs)
	shared := sum(pad(base.Exp(base, t.b, p)))
	mixed := sum(t.algo.P)
	subtle.XORBytes(mixed, mixed, sum(pad(big.NewInt(3))))
	want := sum(mixed, sum(t.algo.Salt1), sum(t.algo.Salt2), pad(theirs), pad(t.ours), shared)
	return subtle.ConstantTimeCompare(want, given.M1) == 1
}

func number(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

func pad(n *big.Int) []byte { return n.FillBytes(make([]byte, 256)) }

func sum(parts ...[]byte) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck // it never fails
	return b
}
