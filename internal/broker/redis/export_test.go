package redis

import "partychat/internal/chat"

// ChannelOf names the topic's channel in database 0.
func ChannelOf(topic chat.Topic) string {
	channel, _ := (&Client{prefix: keyPrefix}).channelOf(topic)
	return channel
}
