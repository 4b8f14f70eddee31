package app

import (
	"net/http"
	"testing"

	"partychat/internal/wire"
)

func TestNobodyCanSpeakInTheServersName(t *testing.T) {
	c := settings(t.TempDir())
	c.Classic, c.TrustedProxies = true, []string{"127.0.0.1"}
	server := start(t, c)
	for _, name := range []string{"PartyChat", "partychat", "Pаrtychаt", "ＰartyChat"} { // the third has Cyrillic letters
		refused := struct{ Error wire.ErrorInfo }{}
		server.call(http.MethodPost, "/api/v1/users", "", map[string]any{"username": name, "password": "correct horse"}, http.StatusConflict, &refused)
		if refused.Error.Code != "taken" || refused.Error.Field != "username" {
			t.Errorf("%s: got %+v", name, refused.Error)
		}
	}
	awaitsPeople(t, server.cord("192.0.2.1", "PartyChat", "den"), "PartyChat-2")
	awaitsPeople(t, server.cord("192.0.2.2", "Pаrtychаt", "attic"), "Pаrtychаt-3")
}
