package redis

import (
	"hash/fnv"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

// groups is the number of hash tags. Everything with one tag is in one slot of a
// cluster, on one shard, so that many connections can carry all channels. Nodes
// of different versions must agree on it.
const groups = 16

// keyPrefix is the prefix of keys and channels. Keys belong to the database in
// the URL. Channels are shared by all databases, so their prefix may name the
// database.
const keyPrefix = "partychat"

// groupOf returns the group of a name.
func groupOf(name string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails, by its contract
	return int(h.Sum32() % groups)
}

// tag returns the prefix of names in the group.
func tag(prefix string, group int) string { return prefix + ":{" + strconv.Itoa(group) + "}:" }

// channelOf names the topic's channel: partychat:{3}:room:5.
func (c *Client) channelOf(topic chat.Topic) (channel string, group int) {
	var name string
	switch {
	case topic.Room != 0:
		name = "room:" + strconv.FormatInt(int64(topic.Room), 10)
	case topic.User != 0:
		name = "user:" + strconv.FormatInt(int64(topic.User), 10)
	default:
		name = "presence:" + strconv.FormatInt(int64(topic.Presence), 10)
	}
	group = groupOf(name)
	return tag(c.prefix, group) + name, group
}

// channelOfAll names the channel for messages about all topics of the group.
func (c *Client) channelOfAll(group int) string { return tag(c.prefix, group) + "all" }

// isOfAll reports whether the channel is a group's channelOfAll.
func isOfAll(channel string) bool { return strings.HasSuffix(channel, "}:all") }
