package adminui

import (
	"context"
	"os"
	"time"

	"partychat/engineio"
)

// serverStats is a report of this process's statistics.
type serverStats struct {
	ServerID   string           `json:"serverId"`
	Hostname   string           `json:"hostname"`
	PID        int              `json:"pid"`
	Uptime     float64          `json:"uptime"` // in seconds
	Clients    int              `json:"clientsCount"`
	Polling    int              `json:"pollingClientsCount"`
	Aggregated []aggregate      `json:"aggregatedEvents"`
	Namespaces []namespaceStats `json:"namespaces"`
}

type namespaceStats struct {
	Name    string `json:"name"`
	Sockets int    `json:"socketsCount"`
}

// aggregate is how often something has happened since the last report.
type aggregate struct {
	Timestamp int64  `json:"timestamp"` // in milliseconds since 1970
	Type      string `json:"type"`
	SubType   string `json:"subType,omitempty"`
	Count     int64  `json:"count"`
}

// report sends statistics to pages until the context ends.
func (a *Admin) report(ctx context.Context) {
	defer close(a.done)
	ticker := time.NewTicker(a.opts.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		var counts engineio.TrafficCounts
		if a.opts.Traffic != nil {
			counts = a.opts.Traffic.Take()
		}
		if a.audience.look(ctx) {
			_ = a.ns.Emit("server_stats", a.stats(counts)) // strings and numbers always encode
		}
		a.tellOfUpgrades()
	}
}

func (a *Admin) stats(counts engineio.TrafficCounts) serverStats {
	stats := serverStats{
		ServerID: a.opts.ServerID, Hostname: a.hostname, PID: os.Getpid(), Uptime: time.Since(a.started).Seconds(),
		Clients: a.server.Count(), Polling: a.server.Engine().Polling(), Aggregated: aggregates(counts, time.Now()),
		Namespaces: []namespaceStats{},
	}
	for _, n := range a.server.Namespaces() {
		stats.Namespaces = append(stats.Namespaces, namespaceStats{n.Name(), len(n.Sockets())})
	}
	return stats
}

// aggregates converts counts to the page's format.
func aggregates(counts engineio.TrafficCounts, at time.Time) []aggregate {
	all := []aggregate{}
	add := func(kind, sub string, n int64) {
		if n > 0 {
			all = append(all, aggregate{at.Truncate(time.Second).UnixMilli(), kind, sub, n})
		}
	}
	add("rawConnection", "", counts.Opened)
	for reason, n := range counts.Closed {
		add("rawDisconnection", string(reason), n)
	}
	add("packetsIn", "", counts.PacketsIn)
	add("bytesIn", "", counts.BytesIn)
	add("packetsOut", "", counts.PacketsOut)
	add("bytesOut", "", counts.BytesOut)
	return all
}
