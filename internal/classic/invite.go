package classic

import (
	"context"
	"net/url"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// invite invites another user into a room, and creates the room if necessary. It does
// nothing if both look at the room already.
func (c commands) invite(ctx context.Context, k *call) error {
	user := k.p.who()
	other, err := c.chat.Classic.Peer(ctx, user, 0, k.action.Text(dialect.FieldWith, k.args))
	if err != nil {
		return err
	}
	if err := c.chat.Budget().Write(user.ID); err != nil {
		return err
	}
	sub, err := c.chat.Classic.Join(ctx, user, k.action.Text(dialect.FieldRoom, k.args))
	if err != nil {
		return err
	}
	if c.places.looksAt(user.ID, sub.ID) && c.places.looksAt(other.ID, sub.ID) {
		return nil
	}
	path := pathOfPage(sub.Name, other.Username)
	link, err := c.commands.link(ctx, user, other, sub, path)
	if err != nil {
		return err
	}
	offer := chat.RoomOffered{User: other.ID, By: user.Author(), Username: other.Username, Room: sub.Name, URL: link}
	k.answer = offered(offer)
	if err := c.opts.Broker.Publish(ctx, offer); err != nil {
		c.logFault("telling a user of an invitation", err)
	}
	return nil
}

// offered returns the template values of an invitation.
func offered(e chat.RoomOffered) dialect.Values {
	return dialect.Merge(dialect.Clock(time.Now()), personOf(e.By), dialect.Values{
		"room": e.Room, "invited": e.Username, "url": e.URL, "path": pathOfPage(e.Room, e.Username),
		"place": placeOfPage(e.Room, e.Username),
	})
}

// deliverOffer tells the pages of a user that somebody invites the user.
func (c commands) deliverOffer(e chat.RoomOffered) {
	values := offered(e)
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.users[e.User] {
		if table := p.dialect(); table != nil {
			c.told.tellAll(p.socket, dialect.Invited, []*dialect.Table{table}, values)
		}
	}
}

// link returns the URL of an invitation. If the inviter is a guest, who cannot create
// links, or if the invited person is in the room already, it is the page's own address
// with the room and the name.
func (c commands) link(ctx context.Context, user, other chat.User, sub chat.Subscription, path string) (string, error) {
	if user.Kind == chat.KindGuest || other.Kind == chat.KindGuest {
		return path, nil
	}
	invite, err := c.chat.Invitations.Make(ctx, user, chat.InviteInput{Room: sub.ID, User: other.ID})
	switch {
	case err == nil:
		return chat.InvitationPath(invite.Token), nil
	case chat.CodeOf(err) == chat.CodeInvalid && chat.ErrorFrom(err).Field == "user":
		return path, nil
	default:
		return "", err
	}
}

// pathOfPage is where a page of rooms takes the name and the room from.
func pathOfPage(room, username string) string {
	return "/?" + url.Values{"username": {username}, "room": {room}}.Encode()
}

// placeOfPage is where a page takes the room from the path.
func placeOfPage(room, username string) string {
	return "/" + url.PathEscape(room) + "/?" + url.Values{"username": {username}}.Encode()
}
