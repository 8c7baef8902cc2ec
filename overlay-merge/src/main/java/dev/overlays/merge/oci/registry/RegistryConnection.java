package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.layout.ImageMediaTypes;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import land.oras.ContainerRef;
import land.oras.auth.AuthProvider;
import land.oras.auth.HttpClient;
import land.oras.auth.HttpClient.ResponseWrapper;
import land.oras.auth.NoAuthProvider;
import land.oras.auth.Scope;
import land.oras.auth.Scopes;
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
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int ERROR_BYTES = 1 << 14;

  private final ImageReference reference;
  private final boolean plainHttp;
  private final RegistryRefusals refusals;
  private final HttpClient client;
  private final Duration silenceLimit;
  private final Optional<RegistryTokens> tokens;
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
    // ORAS takes a host without dot and port for a part of the repository.
    String host = reference.host().equals("localhost") ? "localhost:80" : reference.host();
    ContainerRef repository =
        ContainerRef.parse(
            host.replaceAll("[\\[\\]]", "").replace("::", ".") + '/' + reference.repository());
    // ORAS keeps tokens for everybody in this JVM; with a service that nobody has, none is found.
    String service = login.isPresent() ? "none" : null;
    this.pull = Scopes.of(repository, Scope.PULL).withService(service);
    this.push = Scopes.of(repository, Scope.PULL, Scope.PUSH).withService(service);
    this.silenceLimit = choices.silenceLimit();
    RegistryClients clients = clientsTrusting(choices.certificates());
    this.client = clients.requests();
    this.tokens =
        login.map(
            known ->
                new RegistryTokens(
                    clients.logins(),
                    reference,
                    reference.start(plainHttp),
                    choices,
                    known,
                    refusals));
  }

  private RegistryClients clientsTrusting(Path certificates) throws OverlayException {
    try {
      return RegistryClients.trusting(certificates);
    } catch (IOException | GeneralSecurityException | OrasException e) {
      throw refusals.unusableCertificates(certificates, e);
    }
  }

  RegistryRefusals refusals() {
    return refusals;
  }

  /** One request, which may be sent again with another token. */
  private interface Request<T> {
    ResponseWrapper<T> send(AuthProvider login, SilenceWatch watch);
  }

  private <T> ResponseWrapper<T> send(String action, boolean pushing, Request<T> request)
      throws OverlayException {
    if (tokens.isEmpty()) {
      return sendOnce(action, new NoAuthProvider(), request);
    }
    AuthProvider login = loginFor(pushing);
    ResponseWrapper<T> answer = null;
    try {
      answer = sendOnce(action, login, request);
    } catch (OverlayException e) {
      if (!e.has(ProblemCode.REGISTRY_DENIED)) {
        throw e;
      }
    }
    if (answer != null && answer.statusCode() != UNAUTHORIZED) {
      return answer;
    }
    // The token may have expired.
    tokens.get().forgetHeaders();
    return sendOnce(action, loginFor(pushing), request);
  }

  private AuthProvider loginFor(boolean pushing) throws OverlayException {
    return new FirstRequestLogin(tokens.get().findHeader(pushing));
  }

  private <T> ResponseWrapper<T> sendOnce(String action, AuthProvider login, Request<T> request)
      throws OverlayException {
    try (SilenceWatch watch = SilenceWatch.interruptingCaller(silenceLimit)) {
      watch.beginWait();
      try {
        return request.send(login, watch);
      } catch (OrasException e) {
        if (watch.wasSilent()) {
          throw refusals.silent(silenceLimit);
        }
        throw failed(action, e);
      }
    }
  }

  private OverlayException failed(String action, OrasException e) {
    if (e.getStatusCode() >= 0) {
      return refusals.answered(action, e.getStatusCode(), e.getMessage());
    }
    Throwable cause = e.getCause();
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return refusals.notReached(cause != null ? cause : e);
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
            false,
            (login, watch) -> client.head(address("blobs/" + digest), Map.of(), pull, login));
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
            true,
            (login, watch) ->
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
            true,
            (login, watch) ->
                client.upload(
                    target,
                    blob.size(),
                    Map.of(CONTENT_TYPE, OCTETS),
                    () -> new SentInput(content.get(), watch),
                    push,
                    isOwn(target) ? login : new NoAuthProvider()));
    requireStored(action, end, blob.digest());
  }

  private InputStream watched(ResponseWrapper<InputStream> answer) {
    return new WatchedInput(answer.response(), silenceLimit, refusals);
  }

  /** Whether an address is the registry's own, which may have its token. */
  private boolean isOwn(URI target) {
    URI start = reference.start(plainHttp);
    return start.getScheme().equals(target.getScheme())
        && start.getRawAuthority().equalsIgnoreCase(target.getRawAuthority());
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
            true,
            (login, watch) ->
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
            false,
            (login, watch) ->
                client.download(address("blobs/" + blob.digest()), headers, pull, login));
    boolean partial = from > 0 && answer.statusCode() == PARTIAL;
    if (answer.statusCode() == NOT_FOUND) {
      answer.response().close();
      throw new ImageRefusals(Optional.empty(), reference.toString()).missingBlob(blob.digest());
    }
    if (!partial && answer.statusCode() != OK) {
      throw failedDownload("give a blob", answer);
    }
    return new RegistryDownload(watched(answer), partial ? from : 0, "");
  }

  /** Asks for the manifest; the media type of the answer is that of the manifest. */
  Optional<RegistryDownload> openManifest() throws IOException {
    ResponseWrapper<InputStream> answer =
        send(
            "give the manifest",
            false,
            (login, watch) ->
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
        new RegistryDownload(watched(answer), 0, mediaType.replaceFirst(";.*", "").strip()));
  }

  private OverlayException failedDownload(String action, ResponseWrapper<InputStream> answer)
      throws IOException {
    try (InputStream body = watched(answer)) {
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
            false,
            (login, watch) ->
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
