//go:build unix

package realserver

// LookNowhereElse finds programs in PATH only, until the function it gives is called.
func LookNowhereElse() (undo func()) {
	before := postgresFolders
	postgresFolders = nil
	return func() { postgresFolders = before }
}
