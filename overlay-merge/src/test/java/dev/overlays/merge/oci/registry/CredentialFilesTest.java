package dev.overlays.merge.oci.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credentials in the files of podman and docker. */
class CredentialFilesTest {
  private static final ImageReference REFERENCE =
      ImageReference.parse("registry.example:5000/team/cache:v1");

  @TempDir private Path home;

  private Optional<RegistryLogin> find(String... contents) throws IOException {
    Path first = home.resolve("first");
    Path second = home.resolve("second");
    Files.deleteIfExists(second);
    Files.writeString(first, contents[0]);
    if (contents.length > 1) {
      Files.writeString(second, contents[1]);
    }
    return new CredentialFiles(List.of(first, second)).find(REFERENCE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "registry.example:5000",
        "registry.example:5000/team",
        "registry.example:5000/team/cache",
        "https://registry.example:5000",
        "https://registry.example:5000/v1/",
        "http://registry.example:5000/v2/"
      })
  void everyKeyForTheRepositoryCounts(String key) throws IOException {
    assertEquals(
        Optional.of(new RegistryLogin("me", "a:b")),
        find("{\"auths\":{\"" + key + "\":{\"auth\":\"bWU6YTpi\",\"email\":\"x\"}}}"));
  }

  @Test
  void mostSpecificKeyWins() throws IOException {
    assertEquals(
        "you",
        find("{\"auths\":{\"registry.example:5000\":{\"auth\":\"bWU6YTpi\"},"
                + "\"registry.example:5000/team\":{\"auth\":\"eW91OmM=\"}}}")
            .orElseThrow()
            .user());
  }

  @Test
  void nextFileIsAskedForWhatTheFirstHasNot() throws IOException {
    String login = "{\"auths\":{\"registry.example:5000\":{\"auth\":\"bWU6YTpi\"}}}";
    assertTrue(find("{\"credHelpers\":{\"other.example\":\"x\"}}", login).isPresent());
    assertTrue(find("{\"auths\":{\"registry.example:5000\":{}}}", login).isPresent());
    assertFalse(find("{\"auths\":{\"registry.example\":{\"auth\":\"bWU6YTpi\"}}}").isPresent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | JSON",
        "{\"auths\":[]} | auths is no object",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":\"bWU=\"}}} | colon",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":\"?\"}}} | base64",
        "{\"auths\":{\"registry.example:5000\":{\"identitytoken\":\"x\"}}} | identity token",
        "{\"credsStore\":\"../x\"} | ../x",
        "{\"credHelpers\":{\"registry.example:5000\":\"overlays-missing\"}}"
            + " | docker-credential-overlays-missing"
      })
  void whatCannotBeReadIsTold(String content, String mentioned) {
    OverlayException e = assertThrows(OverlayException.class, () -> find(content));
    assertTrue(e.has(ProblemCode.REGISTRY_DENIED), e.toString());
    assertEquals(home.resolve("first"), e.problems().get(0).path().orElseThrow());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  @Test
  void filesAreThoseOfTheEnvironment() {
    assertEquals(
        List.of(Path.of("/x")),
        CredentialFiles.ofEnvironment(Map.of("REGISTRY_AUTH_FILE", "/x"), home).paths());
    assertEquals(
        List.of(
            Path.of("/run/me/containers/auth.json"),
            home.resolve(".config/containers/auth.json"),
            home.resolve(".docker/config.json")),
        CredentialFiles.ofEnvironment(Map.of("XDG_RUNTIME_DIR", "/run/me"), home).paths());
    assertEquals(
        List.of(
            Path.of("/run/me/containers/auth.json"),
            Path.of("/c/containers/auth.json"),
            Path.of("/d/config.json")),
        CredentialFiles.ofEnvironment(
                Map.of(
                    "XDG_RUNTIME_DIR", "/run/me", "XDG_CONFIG_HOME", "/c", "DOCKER_CONFIG", "/d"),
                home)
            .paths());
  }
}
