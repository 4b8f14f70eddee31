package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var durationType = reflect.TypeFor[time.Duration]()

// allowed describes the values that the option accepts.
func (o option) allowed() string {
	switch {
	case o.oneof != "":
		words := strings.Fields(o.oneof)
		last := len(words) - 1
		return strings.Join(words[:last], ", ") + " or " + words[last]
	case len(o.schemes) > 0:
		return fmt.Sprintf(`a URL such as "%s://user:password@host/…"`, o.schemes[0])
	case o.form == "host":
		return `an address or a host name such as "127.0.0.1", "::1" or "localhost", without a port`
	case o.each == "origin":
		return `origins such as "https://chat.example", separated by commas`
	case o.each == "network":
		return `addresses or networks such as "10.0.0.0/8", separated by commas`
	case o.typ == durationType:
		return fmt.Sprintf(`a time from %s to %s, such as "90s" or "15m"`, o.min, o.max)
	case o.typ.Kind() == reflect.Bool:
		return "true or false"
	case o.typ.Kind() == reflect.String:
		return "text"
	default:
		return fmt.Sprintf("a whole number from %s to %s", o.min, o.max)
	}
}

// holds reports whether the option accepts the value.
func (o option) holds(v reflect.Value) bool {
	switch {
	case o.isList():
		entries, ok := v.Interface().([]string)
		return ok && !slices.ContainsFunc(entries, func(entry string) bool { return !o.holdsEntry(entry) })
	case len(o.schemes) > 0:
		return v.String() == "" || o.holdsURL(v.String())
	case o.form == "host":
		_, ok := bareHost(v.String())
		return ok
	case o.oneof != "":
		return slices.Contains(strings.Fields(o.oneof), v.String())
	case v.Kind() == reflect.Bool:
		return true
	case v.Kind() == reflect.String:
		return o.within(int64(utf8.RuneCountInString(v.String())))
	default:
		return o.within(v.Int())
	}
}

// bareHost removes the brackets that an IPv6 address has in URLs. ok is false if
// the rest cannot be an address or a host name.
func bareHost(text string) (host string, ok bool) {
	if inner, bracketed := strings.CutPrefix(text, "["); bracketed {
		host, bracketed = strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(host)
		return host, bracketed && err == nil && address.Is6()
	}
	if strings.Contains(text, ":") {
		_, err := netip.ParseAddr(text)
		return text, err == nil
	}
	return text, !strings.ContainsAny(text, "[]/ ")
}

func (o option) holdsURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && slices.Contains(o.schemes, u.Scheme)
}

func (o option) holdsEntry(entry string) bool {
	switch o.each {
	case "origin":
		u, err := url.Parse(entry)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && entry == u.Scheme+"://"+u.Host
	case "network":
		_, err := parseNetwork(entry)
		return err == nil
	default:
		return true
	}
}

// within compares the number with min and max, if they are set.
func (o option) within(n int64) bool {
	return (o.min == "" || n >= o.bound(o.min)) && (o.max == "" || n <= o.bound(o.max))
}

// bound reads a bound from the table. A test checks that every bound is valid.
func (o option) bound(text string) int64 {
	if o.typ == durationType {
		d, err := time.ParseDuration(text)
		if err != nil {
			panic(err)
		}
		return int64(d)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
