package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A registry on loopback that does what a test says. It knows one repository, {@code team/cache}.
 */
public final class RegistryInMemory implements Closeable {
  private static final String PREFIX = "/v2/team/cache/";

  /** The blobs by digest. */
  public final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

  /** The manifests by tag and by digest. */
  public final Map<String, byte[]> manifests = new ConcurrentHashMap<>();

  /** Each request: its method, its path and how many bytes it had. */
  public final List<String> requests = new CopyOnWriteArrayList<>();

  String mediaType = "application/vnd.oci.image.manifest.v1+json";

  /** What a request must have as its header Authorization; null for nothing. */
  String authorization;

  /** What a request is told that is about something in the repository, if that is another. */
  Optional<String> laterChallenge = Optional.empty();

  /** What the server of tokens gives, to those that have a password. */
  String token = "secret";

  /** What a request without that is told. */
  String challenge = "Basic realm=\"test\"";

  /** Requests that begin like this get no answer, or half a blob; null for none. */
  volatile String silentAt;

  /** Where uploads are sent; empty for the registry itself. */
  String uploadServer = "";

  /** What each request had as its header Authorization, after its method and path. */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  boolean ranges = true;

  /** How often a download of a blob breaks off in the middle. */
  final AtomicInteger breaks = new AtomicInteger();

  /** The status of an upload; 0 for the right one. */
  public int uploadStatus;

  static {
    // Otherwise each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Starts a registry that has nothing. */
  public RegistryInMemory() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns an image of the repository, by {@code :TAG} or {@code @DIGEST}. */
  public OciRegistry image(String version) {
    return OciRegistry.of(host() + "/team/cache" + version).credentialFiles(List.of());
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the requests of one method. */
  public Stream<String> requestsOf(String method) {
    return requests.stream().filter(request -> request.startsWith(method + ' '));
  }

  /** Adds a blob, and returns its digest. */
  public String putBlob(byte[] content) {
    blobs.put(digest(content), content);
    return digest(content);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String request = exchange.getRequestMethod() + ' ' + exchange.getRequestURI().getPath();
      authorizations.add(request + ' ' + exchange.getRequestHeaders().getFirst("Authorization"));
      if (silentAt != null
          && request.startsWith(silentAt)
          && !request.startsWith("GET /v2/team/cache/blobs")) {
        stayOpen();
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + ' ' + path + ' ' + body.length);
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (path.equals("/token") && given == null) {
        send(exchange, 401, error("you are nobody"));
      } else if (path.equals("/token")) {
        send(exchange, 200, ("{\"token\":\"" + token + "\",\"expires_in\":300}").getBytes(UTF_8));
      } else if (path.equals("/v2/") && authorization == null) {
        send(exchange, 200, new byte[0]);
      } else if (authorization != null && !authorization.equals(given)) {
        exchange
            .getResponseHeaders()
            .set(
                "WWW-Authenticate",
                path.equals("/v2/") ? challenge : laterChallenge.orElse(challenge));
        send(exchange, 401, error("you are nobody"));
      } else {
        answerKnown(exchange, path.substring(PREFIX.length()), body);
      }
    }
  }

  private void stayOpen() throws IOException {
    try {
      closing.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void answerKnown(HttpExchange exchange, String path, byte[] body) throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    switch (exchange.getRequestMethod()) {
      case "POST" -> {
        exchange
            .getResponseHeaders()
            .set("Location", uploadServer + PREFIX + "blobs/uploads/1?state=a%2Fb");
        send(exchange, 202, new byte[0]);
      }
      case "PUT" -> answerPut(exchange, path, name, body);
      default -> {
        byte[] found = path.startsWith("manifests/") ? manifests.get(name) : blobs.get(name);
        if (found == null) {
          send(exchange, 404, error("unknown"));
        } else if (path.startsWith("manifests/")) {
          exchange.getResponseHeaders().set("Content-Type", mediaType);
          exchange.getResponseHeaders().set("Docker-Content-Digest", digest(found));
          send(exchange, 200, found);
        } else {
          sendBlob(exchange, found);
        }
      }
    }
  }

  private void answerPut(HttpExchange exchange, String path, String name, byte[] body)
      throws IOException {
    String digest = digest(body);
    if (path.startsWith("manifests/")) {
      manifests.put(name, body);
      manifests.put(digest, body);
    } else if (uploadStatus != 0) {
      send(exchange, uploadStatus, error("the disk is full"));
      return;
    } else {
      blobs.put(digest, body);
    }
    exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
    send(exchange, 201, new byte[0]);
  }

  private void sendBlob(HttpExchange exchange, byte[] blob) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    boolean partial = range != null && ranges;
    int from = partial ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
    byte[] part = Arrays.copyOfRange(blob, from, blob.length);
    boolean silent = silentAt != null && silentAt.startsWith("GET /v2/team/cache/blobs");
    if (exchange.getRequestMethod().equals("GET") && silent) {
      exchange.sendResponseHeaders(200, blob.length);
      exchange.getResponseBody().write(blob, 0, blob.length / 2);
      exchange.getResponseBody().flush();
      stayOpen();
    }
    if (exchange.getRequestMethod().equals("GET")
        && part.length > 1
        && breaks.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      exchange.sendResponseHeaders(partial ? 206 : 200, part.length);
      OutputStream out = exchange.getResponseBody();
      out.write(part, 0, part.length / 2);
      out.flush();
      return;
    }
    send(exchange, partial ? 206 : 200, part);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private static byte[] error(String message) {
    return ("{\"errors\":[{\"code\":\"X\",\"message\":\"" + message + "\"}]}").getBytes(UTF_8);
  }

  /** Returns the digest of a blob. */
  public static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
