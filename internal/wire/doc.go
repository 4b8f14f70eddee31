// Package wire defines the JSON that clients send and receive over REST and
// Socket.IO (docs/PROTOCOL.md). The web client's TypeScript types are generated from
// it by `make types`.
//
// A shape is made from the domain by a function named for it, MessageOf for Message,
// and shapes that clients send have a method that returns the domain's input. Shapes
// use the domain's ids and enumerations, but none of its structs, so the domain can
// change without changing the protocol. Nodes exchange other shapes, those of
// internal/broker/redis.
package wire

// listOf converts a list. The result is never nil, because JSON would encode nil as
// null.
func listOf[D, W any](list []D, of func(D) W) []W {
	out := make([]W, len(list))
	for i, entry := range list {
		out[i] = of(entry)
	}
	return out
}

// optional converts what may be absent.
func optional[D, W any](value *D, of func(D) W) *W {
	if value == nil {
		return nil
	}
	w := of(*value)
	return &w
}
