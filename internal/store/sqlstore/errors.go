package sqlstore

import "partychat/internal/chat"

// NoUser is the error for a user who does not exist.
func NoUser() error {
	return chat.ErrorIn("user", chat.CodeNotFound, "There is no such user.")
}

// NoRoom is the error for a room that does not exist.
func NoRoom() error {
	return chat.ErrorIn("room", chat.CodeNotFound, "There is no such room.")
}

// NoMessage is the error for a message that does not exist.
func NoMessage() error {
	return chat.Errorf(chat.CodeNotFound, "There is no such message.")
}

// NoMember is the error for a membership that does not exist.
func NoMember() error {
	return chat.ErrorIn("room", chat.CodeNotFound, "The user is not a member of this room.")
}

// NoPlace is the error for a cursor that no page has given.
func NoPlace() error {
	return chat.ErrorIn("after", chat.CodeInvalid, "This is not a position in this list.")
}

func noSession() error {
	return chat.Errorf(chat.CodeNotFound, "There is no such session.")
}

func noInvitation() error {
	return chat.ErrorIn("invitation", chat.CodeNotFound, "This invitation is no longer valid.")
}

func roomNameTaken() error {
	return chat.ErrorIn("name", chat.CodeTaken, "A room with this name already exists. Try another one.")
}

func roomNameAlike() error {
	return chat.ErrorIn("name", chat.CodeTaken, "A room with a name that looks the same already exists. Try another one.")
}

func usernameTaken() error {
	return chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
}

func usernameAlike() error {
	return chat.ErrorIn("username", chat.CodeTaken, "This name looks like somebody else's. Try another one.")
}
