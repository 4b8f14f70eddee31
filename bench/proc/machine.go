package proc

// Machine has the properties of the machine that figures depend on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memoryBytes"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Node   string `json:"node,omitempty"`
}

// Cores are the cores of the server and the load.
type Cores struct {
	Server int `json:"server"`
	Load   int `json:"load"`
}
