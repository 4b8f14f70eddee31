import io.socket.client.*;
import java.net.URI;
import java.util.*;
import org.json.*;

/** A client of PartyChat with the official Java client; see the script run. */
public class Main {
  static final long START = System.currentTimeMillis();

  static synchronized void say(String text) {
    String line = (System.currentTimeMillis() - START) + " " + text;
    System.out.println(line.substring(0, Math.min(120, line.length())));
    System.out.flush();
  }

  public static void main(String[] args) throws Exception {
    IO.Options options = IO.Options.builder().setTransports(new String[] {args[1]}).build();
    options.auth = new HashMap<>();
    options.auth.put("protocol", "1");
    options.auth.put("token", args[2]);
    Socket socket = IO.socket(URI.create(args[0]), options);
    for (String event : new String[] {"connect", "connect_error", "disconnect", "ready", "message:put", "server:restart"}) {
      socket.on(event, values -> say(event + " " + Arrays.toString(values)));
    }
    socket.connect();
    Scanner in = new Scanner(System.in);
    while (in.hasNextLine()) {
      JSONObject message = new JSONObject().put("room", 1).put("clientId", in.nextLine()).put("body", "hello");
      socket.emit("message:send", new Object[] {message}, reply -> say("ack " + Arrays.toString(reply)));
    }
    System.exit(0);
  }
}
