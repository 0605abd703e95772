package bot

import (
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/exchange"
)

// The fixed sentences, as rows name them.
const (
	phraseStart         = "start"
	phraseHelp          = "help"
	phraseHelpAdmin     = "help_admin"
	phrasePrivacy       = "privacy"
	phraseNoteUsage     = "note_usage"
	phraseWhoUsage      = "who_usage"
	phraseFindUsage     = "find_usage"
	phraseRemindUsage   = "remind_usage"
	phraseInvite        = "invite"  // with the link, to which the code is added
	phraseWeb           = "web"     // the same
	phraseConnect       = "connect" // with the link, and how it is with the account
	phraseTypedCode     = "typed_code"
	phraseTypedPassword = "typed_password"
	phraseLinked        = "linked" // with the username
	phraseUndone        = "undone"
	phraseNothingToUndo = "nothing_to_undo"
	phraseNothingOpen   = "nothing_open"
	phraseCancelled     = "cancelled"
	phraseSticker       = "sticker"
	phraseLocation      = "location"
	phraseVoice         = "voice"
	phraseFile          = "file"
	phraseWordless      = "wordless"
	phraseTimezone      = "timezone" // with its name
	phraseThanks        = "thanks"
	phraseHello         = "hello"
	phraseFine          = "fine"
	phraseNobody        = "nobody"    // with a name
	phraseConnected     = "connected" // to the user's own account
	phraseDisconnected  = "disconnected"
	phraseSentence      = "sentence" // an error that the user can mend
	phraseSorry         = "sorry"    // an error of Kith's own
)

// examples are the messages that /start offers to try.
var examples = []string{
	"Coffee with Ana Torres, she moves to Porto in March, send her the architect's number by Friday",
	"Mike Chen works at Stripe now, he is allergic to nuts",
	"Who do I know in Porto?",
}

const textOnly = " Write me a sentence about somebody you know, and I'll remember it."

// phraseScreen returns one of the fixed sentences as a screen.
func phraseScreen(args core.MessageArgs) screen {
	s := screen{text: phraseText(args)}
	if args.Phrase == phraseStart {
		for i, example := range examples {
			s.row(button(example, "example", int64(i)))
		}
	}
	if args.Phrase == core.PhraseSync && args.Sync != nil && args.Sync.Done == nil && args.Sync.Problem == "" {
		s.row(button("Cancel", "stop"))
	}
	if (args.Phrase == phraseWeb || args.Phrase == phraseConnect) && public(args.Sentence) {
		s.row(keyButton{label: "Open Kith", url: args.Sentence})
	}
	return s
}

