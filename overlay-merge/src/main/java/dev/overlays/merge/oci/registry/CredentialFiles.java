package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import dev.overlays.merge.oci.layout.JsonFields;
import dev.overlays.merge.oci.layout.JsonText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files in which {@code podman login} and {@code docker login} keep credentials. Sources:
 * containers-auth.json(5), and the documentation of {@code docker login}.
 *
 * @param paths the files, the first one first; those that do not exist are passed over
 * @param chosen whether somebody has named these files; other files are passed over if they are in
 *     a directory that is closed to this user, who cannot have logged in there
 */
record CredentialFiles(List<Path> paths, boolean chosen) {
  private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

  CredentialFiles(List<Path> paths) {
    this(paths, true);
  }

  /** Finds the files by the environment, as the programs do. */
  static CredentialFiles ofEnvironment(Map<String, String> environment, Path home) {
    String only = environment.get("REGISTRY_AUTH_FILE");
    if (only != null) {
      return new CredentialFiles(List.of(Path.of(only)));
    }
    List<Path> paths = new ArrayList<>();
    runtimeDirectory(environment).ifPresent(path -> paths.add(path.resolve("auth.json")));
    String config = environment.get("XDG_CONFIG_HOME");
    Path configHome = config != null ? Path.of(config) : home.resolve(".config");
    paths.add(configHome.resolve("containers").resolve("auth.json"));
    String docker = environment.get("DOCKER_CONFIG");
    Path dockerHome = docker != null ? Path.of(docker) : home.resolve(".docker");
    paths.add(dockerHome.resolve("config.json"));
    return new CredentialFiles(paths, false);
  }

  private static Optional<Path> runtimeDirectory(Map<String, String> environment) {
    String runtime = environment.get("XDG_RUNTIME_DIR");
    if (runtime != null) {
      return Optional.of(Path.of(runtime, "containers"));
    }
    try {
      Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return Optional.of(Path.of("/run/containers", user.toString()));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** Finds the credentials for a repository. */
  Optional<RegistryLogin> find(ImageReference reference) throws OverlayException {
    for (Path path : paths) {
      try {
        byte[] content = Files.readAllBytes(path);
        Optional<RegistryLogin> found =
            findIn(JsonFields.of(JsonText.parseObject(content)), reference);
        if (found.isPresent()) {
          return found;
        }
      } catch (NoSuchFileException e) {
        // Whoever has not logged in has no such file.
      } catch (OverlayException e) {
        throw e;
      } catch (IOException | IllegalArgumentException e) {
        if (!chosen && e instanceof AccessDeniedException && isClosed(path.getParent())) {
          continue;
        }
        throw new OverlayException(
            List.of(
                Problem.of(
                    ProblemCode.REGISTRY_DENIED,
                    path,
                    "The credentials for "
                        + reference.host()
                        + " cannot be read: "
                        + reasonOf(e)
                        + ".",
                    "Repair the file, or log in again by podman login or docker login.")),
            e);
      }
    }
    return Optional.empty();
  }

  private static boolean isClosed(Path directory) {
    return !Files.isExecutable(directory);
  }

  private static String reasonOf(Exception failure) {
    return failure instanceof FileSystemException e
        ? LayerEntries.reasonOf(e)
        : failure.getMessage();
  }

  private static Optional<RegistryLogin> findIn(JsonFields file, ImageReference reference)
      throws IOException {
    List<String> keys = keysOf(reference);
    if (file.has("credHelpers")) {
      JsonFields helpers = file.object("credHelpers");
      for (String key : keys) {
        Optional<String> helper = helpers.optionalText(key);
        if (helper.isPresent()) {
          return new CredentialHelper(helper.get()).ask(key);
        }
      }
    }
    if (file.has("auths")) {
      JsonFields auths = file.object("auths");
      for (String key : keys) {
        Optional<RegistryLogin> login =
            auths.has(key) ? loginOf(auths.object(key)) : Optional.empty();
        if (login.isPresent()) {
          return login;
        }
      }
    }
    Optional<String> store = file.optionalText("credsStore");
    if (store.isPresent()) {
      String server =
          reference.host().equals(ImageReference.DOCKER_HUB) ? DOCKER_HUB_KEY : reference.host();
      return new CredentialHelper(store.get()).ask(server);
    }
    return Optional.empty();
  }

  /** Returns the keys that may stand for a repository, the most specific first. */
  private static List<String> keysOf(ImageReference reference) {
    List<String> keys = new ArrayList<>();
    String key = reference.host() + '/' + reference.repository();
    while (!key.equals(reference.host())) {
      keys.add(key);
      key = key.substring(0, key.lastIndexOf('/'));
    }
    keys.add(key);
    // Older versions of docker write addresses.
    for (String address : List.of("https://", "http://")) {
      for (String end : List.of("", "/", "/v1/", "/v2/")) {
        keys.add(address + key + end);
      }
    }
    if (key.equals(ImageReference.DOCKER_HUB)) {
      keys.add(DOCKER_HUB_KEY);
    }
    return keys;
  }

  private static Optional<RegistryLogin> loginOf(JsonFields entry) throws IOException {
    Optional<String> auth = entry.optionalText("auth").filter(text -> !text.isEmpty());
    if (auth.isPresent()) {
      String login = new String(Base64.getDecoder().decode(auth.get()), UTF_8);
      int colon = login.indexOf(':');
      if (colon < 0) {
        throw new IOException("an auth has no colon between name and password");
      }
      // docker pads with zeros.
      String password = login.substring(colon + 1).replaceFirst("\0+$", "");
      return Optional.of(new RegistryLogin(login.substring(0, colon), password));
    }
    if (entry.optionalText("identitytoken").isPresent()) {
      throw new IOException("it has an identity token, which is not supported");
    }
    return Optional.empty();
  }
}
