package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.layout.JsonFields;
import dev.overlays.merge.oci.layout.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Optional;

/**
 * Turns name and password into what requests carry. A registry says without them what it wants; the
 * password goes to the registry itself or to its own server of tokens, and nowhere else.
 */
final class RegistryTokens {
  private static final int UNAUTHORIZED = 401;
  private static final int OK = 200;
  private static final int MAX_ANSWER = 1 << 20;
  private static final String ACTION = "give a token";

  private final HttpClient client;
  private final ImageReference reference;
  private final URI start;
  private final RegistryChoices choices;
  private final RegistryLogin login;
  private final RegistryRefusals refusals;
  private String pullHeader;
  private String pushHeader;

  /**
   * Makes no request yet.
   *
   * @param start the registry's address of all repositories
   */
  RegistryTokens(
      HttpClient client,
      ImageReference reference,
      URI start,
      RegistryChoices choices,
      RegistryLogin login,
      RegistryRefusals refusals) {
    this.client = client;
    this.reference = reference;
    this.start = start;
    this.choices = choices;
    this.login = login;
    this.refusals = refusals;
  }

  /** Returns the header Authorization for a request to the registry; null if it wants none. */
  synchronized String findHeader(boolean pushing) throws OverlayException {
    String known = pushing ? pushHeader : pullHeader;
    if (known == null) {
      known = askForHeader(pushing).orElse("");
      pushHeader = pushing ? known : pushHeader;
      pullHeader = pushing ? pullHeader : known;
    }
    return known.isEmpty() ? null : known;
  }

  /** Forgets what a registry does not take any more. */
  synchronized void forgetHeaders() {
    pushHeader = null;
    pullHeader = null;
  }

  private Optional<String> askForHeader(boolean pushing) throws OverlayException {
    TokenAnswer answer = send("tell how to log in", HttpRequest.newBuilder(start));
    if (answer.status() != UNAUTHORIZED) {
      return Optional.empty();
    }
    TokenChallenge challenge = TokenChallenge.parse(answer.challenge());
    if (challenge.isBasic()) {
      return Optional.of(basicHeader());
    }
    URI realm = challenge.realm().orElseThrow(() -> refusals.unknownChallenge(answer.challenge()));
    if (!TokenChallenge.mayHavePassword(realm, start, choices.tokenServer())) {
      throw refusals.foreignTokenServer(realm);
    }
    return Optional.of("Bearer " + fetchToken(realm, challenge, pushing));
  }

  private String basicHeader() {
    String pair = login.user() + ':' + login.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private String fetchToken(URI realm, TokenChallenge challenge, boolean pushing)
      throws OverlayException {
    String scope = "repository:" + reference.repository() + (pushing ? ":pull,push" : ":pull");
    String query = "scope=" + URLEncoder.encode(scope, UTF_8);
    String service = challenge.fields().get("service");
    if (service != null) {
      query += "&service=" + URLEncoder.encode(service, UTF_8);
    }
    URI address = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
    TokenAnswer answer =
        send(ACTION, HttpRequest.newBuilder(address).header("Authorization", basicHeader()));
    if (answer.status() != OK) {
      throw refusals.answered(ACTION, answer.status(), answer.body());
    }
    try {
      JsonFields fields = JsonFields.of(JsonText.parseObject(answer.body().getBytes(UTF_8)));
      Optional<String> token = fields.optionalText("token");
      return token.isPresent() ? token.get() : fields.text("access_token");
    } catch (IOException e) {
      throw refusals.refused(ACTION, "its answer has none");
    }
  }

  /** What a server answers. */
  private record TokenAnswer(int status, String challenge, String body) {}

  private TokenAnswer send(String action, HttpRequest.Builder request) throws OverlayException {
    HttpResponse<InputStream> response;
    try (SilenceWatch watch = SilenceWatch.interruptingCaller(choices.silenceLimit())) {
      watch.beginWait();
      try {
        response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (InterruptedException e) {
        if (watch.wasSilent()) {
          throw refusals.silent(choices.silenceLimit());
        }
        Thread.currentThread().interrupt();
        throw refusals.notReached(e);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusals.notReached(e);
    }
    try (InputStream body = new WatchedInput(response.body(), choices.silenceLimit(), refusals)) {
      byte[] bytes = body.readNBytes(MAX_ANSWER + 1);
      if (bytes.length > MAX_ANSWER) {
        throw refusals.refused(action, "its answer has more than " + MAX_ANSWER + " bytes");
      }
      return new TokenAnswer(
          response.statusCode(),
          response.headers().firstValue("WWW-Authenticate").orElse(""),
          new String(bytes, UTF_8));
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusals.notReached(e);
    }
  }
}