func phraseText(args core.MessageArgs) string {
	switch args.Phrase {
	case phraseStart:
		return "I remember the people in your life. Tell me what you learnt about somebody, in your own words, and ask me later. What you have to do at a time, I'll say when it is due.\n\nTry one of these, or just write:"
	case phraseHelp:
		return help + helpText(core.RoleUser)
	case phraseHelpAdmin:
		return help + helpText(core.RoleAdmin)
	case phrasePrivacy:
		return "I keep your notes word for word, the facts I draw from them, and the people they are about. All of it is in the database of this server, and only you can see it.\n\nIf whoever runs this Kith has set up a language model, the words of a note go to it to be read. Taking a note back moves it to the trash."
	case phraseNoteUsage:
		return "Write the note after the command: /note Ana likes oysters"
	case phraseWhoUsage:
		return "Write the name after the command: /who Ana"
	case phraseFindUsage:
		return "Write what to look for after the command: /find architect"
	case phraseRemindUsage:
		return "Of what, and when? Write it in one message: Remind me on Friday at 18:00 to call Ana"
	case phraseInvite:
		return "Send this link to one person. It works once, for 7 days:\n" + esc(args.Sentence)
	case phraseWeb:
		if public(args.Sentence) {
			return "This signs you in on the web. It works once, for 10 minutes."
		}
		return "Open this link in a browser to sign in. It works once, for 10 minutes:\n" + esc(args.Sentence)
	case phraseConnect:
		return connectText(args)
	case phraseTypedCode:
		return "That looked like a login code, so I deleted it. Telegram voids a code that is sent in any chat, which keeps you safe from who asks for one. Have another sent, and type it on the page of /connect only."
	case phraseTypedPassword:
		return "That looked like your password, so I deleted it and kept nothing of it. Type it on the page of /connect only. If it was a note, write it again when you are done there."
	case phraseLinked:
		return "This chat belongs to the account " + bold(args.Name) + " from now on: whoever signs in as that can read what you tell me here."
	case core.PhraseSync:
		return syncText(args.Sync)
	case core.PhraseAccountLinked:
		return "Your Telegram account " + bold(args.Name) + " is linked. I read only what you choose, and never write anything there. /connect shows how it is."
	case core.PhraseAccountEnded:
		return "Your Telegram account is no longer linked. " + esc(args.Sentence) + " /connect links it again."
	case core.PhraseAccountUnlinked:
		return "Your Telegram account is unlinked and signed out. What I read from it stays; /connect links it again."
	case core.PhraseAccountForgotten:
		return "Your Telegram account is unlinked here, but Telegram could not be reached to sign it out: end the session “Kith” yourself, in Telegram's Settings › Devices."
	case phraseUndone:
		return "Taken back: " + italic(args.Name)
	case phraseNothingToUndo:
		return "There is no note to take back."
	case phraseNothingOpen:
		return "Nothing is open just now."
	case phraseCancelled:
		return "All right, I left it as it was."
	case phraseSticker:
		return "Nice one, but I can only remember words." + textOnly
	case phraseLocation:
		return "I can't do anything with a place on a map yet." + textOnly
	case phraseVoice:
		return "I can't listen to recordings yet, so nothing was saved." + textOnly
	case phraseFile:
		return "I can't look into pictures and files yet, so nothing was saved." + textOnly
	case phraseWordless:
		return "I couldn't find any words in that." + textOnly
	case phraseTimezone:
		return timezoneText(args.Name)
	case phraseThanks:
		return "You're welcome."
	case phraseHello:
		return "Hello! Tell me about somebody you know, or ask me about them."
	case phraseFine:
		return "All right. There was nothing in that to remember, so I saved nothing."
	case phraseNobody:
		return "I don't know anybody called " + bold(args.Name) + " yet. Tell me something about them."
	case phraseConnected:
		return "I hear the chats that you gave me in Telegram's settings from here on, and write nothing in them. With whom you speak, and when, I remember at once; what is said becomes notes, and what I draw from them waits on each person's card until you confirm it."
	case phraseDisconnected:
		return "I hear your chats no longer. What I heard stays, until you delete it."
	case phraseSentence:
		return esc(args.Sentence)
	case exchange.PhraseImport:
		return importText(args)
	}
	return "Something went wrong on our side, and that message was set aside. Please try again; if it keeps happening, tell whoever runs this Kith the reference " + "<code>" + esc(args.Ref) + "</code>."
}

const help = "Tell me about people in your own words: " +
	"<i>Ana moves to Porto in March</i>. I keep the note, file it under the right Ana and draw the facts from it. " +
	"Ask me later: <i>Who do I know in Porto?</i> <i>When did I last talk to Mike?</i>\n\n" +
	"What you have to do I say when it is due: <i>Remind me on Friday at 18:00 to call Ana</i>. <i>My to-dos</i> lists it, and says what is done.\n\n" +
	"Reply to something I said to go on about the same person.\n\n"

// timezoneText tells which time zone is the user's, so that they see whether it
// is right.
func timezoneText(name string) string {
	text := "Your time zone is " + bold(name)
	if zone, err := time.LoadLocation(name); err == nil {
		text += ", where it is " + time.Now().In(zone).Format("15:04")
	}
	return text + ". To be elsewhere, write a large city there: /timezone Lisbon"
}
