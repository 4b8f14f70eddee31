// Package picture finds out what an uploaded file is, removes from pictures what says
// where and with what they were taken, and makes thumbnails. It parses files that
// others made: every parser takes linear time, and checks sizes before it allocates.
package picture

import "errors"

// errBroken means that the file is not what its first bytes say.
var errBroken = errors.New("the file is broken")
