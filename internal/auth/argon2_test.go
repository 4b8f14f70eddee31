package auth

import (
	"errors"
	"strings"
	"testing"
)

// quick returns a hasher with almost no cost.
func quick() *Argon2 { return NewArgon2(Argon2Options{MemoryKiB: 64, Passes: 1}) }

func TestA3_PasswordMatchesOnlyItsOwnHash(t *testing.T) {
	ctx, h := t.Context(), quick()
	hash, err := h.Hash(ctx, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, password, hash string
		want                 bool
	}{
		{"the right one", "correct horse", hash, true},
		{"a wrong one", "correct house", hash, false},
		{"another case", "Correct horse", hash, false},
		{"an empty one", "", hash, false},
		{"nobody's hash", "correct horse", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := h.Verify(ctx, c.password, c.hash)
			if err != nil || got != c.want {
				t.Errorf("Verify = %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestHashesAreSaltedAndInPHCForm(t *testing.T) {
	h := NewArgon2(Argon2Options{})
	a, errA := h.Hash(t.Context(), "correct horse")
	b, errB := h.Hash(t.Context(), "correct horse")
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a == b {
		t.Error("two hashes of one password are the same, want a salt of its own in each")
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(a, want) {
		t.Errorf("the hash is %q, want it to begin with %q", a, want)
	}
}

func TestOtherParametersAreReadFromTheHash(t *testing.T) {
	old, err := NewArgon2(Argon2Options{MemoryKiB: 128, Passes: 3, Lanes: 2}).Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := quick().Verify(t.Context(), "correct horse", old); err != nil || !ok {
		t.Errorf("Verify = %v, %v, want true", ok, err)
	}
}

func TestPasswordMatchesInEveryUnicodeForm(t *testing.T) {
	h := quick()
	hash, err := h.Hash(t.Context(), "pa\u00df f\u00fcr alle")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Verify(t.Context(), "pa\u00df fu\u0308r alle", hash); err != nil || !ok {
		t.Errorf("Verify = %v, %v, want true", ok, err)
	}
}

func TestDamagedHashIsAnError(t *testing.T) {
	for _, hash := range []string{
		"plain",
		"$2b$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=16$m=64,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1,p=0$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1,p=300$AAAA$AAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=4000000000,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$not base64$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$AAAA$",
		"$argon2id$v=19$m=64,t=1,p=1$$AAAA",
	} {
		if ok, err := quick().Verify(t.Context(), "x", hash); ok || !errors.Is(err, errBadHash) {
			t.Errorf("Verify with the hash %q = %v, %v, want %v", hash, ok, err, errBadHash)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err != nil {
			return
		}
		again, err := parsePHC(h.String())
		if err != nil || again.String() != h.String() {
			t.Errorf("%q is written as %q, which reads as %v, %v", s, h, again, err)
		}
	})
}
