package postgres

import "partychat/internal/chat"

// talk is what an author's membership says of a conversation.
type talk struct {
	peer              chat.UserID
	hidden, peersSide int64 // until which seq it is hidden from their lists
}

// shows notes whose lists the message of that seq returns the conversation to.
func (t talk) shows(job *appending, seq int64) {
	if job.input.Act == nil {
		return
	}
	job.input.Act.Shows = nil
	if t.hidden == seq {
		job.input.Act.Shows = append(job.input.Act.Shows, job.input.Author)
	}
	if t.peersSide == seq {
		job.input.Act.Shows = append(job.input.Act.Shows, t.peer)
	}
}
