package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import land.oras.auth.HttpClient;

/**
 * The clients that trust the same authorities: ORAS' for the requests, and one for logging in. They
 * have threads and keep connections, and nobody can close them, so that all connections share them.
 *
 * @param requests ORAS' client
 * @param logins one that follows no redirects
 */
record RegistryClients(HttpClient requests, java.net.http.HttpClient logins) {
  private static final Map<String, RegistryClients> KNOWN = new ConcurrentHashMap<>();

  /**
   * Returns the clients that trust the authorities in a file.
   *
   * @param certificates the file (PEM); null for the authorities of the JVM
   * @throws IOException if it cannot be read
   * @throws GeneralSecurityException if it has no certificates
   */
  static RegistryClients trusting(Path certificates) throws IOException, GeneralSecurityException {
    // An empty file trusts nobody.
    String authorities = certificates == null ? "" : Files.readString(certificates) + '\n';
    RegistryClients known = KNOWN.get(authorities);
    if (known != null) {
      return known;
    }
    synchronized (KNOWN) {
      known = KNOWN.get(authorities);
      if (known == null) {
        known = create(authorities);
        KNOWN.put(authorities, known);
      }
      return known;
    }
  }

  private static RegistryClients create(String authorities)
      throws GeneralSecurityException, IOException {
    HttpClient.Builder requests = HttpClient.Builder.builder();
    java.net.http.HttpClient.Builder logins = java.net.http.HttpClient.newBuilder();
    if (!authorities.isEmpty()) {
      requests.withCaContent(authorities);
      logins.sslContext(contextOf(authorities));
    }
    return new RegistryClients(requests.build(), logins.build());
  }

  private static SSLContext contextOf(String authorities)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int number = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(authorities.getBytes(UTF_8)))) {
      trusted.setCertificateEntry(Integer.toString(number++), certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
