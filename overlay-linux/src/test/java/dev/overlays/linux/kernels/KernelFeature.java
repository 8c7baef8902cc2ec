package dev.overlays.linux.kernels;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the report tells about a kernel, a line each. A test belongs to the first feature whose
 * pattern is found in its name; the more special ones stand first.
 */
enum KernelFeature {
  ROOTLESS_EPHEMERAL(
      "ordinary user: ephemeral view",
      "^Rootless.*(RootlessThrowaways|13 Ephemeral|anEphemeral|ephemeralView)"),
  ROOTLESS_PRIVATE(
      "ordinary user: view without a mount point",
      "^Rootless.*(without a mount point|NoMountPoint)"),
  ROOTLESS("ordinary user: view with a mount point, merge", "^(Rootless|Restrict)"),
  FUSE("fuse-overlayfs", "^Fuse"),
  EPHEMERAL("ephemeral view", "^EphemeralTest|13 Ephemeral|ephemeral|worksPrivately"),
  PRIVATE(
      "view without a mount point",
      "^MountPointOfOurOwnTest|without a mount point|mount point: false|NoMountPoint"),
  UNATTACHED("unattached view", "^UnattachedMountTest|viewAttachedNowhere"),
  DATA_LOWERS("data-only lowers", "data-only|dataLower"),
  ID_MAPPED("ID-mapped lowers", "^IdMapped|ID-mapped|idMapped"),
  VERITY("verity", "VERITY|verity"),
  METACOPY("metacopy", "(?i)metacopy"),
  REDIRECT_DIR("redirect_dir", "redirect_dir|REDIRECT|withRedirects|redirectDir"),
  INDEX("index, nfs_export", "index|Index|INDEX|NFS_EXPORT|nfsExport"),
  USER_MARKS("userxattr", "MARKS_OF_USERS|MarksOfUsers|userXattr"),
  UUID("uuid", "UUID|uuid"),
  XINO("xino", "XINO|xino"),
  VOLATILE("volatile", "VOLATILE|volatile"),
  OVERRIDE_CREDS("override_creds", "OVERRIDE_CREDS|overrideCreds"),
  PRIVATE_PATHS("private paths", "^PrivatePathTest|11 Private|privatePath"),
  ATTRIBUTES(
      "mount attributes, propagation",
      "^(Attributes|Propagation)Test|10\\.[28] |mountAttribute|propagation"),
  REMOUNT("remount", "^RemountTest|14\\.[123] |remount"),
  HOLDERS("who uses a view", "^BusyTest|8 A view in use|holders"),
  MOUNTED(
      "mounted(), mount table",
      "^(ForeignMount|MountTable|SpecDecoder|OptionString)Test|mountedAndFound"),
  DIFF("diff", "^DiffKernelTest|diff$"),
  VACUUM("vacuum", "^Vacuum"),
  MERGE("merge", "MergeTest|12 Merging|merge$"),
  VIEWS(
      "the kernel shows what the library expects",
      "^(KernelView|KernelFormats|UnionKernel|Differential|FoundDifferences)Test"),
  LAYERS("layers: names, attributes, copies", "^(NativeLayerStore|FileAttributes|DataCopy)Test"),
  MOUNT(
      "mount, close, refusals",
      "^(Mount|Instance|Names|Options|Channels|KernelReason|UpperRace|LayerNames|KernelOptions"
          + "|Refusal|KernelOn\\w+|Backend|KernelFeature)Test");

  private final String title;
  private final Pattern names;

  KernelFeature(String title, String names) {
    this.title = title;
    this.names = Pattern.compile(names);
  }

  /** The name of the feature in the report. */
  String title() {
    return title;
  }

  /** Returns the feature that a test covers, if there is one. */
  static Optional<KernelFeature> of(String test) {
    return Arrays.stream(values())
        .filter(feature -> feature.names.matcher(test).find())
        .findFirst();
  }
}
