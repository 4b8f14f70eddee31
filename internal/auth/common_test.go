package auth

import "testing"

func TestTheMostCommonPasswordsAreKnown(t *testing.T) {
	for password, want := range map[string]bool{
		"password": true, "12345678": true, "qwertyuiop": true, "iloveyou": true, "Password": true, "PASSWORD1": true,
		"password123": true, "letmein123": true, "welcome2026": true, "ｐａｓｓｗｏｒｄ": true,
		"correct horse": false, "long enough": false, "password of ada": false, "no password": false,
		"letmein20261130": false, "": false, "1234567890123456": false, "Ünïcode secret": false,
	} {
		if got := IsCommonPassword(password); got != want {
			t.Errorf("IsCommonPassword(%q) = %v, want %v", password, got, want)
		}
	}
}
