// Package dialect has the dialects of the classic events as tables. A table says
// which events a page sends and what they mean in the chat, and which events it
// wants back and what is in them. The tables of this package are the files in the
// folder builtin; an operator's files have the same form. See docs/CLASSIC.md.
//
// The package knows neither sockets nor the chat: it reads tables, finds what an
// event means, and fills templates.
package dialect

import "slices"

// Verb is what an event means in the chat.
type Verb string

// The verbs.
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

// Occasion is when a page is told something.
type Occasion string

// The occasions.
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
	Name  string // by which logs and messages call it
	About string // one line for people
	File  string // where it comes from, for messages; "" for a built-in one

	// Settle has the events by which a socket that has not said anything shows that
	// it speaks this dialect. By default these are all that In has.
	Settle []string
	// Client restricts that to official clients of a major version: 2 for those of
	// 1.x and 2.x, which speak protocol 3 of Engine.IO; 0 for any.
	Client int
	// Named: pages of this dialect give a name before they may do anything. By default
	// who gives none is called guest.
	Named bool
	// Silent: sockets that have not said anything are told the messages of the room main
	// in this dialect.
	Silent bool
	// Replay is how many messages a page is given as if they were new when it goes into
	// a room, for a dialect without the occasion history.
	Replay int
	// Ack is how acknowledgements are answered.
	Ack *Ack
	// In has what the page sends, each event with its alternatives.
	In map[string][]Action
	// Out has what the page is told.
	Out map[Occasion][]Emission
	// Try has the steps that the command try plays, and that show how it is used.
	Try []Step
}

// Action is what one event means, if it has the shape that the action is for.
type Action struct {
	Do Verb

	// Args is how many arguments the event has; -1: any number.
	Args int
	// Is is the type of its first argument: "text", "object", "number"; "" for any.
	Is string
	// If is a field that must be there and be neither false, 0 nor "".
	If Path

	// Fields tells where the fields of the verb are.
	Fields map[Field]Path
	// Required has those of the fields without which the event is refused.
	Required []Field
	// Again: asked once more for the same person, converse gives older messages.
	Again bool
	// Keep has members of the object sent that stand in $same as they were sent,
	// whatever the table puts over them.
	Keep []string
	// Ack is how this event is acknowledged, if not as all others.
	Ack *Ack
}

// Field is a part of what an event says.
type Field string

// The fields.
const (
	FieldName      Field = "name"      // by which the page's user wants to be called
	FieldRoom      Field = "room"      // the name of a room
	FieldText      Field = "text"      // what is written
	FieldLatitude  Field = "latitude"  // in degrees
	FieldLongitude Field = "longitude" // in degrees
	FieldWith      Field = "with"      // the name of another person
	FieldID        Field = "id"        // the id of another person
)

// Emission is one event that a page is told.
type Emission struct {
	Event string
	To    Audience
	Args  []Template
	// Known: it tells the page of its own user, so it is for sockets of whom the server
	// knows who they are. The reader finds out.
	Known bool
	Line  int // of the file
}

// Audience is who is told.
type Audience string

// The audiences.
const (
	Sender   Audience = "sender"   // only the socket whose event it is about
	Others   Audience = "others"   // all in the room but that socket
	Everyone Audience = "everyone" // all in the room
)

// Ack is how an acknowledgement is answered: by these arguments.
type Ack struct {
	OK, Failed []Template
}

// Step is an event that one of the persons of an example sends. Without an event the
// person only connects.
type Step struct {
	Who   string
	Event string
	Args  []any
	Line  int
}

// Open tells whether pages of the dialect are in the room main without going into
// a room, since no event of theirs does.
func (t *Table) Open() bool { return !t.does(Enter) && !t.does(Converse) }

// Converses tells whether pages of the dialect open conversations of two.
func (t *Table) Converses() bool { return t.does(Converse) }

func (t *Table) does(verb Verb) bool {
	for _, actions := range t.In {
		if slices.ContainsFunc(actions, func(a Action) bool { return a.Do == verb }) {
			return true
		}
	}
	return false
}

// Gives tells whether pages are given what was said before they came.
func (t *Table) Gives() bool { return t.Replay > 0 || len(t.Out[Messages]) > 0 }

// Knows tells whether pages of the dialect send the event.
func (t *Table) Knows(event string) bool { return len(t.In[event]) > 0 }

// SettledBy tells whether a socket that begins with the event speaks the dialect.
func (t *Table) SettledBy(event string, args []any) bool {
	if len(t.Settle) > 0 && !slices.Contains(t.Settle, event) {
		return false
	}
	return t.Action(event, args) != nil
}

// Action finds what an event with such arguments means; nil if the dialect knows
// nothing like it.
func (t *Table) Action(event string, args []any) *Action {
	for i, a := range t.In[event] {
		if a.fits(args) {
			return &t.In[event][i]
		}
	}
	return nil
}

// fits tells whether the arguments have the shape that the action is for.
func (a *Action) fits(args []any) bool {
	if a.Args >= 0 && len(args) != a.Args {
		return false
	}
	if a.Is != "" && (len(args) == 0 || kindOf(args[0]) != a.Is) {
		return false
	}
	return len(a.If) == 0 || truthy(a.If.Find(args))
}

// fitsAll tells whether the action is for events of any shape.
func (a *Action) fitsAll() bool { return a.Args < 0 && a.Is == "" && len(a.If) == 0 }

// AckFor gives how the event is acknowledged.
func (t *Table) AckFor(a *Action) *Ack {
	if a != nil && a.Ack != nil {
		return a.Ack
	}
	return t.Ack
}
