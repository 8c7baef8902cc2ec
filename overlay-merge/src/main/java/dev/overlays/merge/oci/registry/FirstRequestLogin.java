package dev.overlays.merge.oci.registry;

import land.oras.ContainerRef;
import land.oras.auth.AuthProvider;
import land.oras.auth.AuthScheme;

/**
 * Gives credentials to the first request that is made with this object, and to no other. ORAS
 * (0.7.0) asks for them again when a registry answers with 401, and sends them to whatever address
 * the answer names.
 */
final class FirstRequestLogin implements AuthProvider {
  private final String header;
  private boolean given;

  FirstRequestLogin(String header) {
    this.header = header;
  }

  @Override
  public synchronized String getAuthHeader(ContainerRef reference) {
    String value = given ? null : header;
    given = true;
    return value;
  }

  @Override
  public AuthScheme getAuthScheme() {
    return header == null ? AuthScheme.NONE : AuthScheme.BASIC;
  }
}
