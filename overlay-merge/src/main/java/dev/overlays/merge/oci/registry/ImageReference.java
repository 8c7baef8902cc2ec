package dev.overlays.merge.oci.registry;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an image is in a registry. Source: the OCI distribution specification, "Pulling manifests".
 *
 * @param host the registry, with its port if it has one
 * @param repository the path of the repository
 * @param version a tag, or a digest of SHA-256
 */
record ImageReference(String host, String repository, String version) {
  static final String DOCKER_HUB = "docker.io";

  private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?<host>(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?)"
              + "/(?<repository>"
              + PART
              + "(?:/"
              + PART
              + ")*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
              + "(?:@(?<digest>sha256:[0-9a-f]{64}))?");

  static ImageReference parse(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    if (!matcher.matches() || !isHost(matcher.group("host"))) {
      throw new IllegalArgumentException(
          "no reference of an image, which is REGISTRY/REPOSITORY:TAG or"
              + " REGISTRY/REPOSITORY@sha256:DIGEST: "
              + text);
    }
    String host = matcher.group("host");
    String repository = matcher.group("repository");
    if (host.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    String digest = matcher.group("digest");
    String tag = Optional.ofNullable(matcher.group("tag")).orElse("latest");
    return new ImageReference(host, repository, digest != null ? digest : tag);
  }

  /** The first part of a reference without a registry is a part of its repository. */
  private static boolean isHost(String text) {
    return text.equals("localhost") || text.indexOf('.') >= 0 || text.indexOf(':') >= 0;
  }

  boolean isDigest() {
    return version.startsWith("sha256:");
  }

  /** Tells whether the registry is on this machine, by its name alone. */
  boolean isLoopback() {
    String name = host.replaceFirst(":[0-9]+$", "");
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }

  /** Returns the address of something in the repository. */
  URI address(boolean plainHttp, String path) {
    return start(plainHttp).resolve(repository + '/' + path);
  }

  /** Returns the address where all repositories of the registry are. */
  URI start(boolean plainHttp) {
    String server = host.equals(DOCKER_HUB) ? "registry-1.docker.io" : host;
    return URI.create((plainHttp ? "http://" : "https://") + server + "/v2/");
  }

  @Override
  public String toString() {
    return host + '/' + repository + (isDigest() ? "@" : ":") + version;
  }
}
