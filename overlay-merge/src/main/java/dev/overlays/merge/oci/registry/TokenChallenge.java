package dev.overlays.merge.oci.registry;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants of those that have not logged in. Sources: RFC 9110, "WWW-Authenticate",
 * and the distribution project's "Token Authentication Specification".
 *
 * @param scheme in lower case, such as {@code bearer}
 * @param fields realm, service and more
 */
record TokenChallenge(String scheme, Map<String, String> fields) {
  private static final Pattern FIELD = Pattern.compile("([A-Za-z_]+)=(?:\"([^\"]*)\"|([^\", ]+))");

  /** The servers of tokens that belong to a registry of another name. */
  private static final Map<String, String> KNOWN =
      Map.of(
          "registry-1.docker.io", "auth.docker.io", "docker.elastic.co", "docker-auth.elastic.co");

  static TokenChallenge parse(String header) {
    int space = header.indexOf(' ');
    String scheme = space < 0 ? header : header.substring(0, space);
    Map<String, String> fields = new HashMap<>();
    Matcher field = FIELD.matcher(space < 0 ? "" : header.substring(space));
    while (field.find()) {
      fields.put(
          field.group(1).toLowerCase(Locale.ROOT),
          field.group(2) != null ? field.group(2) : field.group(3));
    }
    return new TokenChallenge(scheme.toLowerCase(Locale.ROOT), fields);
  }

  boolean isBasic() {
    return scheme.equals("basic");
  }

  /** Returns where tokens are had; empty if that is not the address of a server. */
  Optional<URI> realm() {
    try {
      return Optional.ofNullable(fields.get("realm"))
          .map(URI::create)
          .filter(uri -> uri.getHost() != null && uri.getUserInfo() == null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Tells whether a password for a registry may go to the server of tokens: by https, or by http if
   * the registry itself is spoken to so; and to the registry's own host, one above or below it by
   * name, or one that is known or allowed.
   *
   * @param registry an address of the registry
   * @param allowed the host that the caller has allowed; null for none
   */
  static boolean mayHavePassword(URI realm, URI registry, String allowed) {
    String scheme = String.valueOf(realm.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https")
        && !(scheme.equals("http") && registry.getScheme().equals("http"))) {
      return false;
    }
    if (realm.getHost() == null || registry.getHost() == null) {
      return false;
    }
    String host = realm.getHost().toLowerCase(Locale.ROOT);
    String own = registry.getHost().toLowerCase(Locale.ROOT);
    return host.equals(own)
        || host.equals(allowed)
        || host.equals(KNOWN.get(own))
        || (isName(own) && isName(host) && (isBelow(host, own) || isBelow(own, host)));
  }

  /** An address of numbers has no names above it. */
  private static boolean isName(String host) {
    return host.indexOf('.') >= 0 && !host.matches("[0-9.]+|\\[.*");
  }

  private static boolean isBelow(String host, String above) {
    return host.endsWith('.' + above);
  }
}
