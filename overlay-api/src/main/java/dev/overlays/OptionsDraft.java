package dev.overlays;

/** A mutable copy of options, for changing some of them. */
final class OptionsDraft {
  boolean index;
  boolean nfsExport;
  RedirectDir redirectDir;
  boolean metacopy;
  Xino xino;
  UuidMode uuid;
  Verity verity;
  boolean userXattr;
  boolean volatileUpper;
  boolean overrideCreds;

  OptionsDraft(OverlayOptions options) {
    index = options.index();
    nfsExport = options.nfsExport();
    redirectDir = options.redirectDir();
    metacopy = options.metacopy();
    xino = options.xino();
    uuid = options.uuid();
    verity = options.verity();
    userXattr = options.userXattr();
    volatileUpper = options.volatileUpper();
    overrideCreds = options.overrideCreds();
  }

  OverlayOptions toOptions() {
    return new OverlayOptions(
        index,
        nfsExport,
        redirectDir,
        metacopy,
        xino,
        uuid,
        verity,
        userXattr,
        volatileUpper,
        overrideCreds);
  }
}
