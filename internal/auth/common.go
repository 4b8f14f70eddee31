package auth

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/ccojocar/zxcvbn-go/data"
	"golang.org/x/text/unicode/norm"
)

// commonPasswords are the passwords that guessers try first. The list comes with
// a library that estimates passwords. Only the list is needed, so it is unpacked
// when the first password is chosen.
var commonPasswords = sync.OnceValue(func() map[string]struct{} {
	packed, err := data.Asset("data/Passwords.json")
	if err != nil {
		panic(err) // the list is part of the program
	}
	var list struct{ List []string }
	if err := json.Unmarshal(packed, &list); err != nil {
		panic(err)
	}
	common := make(map[string]struct{}, len(list.List))
	for _, password := range list.List {
		common[password] = struct{}{}
	}
	return common
})

// digitsBehind is the number of appended digits that do not make a common
// password better.
const digitsBehind = 4

// IsCommonPassword reports whether the password is one of the most common ones,
// in any case, also with a few digits appended: "password", "Password1",
// "password2026". It is a chat.CommonPassword.
func IsCommonPassword(password string) bool {
	password = strings.ToLower(norm.NFKC.String(password))
	for range digitsBehind + 1 {
		if _, common := commonPasswords()[password]; common {
			return true
		}
		last := len(password) - 1
		if last < 0 || password[last] < '0' || password[last] > '9' {
			return false
		}
		password = password[:last]
	}
	return false
}
