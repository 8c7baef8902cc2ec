package dev.overlays.testkit.union;

import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Users and groups by number. Layers do not use the machine's user database. */
final class NumericPrincipals extends UserPrincipalLookupService {

  /** A user or group with a number. */
  private record NumericPrincipal(int number, boolean group) implements GroupPrincipal {
    @Override
    public String getName() {
      return number == 0 ? "root" : Integer.toUnsignedString(number);
    }

    @Override
    public String toString() {
      return getName();
    }
  }

  static UserPrincipal userOf(int number) {
    return new NumericPrincipal(number, false);
  }

  static GroupPrincipal groupOf(int number) {
    return new NumericPrincipal(number, true);
  }

  static int idOf(UserPrincipal principal) {
    if (principal instanceof NumericPrincipal known) {
      return known.number;
    }
    throw new ProviderMismatchException();
  }

  @Override
  public UserPrincipal lookupPrincipalByName(String name) throws UserPrincipalNotFoundException {
    return userOf(parse(name));
  }

  @Override
  public GroupPrincipal lookupPrincipalByGroupName(String name)
      throws UserPrincipalNotFoundException {
    return groupOf(parse(name));
  }

  private static int parse(String name) throws UserPrincipalNotFoundException {
    if (name.equals("root")) {
      return 0;
    }
    try {
      return Integer.parseUnsignedInt(name);
    } catch (NumberFormatException e) {
      throw new UserPrincipalNotFoundException(name);
    }
  }
}
