package httpapi

import (
	"net/http"
	"strconv"
	"strings"
)

// codings are the content encodings of the built files, by file extension, in the
// order of preference.
var codings = []struct{ name, ending string }{
	{"br", ".br"},    // RFC 7932
	{"zstd", ".zst"}, // RFC 8878
	{"gzip", ".gz"},  // RFC 1952
	{"identity", ""}, // as it is
}

// accepted holds how much a client prefers each encoding: RFC 9110 section
// 12.5.3.
type accepted struct {
	weights map[string]float64 // nil if the client sent no header
	others  float64            // of encodings that are not named; negative if not given
}

func acceptedCodings(h http.Header) accepted {
	lines := h.Values("Accept-Encoding")
	if len(lines) == 0 {
		return accepted{}
	}
	a := accepted{weights: map[string]float64{}, others: -1}
	for entry := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, parameters, _ := strings.Cut(entry, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		switch name {
		case "":
		case "*":
			a.others = weight(parameters)
		case "x-gzip":
			a.weights["gzip"] = weight(parameters)
		default:
			a.weights[name] = weight(parameters)
		}
	}
	return a
}

// weight parses “;q=”, from 0 to 1. An unknown parameter counts as 0, because the
// client asks for something unknown.
func weight(parameters string) float64 {
	text, found := strings.CutPrefix(strings.ToLower(strings.Join(strings.Fields(parameters), "")), "q=")
	if !found {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// of returns the weight of an encoding. The plain file is acceptable unless the
// client excludes it, but only if nothing else is.
func (a accepted) of(coding string) float64 {
	const lastResort = 1e-6
	w, named := a.weights[coding]
	switch {
	case named:
		return w
	case a.weights != nil && a.others >= 0:
		return a.others
	case coding == "identity":
		return lastResort
	default:
		return 0
	}
}
