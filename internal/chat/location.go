package chat

import "time"

// Location is a position on the Earth (WGS 84), as a message of kind
// MessageLocation has it.
type Location struct {
	Latitude  float64   `json:"latitude"`           // degrees north, −90 to 90
	Longitude float64   `json:"longitude"`          // degrees east, −180 to 180
	Accuracy  *float64  `json:"accuracy,omitempty"` // metres around it
	Time      time.Time `json:"time"`               // when the position was taken
}
