package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where passwords and tokens go, and where not. */
class RegistryLoginTest extends RegistryTestBase {
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:password".getBytes(UTF_8));

  RegistryLoginTest() throws IOException {}

  private OciRegistry place() {
    return registry.image(":v1").credentials("me", "password");
  }

  private String port() {
    return registry.host().replaceFirst(".*:", "");
  }

  private void wantTokenOf(String host) {
    registry.authorization = "Bearer secret";
    registry.challenge =
        "Bearer realm=\"http://" + host + "/token\",service=\"test\",scope=\"repository:x:pull\"";
  }

  private List<String> requestsWith(String credential) {
    return registry.authorizations.stream().filter(each -> each.endsWith(credential)).toList();
  }

  @Test
  void passwordGoesToTheServerOfTokensAlone() throws IOException {
    wantTokenOf(registry.host());
    place().push(image);
    assertEquals(
        List.of("GET /token " + BASIC, "GET /token " + BASIC),
        requestsWith(BASIC),
        "pull and push");
    assertTrue(requestsWith("Bearer secret").size() > 3);
  }

  @Test
  void passwordDoesNotGoToAForeignServer() throws IOException {
    wantTokenOf("localhost:" + port());
    OverlayException e = assertThrows(OverlayException.class, () -> place().push(image));
    assertEquals(ProblemCode.REGISTRY_DENIED, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains("http://localhost:" + port() + "/token"), e.toString());
    assertEquals(List.of(), requestsWith(BASIC));
    assertEquals(List.of("GET /v2/ 0"), registry.requests);
    place().tokenServer("localhost").push(image);
    assertEquals(2, requestsWith(BASIC).size());
  }

  @Test
  void unknownWaysToLogInAreTold() {
    registry.authorization = "Negotiate x";
    registry.challenge = "Negotiate";
    OverlayException e = assertThrows(OverlayException.class, () -> place().push(image));
    assertEquals(ProblemCode.REGISTRY_DENIED, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains("Negotiate"), e.toString());
    assertEquals(List.of(), requestsWith(BASIC));
  }

  @Test
  void openRegistryGetsNoPassword() throws IOException {
    place().push(image);
    assertEquals(List.of(), requestsWith(BASIC));
  }

  @Test
  void tokenThatExpiresIsFetchedAgain() throws IOException {
    wantTokenOf(registry.host());
    OciRegistry slow =
        place()
            .progress(
                done -> {
                  registry.token = "next";
                  registry.authorization = "Bearer next";
                });
    slow.push(image);
    assertEquals(Optional.of(image.digest()), place().digest());
  }

  /** It says one thing to those who ask how to log in, and another one to those who have. */
  @Test
  void passwordDoesNotGoWhereALaterAnswerSays() {
    registry.authorization = "Bearer none";
    registry.laterChallenge =
        Optional.of(
            "Bearer realm=\"http://localhost:" + port() + "/token\",service=\"s\",scope=\"x\"");
    assertThrows(OverlayException.class, () -> place().push(image));
    List<String> asked =
        registry.authorizations.stream().filter(each -> each.startsWith("GET /token")).toList();
    assertTrue(!asked.isEmpty() && asked.stream().allMatch(each -> each.endsWith(" null")));
  }

  /** An upload may go to another host, which needs no token of this one. */
  @Test
  void uploadToAnotherHostCarriesNoToken() {
    registry.authorization = BASIC;
    registry.uploadServer = "http://localhost:" + port();
    assertThrows(OverlayException.class, () -> place().push(image));
    List<String> uploads =
        registry.authorizations.stream().filter(each -> each.startsWith("PUT")).toList();
    assertTrue(!uploads.isEmpty() && uploads.stream().allMatch(each -> each.endsWith(" null")));
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example/v2/, https://registry.example/token, true",
    "https://registry.example/v2/, https://registry.example:444/token, true",
    "https://registry.example/v2/, http://registry.example/token, false",
    "http://registry.example/v2/, http://registry.example/token, true",
    "http://registry.example/v2/, http://other.example/token, false",
    "https://registry.example.org/v2/, https://example.org/jwt/auth, true",
    "https://registry.example.org/v2/, https://org/token, false",
    "https://example.org/v2/, https://auth.example.org/token, true",
    "https://a.example.org/v2/, https://b.example.org/token, false",
    "https://a.example.org/v2/, https://b.a.example.org.evil.example/token, false",
    "https://aexample.org/v2/, https://example.org/token, false",
    "https://registry-1.docker.io/v2/, https://auth.docker.io/token, true",
    "https://registry-1.docker.io/v2/, http://auth.docker.io/token, false",
    "https://evil.example/v2/, https://auth.docker.io/token, false",
    "https://10.0.0.1/v2/, https://0.0.1/token, false",
    "https://REGISTRY.example/v2/, https://registry.EXAMPLE/token, true",
    "https://registry.example/v2/, https://allowed.example/token, true",
    "https://registry.example/v2/, http://allowed.example/token, false"
  })
  void serverOfTokensBelongsToTheRegistryOrIsAllowed(String registry, String realm, boolean may) {
    assertEquals(
        may,
        TokenChallenge.mayHavePassword(URI.create(realm), URI.create(registry), "allowed.example"));
  }

  @Test
  void challengesAreRead() {
    TokenChallenge challenge =
        TokenChallenge.parse("bearer Realm=\"https://a.example/t?x=1\", service=s,scope=\"a b\"");
    assertEquals("bearer", challenge.scheme());
    assertEquals(URI.create("https://a.example/t?x=1"), challenge.realm().orElseThrow());
    assertEquals("s", challenge.fields().get("service"));
    assertEquals("a b", challenge.fields().get("scope"));
    assertEquals(Map.of(), TokenChallenge.parse("Basic").fields());
    for (String realm : List.of("", "/token", "https://u:p@a.example/", "https://", "a b")) {
      assertEquals(
          Optional.empty(), TokenChallenge.parse("Bearer realm=\"" + realm + "\"").realm(), realm);
    }
  }
}
