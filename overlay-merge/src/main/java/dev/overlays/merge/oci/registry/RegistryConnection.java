package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.layout.ImageMediaTypes;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import land.oras.ContainerRef;
import land.oras.auth.AuthProvider;
import land.oras.auth.HttpClient;
import land.oras.auth.HttpClient.ResponseWrapper;
import land.oras.auth.NoAuthProvider;
import land.oras.auth.Scope;
import land.oras.auth.Scopes;
import land.oras.auth.UsernamePasswordProvider;
import land.oras.exception.OrasException;

/**
 * The requests to one repository. ORAS' client sends them, with tokens and redirects; which ones
 * are sent is decided here: its own {@code Registry} (0.7.0) sends a file twice to a registry that
 * answers the first time with 202, reads manifests of any length, and cannot go on with a download.
 */
final class RegistryConnection {
  private static final String OCTETS = "application/octet-stream";
  private static final String CONTENT_TYPE = "Content-Type";
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;
  private static final int PARTIAL = 206;
  private static final int NOT_FOUND = 404;
  private static final int ERROR_BYTES = 1 << 14;

  /**
   * One client for all connections with the same certificates: it has a thread and keeps
   * connections, and nobody can close it.
   */
  private static final Map<String, HttpClient> CLIENTS = new ConcurrentHashMap<>();

  private final ImageReference reference;
  private final boolean plainHttp;
  private final RegistryRefusals refusals;
  private final HttpClient client;
  private final AuthProvider login;
  private final Scopes pull;

  /** With both rights, as registries name them: the client keeps the token of the first request. */
  private final Scopes push;

  RegistryConnection(
      ImageReference reference, RegistryChoices choices, Optional<RegistryLogin> login)
      throws OverlayException {
    this.reference = reference;
    this.refusals = new RegistryRefusals(reference);
    Boolean http = choices.plainHttp();
    this.plainHttp = http != null ? http : reference.isLoopback();
    this.login =
        login.isPresent()
            ? new UsernamePasswordProvider(login.get().user(), login.get().password())
            : new NoAuthProvider();
    // ORAS takes a host without dot and port for a part of the repository.
    String host = reference.host().equals("localhost") ? "localhost:80" : reference.host();
    ContainerRef repository =
        ContainerRef.parse(
            host.replaceAll("[\\[\\]]", "").replace("::", ".") + '/' + reference.repository());
    this.pull = Scopes.of(repository, Scope.PULL);
    this.push = Scopes.of(repository, Scope.PULL, Scope.PUSH);
    this.client = clientTrusting(choices.certificates());
  }

  private HttpClient clientTrusting(Path certificates) throws OverlayException {
    try {
      // An empty file trusts nobody.
      String authorities = certificates == null ? "" : Files.readString(certificates) + '\n';
      return CLIENTS.computeIfAbsent(
          authorities,
          trusted -> {
            HttpClient.Builder builder = HttpClient.Builder.builder();
            return (trusted.isEmpty() ? builder : builder.withCaContent(trusted)).build();
          });
    } catch (IOException | OrasException e) {
      throw refusals.unusableCertificates(certificates, e);
    }
  }

  RegistryRefusals refusals() {
    return refusals;
  }

  /** One request. */
  private interface Request<T> {
    ResponseWrapper<T> send();
  }

  private <T> ResponseWrapper<T> send(String action, Request<T> request) throws OverlayException {
    try {
      return request.send();
    } catch (OrasException e) {
      if (e.getStatusCode() >= 0) {
        throw refusals.answered(action, e.getStatusCode(), e.getMessage());
      }
      Throwable cause = e.getCause();
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw refusals.notReached(cause != null ? cause : e);
    }
  }

  private URI address(String path) {
    return reference.address(plainHttp, path);
  }

