package chat

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
)

// place is the position of a name in a list of search results.
type place struct {
	Rank int    `json:"r,omitempty"`
	Key  string `json:"k"`
	ID   int64  `json:"i"`
}

func placeOf(match NameMatch, id int64) place { return place{Rank: match.Rank, Key: match.Key, ID: id} }

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
}

// formatCursor encodes the position from which a list continues.
func formatCursor(c any) string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers can always be marshalled
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor undoes formatCursor; "" leaves into unchanged.
func parseCursor(s string, into any) error {
	if s == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return ErrorIn("after", CodeInvalid, "This is not a position in this list.")
	}
	return nil
}
