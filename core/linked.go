package core

import "time"

// A LinkState says how a linked Telegram account is.
type LinkState string

// The states of a linked account.
const (
	LinkLinked  LinkState = "linked"
	LinkLeaving LinkState = "leaving" // it is to be signed out and forgotten
	LinkRevoked LinkState = "revoked" // Telegram ended the session
)

// A Link is a user's own Telegram account, joined to Kith.
type Link struct {
	UserID     int64
	TelegramID int64
	Name       string // as Telegram gives it
	Username   string // "" without one
	State      LinkState
	Session    []byte     // sealed; nil when revoked
	Why        string     // a sentence on what ended it
	WaitsUntil *time.Time // nil unless Telegram asked to wait
	LinkedAt   time.Time
	Contacts   int        // how many the account had when they were last read
	SyncedAt   *time.Time // nil before the first time
}

// A LinkMethod is a way to link an account.
type LinkMethod string

// The ways to link an account.
const (
	LinkByQR    LinkMethod = "qr"    // a code that a signed-in Telegram app scans
	LinkByPhone LinkMethod = "phone" // a code that Telegram sends
)

// A LinkStep says what an attempt to link an account waits for.
type LinkStep string

// The steps of an attempt.
const (
	LinkBegun    LinkStep = "begun"    // Telegram is being asked
	LinkScan     LinkStep = "scan"     // the QR code to be scanned
	LinkCode     LinkStep = "code"     // the code that Telegram sent
	LinkPassword LinkStep = "password" // the password of two-step verification
	LinkFailed   LinkStep = "failed"
)

// A LinkAttempt is an account on its way to be linked. What is sealed is nil
// when there is none.
type LinkAttempt struct {
	UserID    int64
	ID        int64 // another for each attempt
	Method    LinkMethod
	Step      LinkStep
	Scan      []byte // sealed: what the QR code says
	Progress  []byte // sealed: what the next step needs
	Session   []byte // sealed: as far as there is one
	Problem   string // a sentence on what went wrong last
	Given     bool   // the user gave something that has not been used yet
	ExpiresAt time.Time
}
