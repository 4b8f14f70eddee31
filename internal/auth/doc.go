// Package auth says who is asking: password hashes, sessions for browsers,
// programs and sockets, and limits on attempts at log-in and sign-up. It is
// the only place that knows what a session token is.
package auth
