package dev.overlays.merge.oci.registry;

/** A name and a password for a registry. */
record RegistryLogin(String user, String password) {

  /** Shows no password. */
  @Override
  public String toString() {
    return user;
  }
}
