// Package auth identifies users: password hashes, sessions for browsers, programs
// and sockets, and limits on attempts at log-in and sign-up. No other package
// knows what a session token is.
package auth
