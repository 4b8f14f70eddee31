// A client of PartyChat with the official C++ client, which knows WebSocket alone; see the script run.
#include <sio_client.h>

#include <chrono>
#include <iostream>
#include <mutex>

static const auto start = std::chrono::steady_clock::now();

static void say(const std::string& text) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  const auto passed = std::chrono::steady_clock::now() - start;
  std::cout << std::chrono::duration_cast<std::chrono::milliseconds>(passed).count() << " " << text.substr(0, 120) << std::endl;
}

int main(int, char** argv) {
  sio::client client;
  client.set_reconnect_delay(500);
  client.set_close_listener([](sio::client::close_reason const&) { say("disconnect"); });
  client.set_reconnecting_listener([] { say("disconnect, and reconnecting"); });
  client.set_socket_open_listener([](std::string const&) { say("connect"); });
  auto socket = client.socket();
  for (const std::string event : {"ready", "message:put", "server:restart"}) {
    socket->on(event, [event](sio::event&) { say(event); });
  }
  // It has no auth: the protocol is in the query, the token in a header.
  client.connect(argv[1], {{"protocol", "1"}}, {{"Authorization", std::string("Bearer ") + argv[3]}});
  for (std::string id; std::getline(std::cin, id);) {
    auto message = sio::object_message::create();
    message->get_map()["room"] = sio::int_message::create(1);
    message->get_map()["clientId"] = sio::string_message::create(id);
    message->get_map()["body"] = sio::string_message::create("hello");
    socket->emit("message:send", message, [](sio::message::list const& reply) {
      say(reply.size() > 0 && reply[0]->get_map()["ok"]->get_bool() ? "ack ok" : "ack not ok");
    });
  }
  std::_Exit(0);
}
