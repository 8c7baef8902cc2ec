package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.merge.oci.layout.JsonFields;
import dev.overlays.merge.oci.layout.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.file.PathUtils;

/**
 * A program that keeps credentials. Source: the documentation of docker-credential-helpers.
 *
 * @param name what follows {@code docker-credential-} in the name of the program
 */
record CredentialHelper(String name) {
  private static final int MINUTES = 1;
  private static final String NOT_FOUND = "credentials not found";

  /** Asks for the credentials of a server. */
  Optional<RegistryLogin> ask(String server) throws IOException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IOException("the name of a credential helper is none: " + name);
    }
    String program = "docker-credential-" + name;
    // Its answer goes to a file, so that it cannot block on a full pipe.
    Path answer = Files.createTempFile("overlays-credential-", "");
    try {
      int end = run(program, server, answer);
      String text = Files.readString(answer, UTF_8);
      if (end == 0) {
        return Optional.of(loginOf(text));
      }
      if (text.toLowerCase(Locale.ROOT).contains(NOT_FOUND)) {
        return Optional.empty();
      }
      throw new IOException(program + " ended with status " + end + ": " + text.strip());
    } finally {
      PathUtils.deleteFile(answer);
    }
  }

  private static int run(String program, String server, Path answer) throws IOException {
    Process process =
        new ProcessBuilder(program, "get")
            .redirectOutput(answer.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(server.getBytes(UTF_8));
      }
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(program + " did not end within a minute");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(program + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static RegistryLogin loginOf(String text) throws IOException {
    JsonFields answer = JsonFields.of(JsonText.parseObject(text.getBytes(UTF_8)));
    String user = answer.text("Username");
    if (user.equals("<token>")) {
      throw new IOException("a credential helper gave an identity token, which is not supported");
    }
    return new RegistryLogin(user, answer.text("Secret"));
  }
}
