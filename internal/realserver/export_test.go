//go:build unix

package realserver

// LookNowhereElse makes program searches use PATH only, until undo is called.
func LookNowhereElse() (undo func()) {
	before := postgresFolders
	postgresFolders = nil
	return func() { postgresFolders = before }
}
