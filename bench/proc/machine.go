package proc

// Machine is what a figure depends on besides the program.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memoryBytes"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Node   string `json:"node,omitempty"`
}

// Cores says who runs where.
type Cores struct {
	Server int `json:"server"`
	Load   int `json:"load"`
}
