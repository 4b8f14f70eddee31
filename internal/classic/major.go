package classic

import "partychat/socketio"

// clientMajor tells official clients of 1.x and 2.x, for which it is 2, from later ones,
// for which it is 4.
func clientMajor(s *socketio.Socket) int {
	if s.Session().Protocol() == 3 {
		return 2
	}
	return 4
}
