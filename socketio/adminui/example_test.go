package adminui_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"golang.org/x/crypto/bcrypt"

	"partychat/engineio"
	"partychat/socketio"
	"partychat/socketio/adminui"
)

// The page of npm's @socket.io/admin-ui shows the sockets and rooms of this server to those who have
// the password.
func ExampleInstrument() {
	traffic := &engineio.Traffic{}
	server := socketio.NewServer(socketio.Options{Engine: engineio.Options{Traffic: traffic}})
	hash, err := bcrypt.GenerateFromPassword([]byte("a long password"), bcrypt.DefaultCost) // once, and keep the hash
	if err != nil {
		fmt.Println(err)
		return
	}
	admin, err := adminui.Instrument(server, adminui.Options{
		Username: "admin", PasswordHash: string(hash), ReadOnly: true, Traffic: traffic,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer admin.Close()

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", server)
	mux.Handle("/", http.FileServer(http.Dir("node_modules/@socket.io/admin-ui/ui/dist")))
	web := httptest.NewServer(mux)
	defer web.Close()
	fmt.Println(server.Lookup("/admin") != nil)
	// Output: true
}
