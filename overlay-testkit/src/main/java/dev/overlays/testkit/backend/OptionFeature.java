package dev.overlays.testkit.backend;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A feature that a spec requests by its options. */
@SuppressWarnings("ImmutableEnumChecker") // Functions without state, and a set that cannot change.
enum OptionFeature {
  MARKS_OF_ROOT(OverlayOptions::userXattr, o -> o.withUserXattr(false), Capability.TRUSTED_MARKS),
  MARKS_OF_USERS(OverlayOptions::userXattr, o -> o.withUserXattr(true), Capability.USER_MARKS),
  INDEX(OverlayOptions::index, o -> o.withIndex(true), Capability.INDEX),
  NFS_EXPORT(
      OverlayOptions::nfsExport,
      o -> o.withIndex(true).withNfsExport(true),
      Capability.INDEX,
      Capability.NFS_EXPORT),
  REDIRECTS_FOLLOWED(
      OverlayOptions::redirectDir,
      o -> o.withUserXattr(false).withRedirectDir(RedirectDir.FOLLOW),
      Capability.TRUSTED_MARKS,
      Capability.REDIRECT_DIR),
  REDIRECTS(
      OverlayOptions::redirectDir,
      o -> o.withUserXattr(false).withRedirectDir(RedirectDir.ON),
      Capability.TRUSTED_MARKS,
      Capability.REDIRECT_DIR),
  METACOPY(
      OverlayOptions::metacopy,
      OptionFeature::withMetacopy,
      Capability.TRUSTED_MARKS,
      Capability.REDIRECT_DIR,
      Capability.METACOPY),
  VERITY(
      OverlayOptions::verity,
      o -> withMetacopy(o).withVerity(Verity.ON),
      Capability.TRUSTED_MARKS,
      Capability.REDIRECT_DIR,
      Capability.METACOPY,
      Capability.VERITY),
  VERITY_REQUIRED(
      OverlayOptions::verity,
      o -> withMetacopy(o).withVerity(Verity.REQUIRE),
      Capability.TRUSTED_MARKS,
      Capability.REDIRECT_DIR,
      Capability.METACOPY,
      Capability.VERITY,
      Capability.FS_VERITY),
  VOLATILE(OverlayOptions::volatileUpper, o -> o.withVolatileUpper(true), Capability.VOLATILE),
  XINO_ON(OptionFeature::neverCompared, o -> o.withXino(Xino.ON), Capability.XINO),
  XINO_AUTO(OptionFeature::neverCompared, o -> o.withXino(Xino.AUTO), Capability.XINO),
  UUID_ON(OverlayOptions::uuid, o -> o.withUuid(UuidMode.ON), Capability.UUID),
  UUID_OFF(OverlayOptions::uuid, o -> o.withUuid(UuidMode.OFF), Capability.UUID_OFF),
  UUID_NULL(OverlayOptions::uuid, o -> o.withUuid(UuidMode.NULL), Capability.UUID),
  OVERRIDE_CREDS(
      OptionFeature::neverCompared, o -> o.withOverrideCreds(true), Capability.OVERRIDE_CREDS);

  private final Function<OverlayOptions, Object> value;
  private final UnaryOperator<OverlayOptions> change;
  private final Set<Capability> needed;

  OptionFeature(
      Function<OverlayOptions, Object> value,
      UnaryOperator<OverlayOptions> change,
      Capability... needed) {
    this.value = value;
    this.change = change;
    this.needed = Set.of(needed);
  }

  private static OverlayOptions withMetacopy(OverlayOptions options) {
    return options.withUserXattr(false).withRedirectDir(RedirectDir.ON).withMetacopy(true);
  }

  /**
   * The value of an option that no mount table shows, or that it shows only if it has an effect.
   */
  private static Object neverCompared(OverlayOptions options) {
    return "";
  }

  /** Returns the value to compare to see whether the feature is in force. */
  Object valueIn(OverlayOptions options) {
    return value.apply(options);
  }

  OverlayOptions addTo(OverlayOptions options) {
    return change.apply(options);
  }

  Set<Capability> neededCapabilities() {
    return needed;
  }
}
