package profile

import (
	"time"

	"partychat/bench/load"
)

// Metric is a measured figure.
type Metric struct {
	Name  string // in results
	Title string // in tables and plots, with the unit
	// Digits is the number of decimal places shown.
	Digits int
	// LowIsGood is true if lower values are better.
	LowIsGood bool
	// Aside is true if the figure doesn't compare servers, but shows how far the
	// other figures can be trusted.
	Aside bool
}

// The metrics.
var (
	PerCPU = Metric{Name: "deliveriesPerCPUSecond", Title: "deliveries per server-CPU-second"}
	PerSec = Metric{Name: "deliveriesPerSecond", Title: "deliveries/s"}
	P50    = Metric{Name: "p50", Title: "p50, ms", Digits: 2, LowIsGood: true}
	P99    = Metric{Name: "p99", Title: "p99, ms", Digits: 2, LowIsGood: true}
	Bytes  = Metric{Name: "bytesPerConnection", Title: "resident bytes per idle connection", LowIsGood: true}
	Bare   = Metric{Name: "bytesBefore", Title: "resident bytes before", LowIsGood: true, Aside: true}

	ConnectsPerSec = Metric{Name: "connectsPerSecond", Title: "connects/s"}
	ConnectsPerCPU = Metric{Name: "connectsPerCPUSecond", Title: "connects per server-CPU-second"}

	MessagesPerSec = Metric{Name: "messagesPerSecond", Title: "messages/s"}
	MessagesPerCPU = Metric{Name: "messagesPerCPUSecond", Title: "messages per server-CPU-second"}
	OneByOne       = Metric{Name: "oneByOnePerSecond", Title: "each in a transaction of its own, messages/s", Aside: true}
	Times          = Metric{Name: "times", Title: "times as many", Digits: 1}

	ReturnCPU   = Metric{Name: "returnCPU", Title: "CPU per return, ms", Digits: 3, LowIsGood: true}
	WholeCPU    = Metric{Name: "wholeReturnCPU", Title: "the same if revs are not known, ms", Digits: 3, LowIsGood: true}
	ReturnRatio = Metric{Name: "returnRatio", Title: "ratio", Digits: 2, LowIsGood: true}
	ReturnTook  = Metric{Name: "returnSeconds", Title: "all are back after, s", Digits: 2, LowIsGood: true}
	ReadyBytes  = Metric{Name: "readyBytes", Title: "bytes of ready", LowIsGood: true}

	AcrossP50 = Metric{Name: "acrossP50", Title: "p50 from the other node, ms", Digits: 2, LowIsGood: true}
	AcrossP99 = Metric{Name: "acrossP99", Title: "p99 from the other node, ms", Digits: 2, LowIsGood: true}
	// With several nodes, PerCPU counts only the nodes' CPU time. These metrics are
	// the usage of the servers they share, and the nodes' traffic to Redis.
	PerAllCPU     = Metric{Name: "deliveriesPerCPUSecondOfAll", Title: "deliveries per CPU-second of nodes, Redis and database"}
	RedisBusy     = Metric{Name: "redisBusy", Title: "Redis, % of a core", Aside: true}
	DatabaseBusy  = Metric{Name: "databaseBusy", Title: "PostgreSQL, % of a core", Aside: true}
	RedisCommands = Metric{Name: "redisCommandsPerMessage", Title: "Redis commands per message", Digits: 2, LowIsGood: true}
	RedisIn       = Metric{Name: "redisBytesInPerMessage", Title: "bytes to Redis per message", LowIsGood: true}
	RedisOut      = Metric{Name: "redisBytesOutPerMessage", Title: "bytes from Redis per message", LowIsGood: true}

	SmallTook = Metric{Name: "smallMicroseconds", Title: "10 thousand messages, µs", Digits: 0, LowIsGood: true}
	LargeTook = Metric{Name: "largeMicroseconds", Title: "10 million messages, µs", Digits: 0, LowIsGood: true}
	Ratio     = Metric{Name: "ratio", Title: "times as long", Digits: 2, LowIsGood: true}

	PerWrite   = Metric{Name: "deliveriesPerWrite", Title: "deliveries per write", Digits: 1, Aside: true}
	ServerBusy = Metric{Name: "serverBusy", Title: "server's core busy, %", Aside: true}
	LoadBusy   = Metric{Name: "loadBusy", Title: "load's core busy, %", LowIsGood: true, Aside: true}
)

// Metrics returns the metrics of a kind of profile.
func (k Kind) Metrics() []Metric {
	switch k {
	case Idle:
		return []Metric{Bytes, Bare}
	case Connect:
		return []Metric{ConnectsPerCPU, ConnectsPerSec, ServerBusy, LoadBusy}
	case Store:
		return []Metric{MessagesPerSec, OneByOne, Times, P50, P99}
	case Nodes:
		return []Metric{
			MessagesPerSec, PerCPU, PerAllCPU, P50, P99, RedisCommands, RedisIn, RedisOut, ServerBusy, RedisBusy, DatabaseBusy, LoadBusy,
		}
	case Crossing:
		return []Metric{P50, P99, AcrossP50, AcrossP99, RedisCommands, RedisIn, RedisOut, ServerBusy, RedisBusy, DatabaseBusy, LoadBusy}
	case Scale:
		return []Metric{SmallTook, LargeTook, Ratio}
	case Durable:
		return []Metric{MessagesPerSec, MessagesPerCPU, P50, P99, ServerBusy, LoadBusy}
	case Return:
		return []Metric{ReturnCPU, WholeCPU, ReturnRatio, ReturnTook, P50, P99, ReadyBytes, ServerBusy, LoadBusy}
	case Complete:
		return []Metric{MessagesPerSec, PerCPU, P50, P99, PerWrite, ServerBusy, LoadBusy}
	default:
		return []Metric{PerCPU, PerSec, P50, P99, PerWrite, ServerBusy, LoadBusy}
	}
}

// Sample is the result of one run: values by the metrics' names.
type Sample struct {
	Values map[string]float64 `json:"values"`
	// OtherOrder is true if clients received messages of different senders in
	// different orders, which Socket.IO permits.
	OtherOrder bool `json:"otherOrder,omitempty"`
	// Acked is all messages that a chat server has acknowledged since its start.
	// They must be in the database.
	Acked []load.Ack `json:"-"`
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (s *Sample) set(m Metric, value float64) { s.Values[m.Name] = value }

// LoadLimited reports whether the load generator, not the server, was the
// bottleneck. Then the throughput and latency are not the server's, but its cost
// is.
func (s *Sample) LoadLimited() bool {
	return s.Values[LoadBusy.Name] > 95 && s.Values[ServerBusy.Name] < 90
}
