package profile

// Metric is a figure that is measured.
type Metric struct {
	Name  string // in results
	Title string // in tables and plots, with the unit
	// Digits is how many follow the decimal point where it is shown.
	Digits int
	// LowIsGood says that less is better.
	LowIsGood bool
	// Aside says that the figure tells how far the others can be trusted, and
	// is not one to compare servers by.
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

	PerWrite   = Metric{Name: "deliveriesPerWrite", Title: "deliveries per write", Digits: 1, Aside: true}
	ServerBusy = Metric{Name: "serverBusy", Title: "server's core busy, %", Aside: true}
	LoadBusy   = Metric{Name: "loadBusy", Title: "load's core busy, %", LowIsGood: true, Aside: true}
)

// Metrics lists what a kind of profile measures.
func (k Kind) Metrics() []Metric {
	switch k {
	case Idle:
		return []Metric{Bytes, Bare}
	case Connect:
		return []Metric{ConnectsPerCPU, ConnectsPerSec, ServerBusy, LoadBusy}
	default:
		return []Metric{PerCPU, PerSec, P50, P99, PerWrite, ServerBusy, LoadBusy}
	}
}

// Sample is what one run has measured: values by the metrics' names.
type Sample struct {
	Values map[string]float64 `json:"values"`
	// OtherOrder says that messages of different senders came to different
	// clients in different orders, which Socket.IO permits.
	OtherOrder bool `json:"otherOrder,omitempty"`
}

func (s *Sample) set(m Metric, value float64) { s.Values[m.Name] = value }

// LoadLimited says whether the load, not the server, set the pace: the
// throughput and the latency are then not the server's. What it cost the
// server is.
func (s *Sample) LoadLimited() bool {
	return s.Values[LoadBusy.Name] > 95 && s.Values[ServerBusy.Name] < 90
}
