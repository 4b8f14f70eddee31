package classic

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
	"partychat/internal/wire"
	"partychat/socketio"
)

const (
	// unknownMax is how many unknown events of a socket are told of.
	unknownMax = 20
	// shownName is how much of a name that a page has made up is shown, in bytes.
	shownName = 64
)

// call is an event of a client that a dialect knows.
type call struct {
	p      *client
	table  *dialect.Table
	action *dialect.Action
	event  string
	args   []any
	size   int            // of the first argument as JSON, in bytes
	binary bool           // whether an argument has binary parts
	ack    bool           // whether the client waits for one
	answer dialect.Values // for the acknowledgement
}

// take handles every event. What goes wrong is said in the acknowledgement, if the
// client waits for one, as its dialect has it, and by classicError.
func (c commands) take(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
	p := clientOf(s)
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTimeout)
	defer cancel()
	k := &call{p: p, event: e.Name, ack: e.WantsAck()}
	err := c.commands.handle(ctx, k, e)
	if !k.ack {
		return
	}
	values := dialect.Merge(dialect.Clock(time.Now()), k.answer)
	if err != nil {
		info := wire.ErrorOf(err)
		values = dialect.Merge(values, dialect.Values{"error": info.Message, "problem": info})
	}
	_ = e.Ack(c.commands.ackOf(k).Answer(err != nil, values)...) // the client may have gone
}

// ackOf gives how the event is acknowledged. A page of no dialect is taken to be one
// whose callback takes an error, as most are.
func (c commands) ackOf(k *call) *dialect.Ack {
	if k.table == nil {
		return dialect.AckText
	}
	return k.table.AckFor(k.action)
}

// handle does what the event means.
func (c commands) handle(ctx context.Context, k *call, e *socketio.Event) (err error) {
	k.table = k.p.dialect()
	switch {
	case k.p.ended.Load(): // what waited for its turn counts no more
		err = errOver()
	case !k.p.rate.Allow():
		err = chat.Errorf(chat.CodeRateLimited, "Too many events. Please wait a moment.")
	default:
		if len(e.Args) > 0 {
			k.size = len(e.Args[0].Raw())
		}
		if k.args, k.binary, err = argsOf(e); err == nil {
			err = c.commands.understand(ctx, k)
		}
		if k.action == nil && err == nil {
			return c.commands.refuseUnknown(k)
		}
	}
	if err == nil {
		err = c.commands.do(ctx, k)
	}
	if err != nil {
		c.logFault(k.event, err)
		c.commands.fail(k, err)
	}
	return err
}

// fail tells the client what went wrong.
func (c commands) fail(k *call, err error) {
	info := wire.ErrorOf(err)
	c.emit(k.p.socket, "classicError", info)
	if k.table != nil {
		values := dialect.Merge(dialect.Clock(time.Now()), dialect.Values{"error": info.Message, "problem": info})
		c.told.tellAll(k.p.socket, dialect.Failed, []*dialect.Table{k.table}, values)
	}
}

// argsOf reads the arguments of an event. Binary parts stay binary, so that nothing
// takes them for text.
func argsOf(e *socketio.Event) (args []any, binary bool, err error) {
	args = make([]any, len(e.Args))
	for i, arg := range e.Args {
		if raw, isJSON := arg.Value().(json.RawMessage); isJSON {
			err = decodeNumbers(string(raw), &args[i])
		} else {
			binary = true
			err = arg.Decode(&args[i])
		}
		if err != nil {
			return nil, binary, chat.Errorf(chat.CodeInvalid, "An argument of %s cannot be read.", shortened(e.Name))
		}
	}
	return args, binary, nil
}

// decodeNumbers decodes JSON without changing its numbers.
func decodeNumbers(raw string, into any) error {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// understand finds what the event means. The first that a dialect knows settles what
// the socket speaks.
func (c commands) understand(ctx context.Context, k *call) error {
	if k.table == nil {
		if k.table = c.dialects.Settle(k.event, k.args, clientMajor(k.p.socket)); k.table == nil {
			return nil
		}
		c.commands.settle(ctx, k.p, k.table)
	}
	k.action = k.table.Action(k.event, k.args)
	if k.action == nil && k.table.Knows(k.event) {
		return chat.Errorf(chat.CodeInvalid, "%s does not come with these arguments in the dialect %s.", shortened(k.event), k.table.Name)
	}
	return nil
}

// settle notes what the client speaks: it is told from then on what pages of the
// dialect are told, and nothing else.
func (c commands) settle(ctx context.Context, p *client, table *dialect.Table) {
	p.mu.Lock()
	p.speaks = table
	p.mu.Unlock()
	p.moving.Lock() // a greeting that is under way ends before
	defer p.moving.Unlock()
	p.socket.Leave(audienceOf(nil))
	p.mu.Lock()
	greeted := p.greeted
	p.greeted = true
	p.mu.Unlock()
	if !greeted && len(table.Out[dialect.Greeting]) > 0 {
		c.told.greet(ctx, p, []*dialect.Table{table})
	}
	p.socket.Join(audienceOf(table))
	if table.Open() {
		c.places.openMain(ctx, p, table)
	} else {
		c.places.closeMain(p, 0)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.socket.Leave(countOf(nil))
	c.counting.joinCount(p)
}

// refuseUnknown tells the operator, and the page, of an event that its dialect does not
// know: once for each name.
func (c commands) refuseUnknown(k *call) error {
	name := shortened(k.event)
	speaks := "no dialect yet"
	if k.table != nil {
		speaks = "the dialect " + k.table.Name
	}
	err := chat.Errorf(chat.CodeInvalid, "This server does not know the event %q in %s.", name, speaks)
	if _, told := k.p.unknown[name]; told || len(k.p.unknown) == unknownMax {
		return err
	}
	if k.p.unknown == nil {
		k.p.unknown = make(map[string]struct{})
	}
	k.p.unknown[name] = struct{}{}
	hint := "write a dialect for the page: see docs/CLASSIC.md"
	if known := c.dialects.Speaking(k.event); len(known) > 0 {
		hint = "pages of these send it: " + strings.Join(known, ", ") + "; the socket has begun with another event"
	}
	c.opts.Log.Debug("unknown classic event", "event", name, "speaks", speaks, "arguments", len(k.args), "ack", k.ack, "hint", hint)
	c.commands.fail(k, err)
	return err
}

// shortened is a name of a page's choice, as far as it is shown.
func shortened(name string) string {
	if len(name) > shownName {
		name = strings.ToValidUTF8(name[:shownName], "") + "…"
	}
	return name
}