  private static Optional<String> header(ResponseWrapper<?> response, String name) {
    return response.headers().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  boolean hasBlob(String digest) throws OverlayException {
    ResponseWrapper<String> answer =
        send(
            "tell which blobs it has",
            () -> client.head(address("blobs/" + digest), Map.of(), pull, login));
    if (answer.statusCode() != OK && answer.statusCode() != NOT_FOUND) {
      throw refusals.answered("tell which blobs it has", answer.statusCode(), answer.response());
    }
    return answer.statusCode() == OK;
  }

  /** Sends a blob: its bytes go once, in the second request, when it is known where to. */
  void pushBlob(OciDescriptor blob, Supplier<InputStream> content) throws OverlayException {
    String action = "take a blob";
    ResponseWrapper<String> start =
        send(
            action,
            () ->
                client.post(
                    address("blobs/uploads/"),
                    new byte[0],
                    Map.of(CONTENT_TYPE, OCTETS),
                    push,
                    login));
    if (start.statusCode() != ACCEPTED) {
      throw refusals.answered(action, start.statusCode(), start.response());
    }
    URI target = uploadAddress(start, blob.digest());
    ResponseWrapper<String> end =
        send(
            action,
            () ->
                client.upload(
                    target, blob.size(), Map.of(CONTENT_TYPE, OCTETS), content, push, login));
    requireStored(action, end, blob.digest());
  }

  private URI uploadAddress(ResponseWrapper<String> start, String digest) throws OverlayException {
    Optional<String> location = header(start, "Location");
    try {
      URI upload = address("blobs/uploads/").resolve(location.orElseThrow());
      String separator = upload.getRawQuery() == null ? "?" : "&";
      return URI.create(upload + separator + "digest=" + digest);
    } catch (RuntimeException e) {
      throw refusals.refused("take a blob", "it does not say where to send it: " + location);
    }
  }

  private void requireStored(String action, ResponseWrapper<String> answer, String digest)
      throws OverlayException {
    if (answer.statusCode() != CREATED) {
      throw refusals.answered(action, answer.statusCode(), answer.response());
    }
    Optional<String> stored = header(answer, "Docker-Content-Digest");
    if (stored.isPresent() && !stored.get().equals(digest)) {
      throw refusals.refused(action, "it has stored " + stored.get() + " instead of " + digest);
    }
  }

  void pushManifest(OciDescriptor manifest, byte[] content) throws OverlayException {
    String action = "take the manifest";
    requireStored(
        action,
        send(
            action,
            () ->
                client.put(
                    address("manifests/" + reference.version()),
                    content,
                    Map.of(CONTENT_TYPE, manifest.mediaType()),
                    push,
                    login)),
        manifest.digest());
  }

  /** Asks for a part of a blob, from an offset to its end. */
  RegistryDownload openBlob(OciDescriptor blob, long from) throws IOException {
    Map<String, String> headers = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + '-');
    ResponseWrapper<InputStream> answer =
        send(
            "give a blob",
            () -> client.download(address("blobs/" + blob.digest()), headers, pull, login));
    boolean partial = from > 0 && answer.statusCode() == PARTIAL;
    if (answer.statusCode() == NOT_FOUND) {
      answer.response().close();
      throw new ImageRefusals(Optional.empty(), reference.toString()).missingBlob(blob.digest());
    }
    if (!partial && answer.statusCode() != OK) {
      throw failedDownload("give a blob", answer);
    }
    return new RegistryDownload(answer.response(), partial ? from : 0, "");
  }

  /** Asks for the manifest; the media type of the answer is that of the manifest. */
  Optional<RegistryDownload> openManifest() throws IOException {
    ResponseWrapper<InputStream> answer =
        send(
            "give the manifest",
            () ->
                client.download(
                    address("manifests/" + reference.version()),
                    Map.of("Accept", ImageMediaTypes.acceptedManifests()),
                    pull,
                    login));
    if (answer.statusCode() == NOT_FOUND) {
      answer.response().close();
      return Optional.empty();
    }
    if (answer.statusCode() != OK) {
      throw failedDownload("give the manifest", answer);
    }
    String mediaType = header(answer, CONTENT_TYPE).orElse(ImageMediaTypes.MANIFEST);
    return Optional.of(
        new RegistryDownload(answer.response(), 0, mediaType.replaceFirst(";.*", "").strip()));
  }

  private OverlayException failedDownload(String action, ResponseWrapper<InputStream> answer)
      throws IOException {
    try (InputStream body = answer.response()) {
      String text = new String(body.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
      return refusals.answered(action, answer.statusCode(), text);
    }
  }

  /** Asks for the digest of the manifest only. */
  Optional<String> manifestDigest() throws OverlayException {
    String action = "tell the digest of the manifest";
    ResponseWrapper<String> answer =
        send(
            action,
            () ->
                client.head(
                    address("manifests/" + reference.version()),
                    Map.of("Accept", ImageMediaTypes.acceptedManifests()),
                    pull,
                    login));
    if (answer.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.statusCode() != OK) {
      throw refusals.answered(action, answer.statusCode(), answer.response());
    }
    Optional<String> digest = header(answer, "Docker-Content-Digest");
    if (digest.isEmpty()) {
      throw refusals.refused(action, "its answer has none");
    }
    return digest;
  }
}
