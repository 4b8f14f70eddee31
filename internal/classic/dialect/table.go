// Package dialect defines the dialects of the classic events as tables. A table lists the events
// that a page sends with their meaning in the chat, and the events that it receives with their
// data. The built-in tables are the files in the folder builtin; an operator's files have the same
// form. See docs/CLASSIC.md.
//
// The package knows neither sockets nor the chat: it reads tables, finds the meaning of an event,
// and fills templates.
package dialect

import "slices"

// Verb is what an event means in the chat.
type Verb string

// Verbs.
const (
	Enter    Verb = "enter"    // go into a room by its name, which is made if there is none
	Leave    Verb = "leave"    // go out of the room
	Create   Verb = "create"   // make a room by its name, without going into it
	Invite   Verb = "invite"   // invite somebody into a room, which is made if there is none
	Converse Verb = "converse" // open the conversation with one person
	History  Verb = "history"  // ask for older messages
	People   Verb = "people"   // ask who is in the room
	Say      Verb = "say"      // write a message
	Share    Verb = "share"    // share a location
	Type     Verb = "type"     // start to type
	Stop     Verb = "stop"     // stop typing
	Count    Verb = "count"    // add one to the count
	Ignore   Verb = "ignore"   // nothing
)

// Occasion is when a page receives an event.
type Occasion string

// Occasions.
const (
	Greeting Occasion = "greeting" // the page has connected and has said nothing for a moment
	Welcome  Occasion = "welcome"  // the page has gone into a room
	Joined   Occasion = "joined"   // somebody has come into the room
	Left     Occasion = "left"     // somebody has gone out of the room
	Present  Occasion = "people"   // the list of who is in the room is new
	Message  Occasion = "message"  // somebody has written
	Location Occasion = "location" // somebody has shared a location
	Typing   Occasion = "typing"   // somebody starts to type
	Stopped  Occasion = "stopped"  // somebody stops typing
	Messages Occasion = "history"  // messages that the page has asked for, or those of the room that it goes into
	Online   Occasion = "online"   // the list of who is online is new
	Counted  Occasion = "count"    // the count is new
	Invited  Occasion = "invited"  // somebody invites the page's user
	Created  Occasion = "created"  // the room that the page has asked for is made
	Failed   Occasion = "failed"   // what the page has asked for went wrong
)

// Table is one dialect.
type Table struct {
	Name  string // for logs and messages
	About string // a description in one line
	File  string // for messages; "" for a built-in table

	// Settle lists the events by which a socket that has sent nothing yet shows that it speaks this
	// dialect. Default: all events of In.
	Settle []string
	// Client restricts that to a major version of the official client: 2 for clients 1.x and 2.x,
	// which speak Engine.IO protocol 3; 0 for any.
	Client int
	// Named requires pages of this dialect to give a name first. Otherwise a user without a name is
	// called guest.
	Named bool
	// Silent delivers the messages of the room main in this dialect to sockets that have sent
	// nothing yet.
	Silent bool
	// Replay is how many earlier messages a page receives as if they were new when it enters a
	// room, for a dialect without the occasion history.
	Replay int
	// Ack is how events are acknowledged.
	Ack *Ack
	// In maps the events that the page sends to their alternative meanings.
	In map[string][]Action
	// Out lists the events that the page receives.
	Out map[Occasion][]Emission
	// Try lists the steps that the command try plays; they also serve as an example.
	Try []Step
}

// Action is one meaning of an event, if the event has the required shape.
type Action struct {
	Do Verb

	// Args is how many arguments the event has; -1: any number.
	Args int
	// Is is the required type of its first argument: "text", "object", "number"; "" for any.
	Is string
	// If is a field that must be present and neither false, 0 nor "".
	If Path

	// Fields locates the fields of the verb.
	Fields map[Field]Path
	// Required lists the fields without which the event is refused.
	Required []Field
	// Again makes a repeated converse for the same person return older messages.
	Again bool
	// Keep lists members of the sent object that $same leaves unchanged, whatever the table puts
	// over them.
	Keep []string
	// Ack is how this event is acknowledged, if not like all others.
	Ack *Ack
}

// Field is a part of an event's content.
type Field string

// Fields.
const (
	FieldName      Field = "name"      // by which the page's user wants to be called
	FieldRoom      Field = "room"      // the name of a room
	FieldText      Field = "text"      // what is written
	FieldLatitude  Field = "latitude"  // in degrees
	FieldLongitude Field = "longitude" // in degrees
	FieldWith      Field = "with"      // the name of another person
	FieldID        Field = "id"        // the id of another person
)

// Emission is one event that a page receives.
type Emission struct {
	Event string
	To    Audience
	Args  []Template
	// Known means that the event tells the page about its own user, so it is only for sockets whose
	// user is known. The reader sets it.
	Known bool
	Line  int // in the file
}

// Audience is who receives an event.
type Audience string

// Audiences.
const (
	Sender   Audience = "sender"   // only the socket whose event it is about
	Others   Audience = "others"   // all in the room but that socket
	Everyone Audience = "everyone" // all in the room
)

// Ack defines the arguments of an acknowledgement.
type Ack struct {
	OK, Failed []Template
}

// Step is an event that one of the persons in an example sends. Without an event the person only
// connects.
type Step struct {
	Who   string
	Event string
	Args  []any
	Line  int
}

// Open reports whether pages of the dialect are in the room main without entering it, because none
// of their events enters a room.
func (t *Table) Open() bool { return !t.does(Enter) && !t.does(Converse) }

// Converses reports whether pages of the dialect open one-to-one conversations.
func (t *Table) Converses() bool { return t.does(Converse) }

func (t *Table) does(verb Verb) bool {
	for _, actions := range t.In {
		if slices.ContainsFunc(actions, func(a Action) bool { return a.Do == verb }) {
			return true
		}
	}
	return false
}

// Gives reports whether pages receive earlier messages.
func (t *Table) Gives() bool { return t.Replay > 0 || len(t.Out[Messages]) > 0 }

// Knows reports whether pages of the dialect send the event.
func (t *Table) Knows(event string) bool { return len(t.In[event]) > 0 }

// SettledBy reports whether a socket whose first event is this one speaks the dialect.
func (t *Table) SettledBy(event string, args []any) bool {
	if len(t.Settle) > 0 && !slices.Contains(t.Settle, event) {
		return false
	}
	return t.Action(event, args) != nil
}

// Action returns the meaning of an event with these arguments, or nil if the dialect does not know
// it.
func (t *Table) Action(event string, args []any) *Action {
	for i, a := range t.In[event] {
		if a.fits(args) {
			return &t.In[event][i]
		}
	}
	return nil
}

// fits reports whether the arguments have the shape that the action requires.
func (a *Action) fits(args []any) bool {
	if a.Args >= 0 && len(args) != a.Args {
		return false
	}
	if a.Is != "" && (len(args) == 0 || kindOf(args[0]) != a.Is) {
		return false
	}
	return len(a.If) == 0 || truthy(a.If.Find(args))
}

// fitsAll reports whether the action accepts events of any shape.
func (a *Action) fitsAll() bool { return a.Args < 0 && a.Is == "" && len(a.If) == 0 }

// AckFor returns how the event is acknowledged.
func (t *Table) AckFor(a *Action) *Ack {
	if a != nil && a.Ack != nil {
		return a.Ack
	}
	return t.Ack
}
